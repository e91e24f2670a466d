import { betaQuantile } from "./incomplete-beta.ts";

/**
 * The quantile of Student's t distribution with `freedom` > 0 degrees of freedom at p in (0, 1): −∞ to ∞.
 *
 * t² = ν (1 − x) / x with x the quantile of the beta distribution (ν/2, 1/2) at 2 min(p, 1 − p) (DLMF 8.17, Abramowitz
 * and Stegun 26.7.1). Relative error about 1e-12. Cost: that of {@link betaQuantile}.
 */
export function studentQuantile(p: number, freedom: number): number {
  if (!(p > 0 && p < 1)) throw new Error(`student quantile: p: expected a number between 0 and 1, got ${p}`);
  if (!(freedom > 0)) throw new Error(`student quantile: freedom: expected a number > 0, got ${freedom}`);
  if (p === 0.5) return 0;
  const x = betaQuantile(2 * Math.min(p, 1 - p), freedom / 2, 0.5);
  const size = Math.sqrt((freedom * (1 - x)) / x);
  return p < 0.5 ? -size : size;
}
