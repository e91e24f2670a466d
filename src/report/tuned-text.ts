import type { Manifest } from "../model/index.ts";
import { count, counted, percent } from "../numeric/index.ts";

/** What labels taught a model after its fit, and what they say of it. */
export function tunedText({ tuned }: Manifest): string[] {
  if (tuned === null) return [];
  const { anomalous, normal, labels, verdict, notes, blend, reading, from, key } = tuned;
  const how = blend === null ? "score as it was" : blendText(blend);
  return [
    `${verdict}: with ${counted(anomalous, "row")} labelled anomalous and ${count(normal)} normal (${labels}), key ${key}; ${how}`,
    reading,
    ...notes,
    `made of the file ${from.slice(0, 16)}…`,
  ];
}

function blendText({ heads, fuse, weight }: NonNullable<NonNullable<Manifest["tuned"]>["blend"]>): string {
  const others = heads === "mean" ? "the mean of three heads" : `the ${heads} head`;
  if (fuse === "max")
    return `the score as it was, or ${percent(weight)} of it and ${percent(1 - weight)} ${others} where that is more`;
  return `${percent(weight)} the score as it was, ${percent(1 - weight)} ${others}`;
}
