import { type Key, type Matrix, quantileSorted, sample, takeRows } from "../numeric/index.ts";
import { squaredDistance } from "./squared-distance.ts";

/** The widest and the narrowest width of kernels. */
export interface WidthRange {
  readonly high: number;
  readonly low: number;
}

/** Widths from the distances of all pairs, or for rows of many columns. */
export type Ladder = "pairs" | "near";

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

const MOST_NEIGHBORS = 300;
/** The ladder of {@link nearWidths} starts at this share of the median distance of pairs, */
const WIDE = 0.6;
/** and ends at this share of the distance to the nearest row that a tenth of the rows exceed. */
const [NARROW, LONELY] = [1 / 4, 0.9];

/**
 * Widths for rows of many columns, where pairs are all about equally far apart and a kernel as wide as their 5 % quantile
 * holds no clump without much else: from .6 of the median distance of pairs to a quarter of the 90 % quantile of
 * distances to the nearest row (of at most 300 rows, among all). Distances of 0 do not count. Null where all rows are
 * equal. n × d; O(n d).
 */
export function nearWidths(rows: Matrix, key: Key): WidthRange | null {
  const middle = medianWidth(rows, key);
  if (middle === null) return null;
  const nearest: number[] = [];
  for (const row of sample(key.for("nearest"), rows.rows, MOST_NEIGHBORS)) {
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < rows.rows; i++) {
      const squared = squaredDistance(rows, row, rows, i);
      if (squared > 0 && squared < least) least = squared;
    }
    if (least < Number.POSITIVE_INFINITY) nearest.push(Math.sqrt(least));
  }
  const lonely = quantileSorted(Float64Array.from(nearest).sort(), LONELY);
  const high = WIDE * middle;
  return { high, low: Math.min(high, Math.max(NARROW * lonely, 1e-3 * middle)) };
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
