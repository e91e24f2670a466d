import { type Calibration, requireFinite } from "./calibration.ts";

/**
 * Scores within this share of their size count as tied: products in single precision differ by a few units in the
 * last place between batch sizes and machines, and a p-value must not.
 */
export const tieTolerance = 2e-6;

/**
 * The conservative conformal p-value of each score, m → m, in [1 / (n + 1), 1]; lower is more anomalous:
 *
 *     p(s) = (1 + #{c ≥ s − tol}) / (n + 1),  tol = 2·10⁻⁶ |s|
 *
 * (where whole groups calibrate, the sum of weights in place of the number: see {@link groupCalibrationOf}).
 * For a normal row exchangeable with the n calibration rows, P(p ≤ t) ≤ t for every t, on average over calibration
 * sets, ties or not (they make p larger). p-values of one batch share the calibration rows, so they depend on each
 * other, positively: Benjamini and Hochberg's procedure keeps its level (Bates et al. 2023, section 2).
 *
 * Source: Vovk, Gammerman and Shafer 2005, "Algorithmic learning in a random world", section 2.2; Bates, Candès, Lei,
 * Romano and Sesia 2023, "Testing for outliers with conformal p-values", section 2. Differs from the paper: higher
 * scores are more anomalous; the tolerance. Throws on scores that are not finite. O(m log n).
 *
 * @example conformalPValues(calibrationOf([1, 2, 2, 3]), Float64Array.of(0, 2, 4)) // [1, 0.8, 0.2]
 */
export function conformalPValues(calibration: Calibration, scores: Float64Array): Float64Array {
  requireFinite("p-value", scores);
  const { sorted, n, atLeast } = calibration;
  return scores.map((s) => (1 + atLeast[countBelow(sorted, s - tieTolerance * Math.abs(s))]) / (n + 1));
}

/**
 * The randomized conformal p-value of each score, m → m, in [0, 1): ties broken at random,
 *
 *     p(s) = (#{c > s + tol} + U (1 + #{|c − s| ≤ tol})) / (n + 1),  U uniform on [0, 1)
 *
 * For a normal row exchangeable with the calibration rows it is exactly uniform, as long as scores either tie within
 * the tolerance or differ by more than twice as much. A row above all calibration rows gets a p-value between 0 and
 * 1 / (n + 1) by chance alone.
 *
 * Where whole groups calibrate, only ties with calibration scores are broken, (1 + W_above + U W_tied) / (K + 1) with
 * weights W: the new group's own rows are not known, so that it counts as 1 in full. P(p ≤ t) ≤ t then, not equal.
 *
 * Source: Vovk, Gammerman and Shafer 2005, section 2.2 ("smoothed"). `uniforms` gives the U, one a row in their order: the stream of a key.
 * Throws on scores that are not finite. O(m log n).
 */
export function randomizedPValues(
  calibration: Calibration,
  scores: Float64Array,
  uniforms: () => number,
): Float64Array {
  requireFinite("p-value", scores);
  const { sorted, n, atLeast, unit } = calibration;
  return scores.map((s) => {
    const tolerance = tieTolerance * Math.abs(s);
    const above = atLeast[countAtMost(sorted, s + tolerance)];
    const tied = atLeast[countBelow(sorted, s - tolerance)] - above;
    const u = uniforms();
    return (unit === "groups" ? 1 + above + u * tied : above + u * (1 + tied)) / (n + 1);
  });
}

/** #{c < x} by binary search. */
function countBelow(sorted: Float64Array, x: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** #{c ≤ x} by binary search. */
function countAtMost(sorted: Float64Array, x: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] <= x) low = middle + 1;
    else high = middle;
  }
  return low;
}
