import { type Key, type Matrix, quantileSorted, sample, takeRows } from "../numeric/index.ts";
import { squaredDistance } from "./squared-distance.ts";

/** The widest and the narrowest width of kernels. */
export interface WidthRange {
  readonly high: number;
  readonly low: number;
}

/** So many rows give the distances. */
const MOST_ROWS = 1000;

/**
 * Where the width starts and ends, from the distances between pairs of at most 1,000 prepared rows: twice their 99 %
 * quantile, and their 5 % quantile (a thousandth of the median at least). Distances of 0 do not count: ties would end at
 * width 0. Null where all rows are equal. n × d; O(min(n, 1000)² d).
 */
export function widthRange(rows: Matrix, key: Key): WidthRange | null {
  const sorted = pairDistances(takeRows(rows, sample(key, rows.rows, MOST_ROWS)));
  if (sorted.length === 0) return null;
  const quantile = (level: number) => quantileSorted(sorted, level);
  return { high: 2 * quantile(0.99), low: Math.max(quantile(0.05), 1e-3 * quantile(0.5)) };
}

/** The median distance of pairs that differ; null where all rows are equal. */
export function medianWidth(rows: Matrix, key: Key): number | null {
  const sorted = pairDistances(takeRows(rows, sample(key, rows.rows, MOST_ROWS)));
  return sorted.length === 0 ? null : quantileSorted(sorted, 0.5);
}

/** The distances of all pairs of rows that are not equal, increasing. */
function pairDistances(rows: Matrix): Float64Array {
  const out = new Float64Array((rows.rows * (rows.rows - 1)) / 2);
  let count = 0;
  for (let i = 0; i < rows.rows; i++)
    for (let j = 0; j < i; j++) {
      const squared = squaredDistance(rows, i, rows, j);
      if (squared > 0) out[count++] = Math.sqrt(squared);
    }
  return out.slice(0, count).sort();
}
