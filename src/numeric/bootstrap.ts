import { InputError } from "../errors/index.ts";
import { type Key, uniform } from "./key.ts";
import { quantileSorted } from "./quantile.ts";

/**
 * The mean of `first − second` over pairs (the same data set, the same fold), and an interval for it: percentiles of
 * the means of `draws` resamples of the pairs (Efron 1979). An interval without 0 says that one side is better
 * beyond what the choice of pairs explains.
 *
 * Assumes independent pairs. With fewer than about 20 pairs the interval is too narrow.
 * Throws on none or on unequal lengths. O(draws · n).
 */
export function pairedBootstrap(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  key: Key,
  confidence = 0.95,
  draws = 10_000,
): { readonly difference: number; readonly low: number; readonly high: number } {
  const n = first.length;
  if (n === 0 || n !== second.length)
    throw new InputError(
      `bootstrap: pairs: expected equally many of both, at least one, got ${n} and ${second.length}`,
    );
  const differences = Float64Array.from({ length: n }, (_, i) => first[i] - second[i]);
  const u = uniform(key);
  const means = new Float64Array(draws);
  for (let draw = 0; draw < draws; draw++) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += differences[Math.floor(u() * n)];
    means[draw] = sum / n;
  }
  means.sort();
  return {
    difference: differences.reduce((sum, d) => sum + d, 0) / n,
    low: quantileSorted(means, (1 - confidence) / 2),
    high: quantileSorted(means, (1 + confidence) / 2),
  };
}
