import { continuedFraction } from "./continued-fraction.ts";
import { deviance } from "./deviance.ts";
import { stirlingError } from "./log-gamma.ts";

/**
 * The regularized lower incomplete gamma function P(a, x), in [0, 1]: the probability that a gamma variable of
 * shape a > 0 is at most x ≥ 0.
 *
 * Series (DLMF 8.11.4) left of the mean, one minus the tail right of it. O(√a) terms.
 */
export function incompleteGamma(a: number, x: number): number {
  check(a, x);
  return useSeries(a, x) ? series(a, x) : 1 - tail(a, x);
}

/**
 * Q(a, x) = 1 − P(a, x), accurate to about 10⁻¹³ relative into the far tail, where 1 − P would be 0.
 *
 * Continued fraction (DLMF 8.9.2 in its contracted form) right of the mean, one minus the series left of it. The
 * factor in front is computed as in Loader 2000 (see {@link deviance}), so that it holds for large a. O(√a) terms.
 */
export function incompleteGammaTail(a: number, x: number): number {
  check(a, x);
  return useSeries(a, x) ? 1 - series(a, x) : tail(a, x);
}

/** The probability that a chi-square variable with `degrees` > 0 degrees of freedom is at least x ≥ 0. */
export function chiSquareTail(x: number, degrees: number): number {
  return incompleteGammaTail(degrees / 2, x / 2);
}

function check(a: number, x: number): void {
  if (!(a > 0 && a < Infinity && x >= 0))
    throw new Error(`incomplete gamma: expected a finite shape above 0 and x ≥ 0, got ${a} and ${x}`);
}

function useSeries(a: number, x: number): boolean {
  return x < 1 || x < a;
}

function series(a: number, x: number): number {
  let [sum, term] = [1, 1];
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return front(a, x) * sum;
}

function tail(a: number, x: number): number {
  if (x === Infinity) return 0;
  const fraction = continuedFraction((j) => [j === 1 ? 1 : -(j - 1) * (j - 1 - a), x + 2 * j - 1 - a]);
  return front(a, x) * a * fraction;
}

/** x^a e^−x / Γ(a + 1). */
function front(a: number, x: number): number {
  if (x === 0) return 0;
  return Math.exp(-stirlingError(a) - deviance(a, x)) / Math.sqrt(2 * Math.PI * a);
}
