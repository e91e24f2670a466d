import type { Manifest } from "../model/index.ts";
import { count, counted, percent } from "../numeric/index.ts";

/** What labels taught a model after its fit, and what they say of it. */
export function tunedText({ tuned }: Manifest): string[] {
  if (tuned === null) return [];
  const { anomalous, normal, labels, verdict, notes, blend, reading, from, key } = tuned;
  const how =
    blend === null
      ? "score as it was"
      : `${percent(blend.weight)} the score as it was, ${percent(1 - blend.weight)} ${blend.heads === "mean" ? "the mean of three heads" : `the ${blend.heads} head`}`;
  return [
    `${verdict}: with ${counted(anomalous, "row")} labelled anomalous and ${count(normal)} normal (${labels}), key ${key}; ${how}`,
    reading,
    ...notes,
    `made of the file ${from.slice(0, 16)}…`,
  ];
}
