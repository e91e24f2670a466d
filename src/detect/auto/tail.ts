import {
  add,
  cast,
  divide,
  float64,
  gather,
  greater,
  logarithm,
  multiply,
  negate,
  reshape,
  stepFunctions,
  subtract,
  type Tensor,
  where,
} from "../../graph/index.ts";
import { quantileSorted, sortedCopy } from "../../numeric/index.ts";

/** Values closer than this, relative to their size, are one value: they differ by rounding alone. */
const TIE = 1e-9;
/** And those closer than this in absolute terms, so that no slope overflows. */
const TINY = 1e-290;

/**
 * The tail scale of a score: g(s) = −log(1 − F(s)), F the distribution of the scores t of normal rows; float64
 * rows → rows. Never decreasing, finite, and on one scale for every score, so that scores can be fused.
 *
 * F has its mid-rank at each distinct t, clipped to [.5 / n, 1 − .5 / n], and is linear between. Above the largest t,
 * g = g(max t) + log(1 + (s − max t) / b), with b the mean excess of the t above their 90 % quantile (half the
 * standard deviation where fewer than 3 exceed it or the mean is 0; at least 1e-9). Step 5 of `auto`. O(n log n).
 */
export function fitTail(scores: ArrayLike<number>): (s: Tensor) => Tensor {
  const { values, levels, excess } = tailOf(scores);
  const n = values.length;
  const rise = (i: number) => (i < 0 || i >= n - 1 ? 0 : (levels[i + 1] - levels[i]) / (values[i + 1] - values[i]));
  // Interval 0 lies below the smallest value; interval i starts at value i − 1.
  const intervals = Array.from({ length: n + 1 }, (_, i) => i - 1);
  const start = float64(intervals.map((i) => values[Math.max(i, 0)]));
  const base = float64(intervals.map((i) => levels[Math.max(i, 0)]));
  const slope = float64(intervals.map(rise));
  const steps = { thresholds: values, values: Float64Array.from({ length: n + 1 }, (_, i) => i) };
  const largest = values[n - 1];
  const top = -Math.log(1 - levels[n - 1]);
  return (s) => {
    const interval = reshape(cast(stepFunctions(reshape(s, [s.shape[0], 1]), [steps], "<="), "int64"), s.shape);
    const level = add(gather(base, interval), multiply(gather(slope, interval), subtract(s, gather(start, interval))));
    const beyond = add(logarithm(add(divide(subtract(s, largest), excess), 1)), top);
    return where(greater(s, largest), beyond, negate(logarithm(subtract(1, level))));
  };
}

/** The same scale as a plain function of one score: where many small ones are fitted, no graph is compiled. */
export function tailFunction(scores: ArrayLike<number>): (s: number) => number {
  const { values, levels, excess } = tailOf(scores);
  const last = values.length - 1;
  const top = -Math.log(1 - levels[last]);
  return (s) => {
    if (s > values[last]) return Math.log((s - values[last]) / excess + 1) + top;
    const i = placeAmong(values, s);
    if (i < 0) return -Math.log(1 - levels[0]);
    if (i === last) return top;
    const slope = (levels[i + 1] - levels[i]) / (values[i + 1] - values[i]);
    return -Math.log(1 - (levels[i] + slope * (s - values[i])));
  };
}

/** The place of the largest value that is at most s; −1 where there is none. */
function placeAmong(values: Float64Array, s: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] <= s) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** F at each distinct score, and b. */
function tailOf(scores: ArrayLike<number>): { values: Float64Array; levels: Float64Array; excess: number } {
  const sorted = sortedCopy(scores);
  return { ...distinct(sorted), excess: meanExcess(sorted) };
}

function distinct(sorted: Float64Array): { values: Float64Array; levels: Float64Array } {
  const values: number[] = [];
  const levels: number[] = [];
  const n = sorted.length;
  for (let first = 0, end = 0; first < n; first = end) {
    while (end < n && sorted[end] - sorted[first] <= TIE * Math.abs(sorted[first]) + TINY) end++;
    values.push(sorted[first]);
    levels.push(Math.min(Math.max((first + end) / 2 / n, 0.5 / n), 1 - 0.5 / n));
  }
  return { values: Float64Array.from(values), levels: Float64Array.from(levels) };
}

function meanExcess(sorted: Float64Array): number {
  const limit = quantileSorted(sorted, 0.9);
  const above = sorted.filter((t) => t > limit).map((t) => t - limit);
  const mean = above.reduce((a, b) => a + b, 0) / Math.max(above.length, 1);
  if (above.length >= 3 && mean > 0) return Math.max(mean, 1e-9);
  const center = sorted.reduce((a, b) => a + b, 0) / sorted.length;
  return Math.max(0.5 * Math.sqrt(sorted.reduce((a, b) => a + (b - center) ** 2, 0) / sorted.length), 1e-9);
}
