import { InputError } from "../errors/index.ts";
import { type Key, uniform } from "./key.ts";
import { quantileSorted } from "./quantile.ts";

/** A mean with the interval that the choice of values leaves. */
export interface MeanInterval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The mean of values (one a run, one a data set), and an interval for it: percentiles of the means of `draws`
 * resamples (Efron 1979).
 *
 * Assumes independent values. With fewer than about 20 the interval is too narrow; of one value it is that value.
 * Throws on none and on numbers that are not finite. O(draws · n).
 */
export function bootstrapMean(values: ArrayLike<number>, key: Key, confidence = 0.95, draws = 10_000): MeanInterval {
  const n = values.length;
  if (n === 0) throw new InputError("bootstrap: values: expected at least one, got none");
  let total = 0;
  for (let i = 0; i < n; i++) {
    if (!Number.isFinite(values[i]))
      throw new InputError(`bootstrap: values: expected finite numbers, got ${values[i]} in place ${i}`);
    total += values[i];
  }
  const u = uniform(key);
  const means = new Float64Array(draws);
  for (let draw = 0; draw < draws; draw++) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += values[Math.floor(u() * n)];
    means[draw] = sum / n;
  }
  means.sort();
  return {
    mean: total / n,
    low: quantileSorted(means, (1 - confidence) / 2),
    high: quantileSorted(means, (1 + confidence) / 2),
  };
}

/**
 * The mean of `first − second` over pairs (the same data set, the same fold), and an interval for it, by
 * {@link bootstrapMean} of the differences. An interval without 0 says that one side is better beyond what the choice
 * of pairs explains.
 *
 * Assumes independent pairs. Throws on none or on unequal lengths. O(draws · n).
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
  const { mean, low, high } = bootstrapMean(differences, key, confidence, draws);
  return { difference: mean, low, high };
}
