import { gather, int64, stepFunctions, sum, type Tensor } from "../../graph/index.ts";
import { columnOf, type Matrix, sortedCopy } from "../../numeric/index.ts";

/** Shares of rows closer than this to each other, relative to the smaller, are one share. */
const CLOSE = 0.02;

export interface LowEnd {
  /** Unscaled rows to scores: rows × d → rows. */
  readonly score: (x: Tensor) => Tensor;
  /** The scores of the training rows, each left out of the shares. */
  readonly left: Float64Array;
}

/**
 * How unusually small the values of a row are, in the columns of training rows (n × d) that are never below 0; null where
 * there is no such column. The sum over them of (log F)², F(x) = (#{X ≤ x} + ½) / n. Most counts, amounts and durations
 * crowd at their low end, where even a value below all others is near some row: no distance tells.
 *
 * `k` > 1 leaves the k − 1 smallest values of each column out, in case they hide anomalous ones. Shares are kept to 2 % of
 * themselves. O(d n log n); a row O(d log n); holds some 300 values a column, of 10,000 rows.
 */
export function fitLowEnd(rows: Matrix, k = 1): LowEnd | null {
  const sorted = Array.from({ length: rows.columns }, (_, j) => sortedCopy(columnOf(rows, j)).subarray(k - 1));
  const names = [...sorted.keys()].filter((j) => sorted[j][0] >= 0);
  if (names.length === 0) return null;
  const penalty = (count: number) => Math.log((Math.max(count, 0) + 0.5) / rows.rows) ** 2;
  const shares = names.map((j) => countsOf(sorted[j]));
  const steps = shares.map(({ thresholds, counts }) => ({
    thresholds,
    values: Float64Array.from([0, ...counts], penalty),
  }));
  const left = new Float64Array(rows.rows);
  names.forEach((j, c) => {
    columnOf(rows, j).forEach((x, i) => {
      left[i] += penalty(countUpTo(x, shares[c]) - 1);
    });
  });
  return {
    score: (x) => sum(stepFunctions(names.length === rows.columns ? x : gather(x, int64(names), 1), steps, "<="), 1),
    left,
  };
}

interface Counts {
  readonly thresholds: Float64Array;
  /** How many values are at most the threshold. */
  readonly counts: Float64Array;
}

/** The distinct values of a sorted column and how many are at most each; of those with close counts the first. */
function countsOf(sorted: Float64Array): Counts {
  const thresholds: number[] = [];
  const counts: number[] = [];
  sorted.forEach((value, i) => {
    if (value === sorted[i + 1] || i + 1 < (1 + CLOSE) * (counts.at(-1) ?? 0)) return;
    thresholds.push(value);
    counts.push(i + 1);
  });
  return { thresholds: Float64Array.from(thresholds), counts: Float64Array.from(counts) };
}

function countUpTo(x: number, { thresholds, counts }: Counts): number {
  let [low, high] = [0, thresholds.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (thresholds[middle] <= x) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? 0 : counts[low - 1];
}
