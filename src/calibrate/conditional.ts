import { InputError } from "../errors/index.ts";
import { levelSlack, requireLevel } from "./level.ts";

/**
 * The bounds b_1 ≤ … ≤ b_n and b_{n+1} = 1 that, with probability 1 − δ over calibration sets, lie above the uniform
 * order statistics U_(1), …, U_(n) all at once; n + 1 numbers in (0, 1].
 *
 *     b_{n+1−i} = 1 − δ^{1/k} ( i (i − 1) … (i − k + 1) / (n (n − 1) … (n − k + 1)) )^{1/k},  k = max(1, ⌊n / 2⌋)
 *
 * computed in logarithms. Under independence the probability is exactly 1 − δ (generalized Simes inequality, Sarkar
 * 2008). Source: Bates, Candès, Lei, Romano and Sesia 2023, "Testing for outliers with conformal p-values", section
 * 3. Differs from the paper: k = 1 for n = 1. Throws unless 0 < δ < 1 and n ≥ 1. O(n).
 */
export function conditionalBounds(n: number, delta: number): Float64Array {
  requireLevel(delta, "conditional p-value", "delta");
  if (!(Number.isInteger(n) && n >= 1))
    throw new InputError(`conditional p-value: rows: expected at least 1 calibration row, got ${n}`);
  const k = simesCount(n);
  const bounds = new Float64Array(n + 1).fill(1);
  let logRatio = 0; // log of i (i − 1) … / (n (n − 1) …), from i = n down
  for (let i = n; i >= k; i--) {
    bounds[n - i] = -Math.expm1((Math.log(delta) + logRatio) / k);
    logRatio += Math.log((i - k) / i);
  }
  return bounds;
}

/**
 * p-values that hold for this very calibration set, m → m, in (0, 1]: h(p) = b_⌈(n + 1) p⌉ of conformal p-values from
 * n calibration rows.
 *
 * With probability at least 1 − δ over calibration sets, P(h(p) ≤ t | calibration set) ≤ t for every t at once, for
 * normal rows drawn independently from the same distribution (i.i.d., a stronger assumption than exchangeable rows).
 * Given the calibration set they are independent of each other. The price is size: the smallest is 1 − δ^{1/k}, about
 * 2 log(1/δ) / n instead of 1 / (n + 1). Throws as {@link conditionalBounds}. O(n + m).
 */
export function conditionalPValues(pValues: Float64Array, n: number, delta: number): Float64Array {
  const bounds = conditionalBounds(n, delta);
  return pValues.map((p) => bounds[Math.min(n + 1, Math.max(1, Math.ceil(((n + 1) * p) / levelSlack))) - 1]);
}

/** The k of the bounds: how many order statistics the inequality averages over. */
export function simesCount(n: number): number {
  return Math.max(1, Math.floor(n / 2));
}
