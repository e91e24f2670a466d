import type { Change, Contribution, Explanation } from "../explanation.ts";
import type { FoundChange } from "./found-change.ts";
import { direction, valueText } from "./in-words.ts";
import type { NormalRows } from "./normal-rows.ts";
import { type Asked, NAMED, type Occluded } from "./occlusion.ts";

/** A column carries a score with at least this share of the largest contribution. */
const CARRIES = 0.1;

/** The contributions of a row in words, in their order. */
export function contributionsOf(
  { order, contributions }: Occluded,
  { columns }: NormalRows,
  values: Float64Array,
  flagged: boolean,
): readonly Contribution[] {
  const least = flagged ? CARRIES * Math.max(...contributions) : Number.POSITIVE_INFINITY;
  return order.map((j) => ({
    column: columns[j].name,
    value: valueText(columns[j], values[j]),
    contribution: contributions[j],
    direction: direction(columns[j], values[j], contributions[j] >= least && contributions[j] > 0),
  }));
}

/** The normal rows nearest to row i, with their values. */
export function nearestOf({ deviations, normal }: Asked, i: number, count: number): Explanation["nearest"] {
  const d = normal.columns.length;
  return deviations.nearest(i, [], Math.min(count, normal.rows.rows)).map((a) => ({
    distance: deviations.distance(i, a),
    values: Object.fromEntries(
      normal.columns.map((column, j) => [column.name, valueText(column, normal.rows.values[a * d + j])]),
    ),
  }));
}

/** A change in words, its columns in the order of their contributions. */
export function changeOf(
  found: FoundChange | undefined,
  { order }: Occluded,
  { columns }: NormalRows,
  values: Float64Array,
): Explanation["change"] {
  if (!found) return null;
  const { edit, score, pValue } = found;
  const changes = order.flatMap((j): Change[] => {
    const at = edit.columns.indexOf(j);
    if (at < 0) return [];
    return [
      {
        column: columns[j].name,
        from: valueText(columns[j], values[j]),
        to: valueText(columns[j], edit.values[at]),
      },
    ];
  });
  return { changes, score, pValue, small: changes.length <= NAMED };
}
