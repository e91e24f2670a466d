import type { Calibration } from "../calibrate/index.ts";
import { quantileSorted } from "../numeric/index.ts";

/** How many rows score in each of some intervals. */
export interface ScoreBins {
  /** Bounds of the intervals, increasing, one more than intervals; the last interval holds its upper bound too. */
  readonly edges: readonly number[];
  /** Whether the intervals are equally wide, or widen away from the middle of the calibration scores (inverse hyperbolic sine). */
  readonly spacing: "equal" | "widening";
  /** Rows scored, and those of them that were flagged. */
  readonly scored: readonly number[];
  readonly flagged: readonly number[];
  /** The weight of the calibration scores in each; rows, where each counts as one. */
  readonly calibration: readonly number[];
  readonly calibrationTotal: number;
}

/** The intervals are equally wide while the scores reach at most this many interquartile ranges from the median. */
const REACH = 25;
const BINS = 60;

/** Intervals over calibration scores and all scores between `low` and `high`, and a function that finds the one of a score. */
export function scoreIntervals(
  { sorted }: Calibration,
  low: number,
  high: number,
): Pick<ScoreBins, "edges" | "spacing"> & { readonly of: (score: number) => number } {
  const from = Math.min(low, sorted[0]);
  const to = Math.max(high, sorted[sorted.length - 1]);
  const center = quantileSorted(sorted, 0.5);
  const spread = quantileSorted(sorted, 0.75) - quantileSorted(sorted, 0.25);
  // Scores that differ by rounding only are one point, drawn in the middle of an interval of width 1.
  const point = !(to - from > 1e-9 * Math.max(Math.abs(from), Math.abs(to)) + 1e-300);
  const width = spread > 1e-12 * (to - from) ? spread : (to - from) / (2 * REACH);
  const equal = point || Math.max(to - center, center - from) <= REACH * width;
  const place = equal ? (s: number) => s : (s: number) => Math.asinh((s - center) / width);
  const score = equal ? (t: number) => t : (t: number) => center + width * Math.sinh(t);
  const [start, end] = point ? [from - 0.5, from + 0.5] : [place(from), place(to)];
  const step = (end - start) / BINS;
  const edges = Array.from({ length: BINS + 1 }, (_, i) => score(start + i * step));
  return {
    edges,
    spacing: equal ? "equal" : "widening",
    of: (s) => Math.max(0, Math.min(BINS - 1, Math.floor((place(s) - start) / step))),
  };
}

/** The weight of the calibration scores in each interval. */
export function calibrationBins({ sorted, atLeast }: Calibration, of: (score: number) => number): number[] {
  const counts = new Array<number>(BINS).fill(0);
  for (let i = 0; i < sorted.length; i++) counts[of(sorted[i])] += atLeast[i] - atLeast[i + 1];
  return counts;
}

/** A count of 0 for each interval. */
export const emptyBins = (): number[] => new Array<number>(BINS).fill(0);
