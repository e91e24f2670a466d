import type { Manifest } from "../model/index.ts";
import { count, counted } from "../numeric/index.ts";

/** Which anomalous rows were learned from: "19 anomalous rows: attack (10), odd (9)", at most `most` classes. */
export function knownText({ known, source }: Manifest, most: number): string[] {
  if (known === null) return [];
  const { rows, classes, of, leftOut, missing } = known;
  const named = classes.slice(0, most).map(({ name, rows }) => `${name} (${count(rows)})`);
  const more = of > named.length ? `, … (${counted(of, "class", "classes")})` : "";
  const neither = [
    ...(leftOut > 0 ? [`${counted(leftOut, "row")} of classes not named as known`] : []),
    ...(missing > 0 ? [`${counted(missing, "row")} without a value of ${source.label}`] : []),
  ];
  return [
    `${counted(rows, "anomalous row")} learned from too: ${named.join(", ")}${more}`,
    ...(neither.length > 0 ? [`used for neither: ${neither.join(", ")}`] : []),
  ];
}
