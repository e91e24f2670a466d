import { InputError } from "../errors/index.ts";

/** A sorted copy, increasing; NaN goes last. O(n log n). */
export function sortedCopy(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values).sort();
}

/**
 * The quantile of increasing numbers at `level` in [0, 1], linear between neighbors: position (n − 1) · level
 * counted from 0 (type 7 of Hyndman and Fan 1996, numpy's default). 0 is the smallest, 1 the largest, ½ the median.
 *
 * Throws on an empty array and on a level outside [0, 1]. O(1).
 */
export function quantileSorted(sorted: ArrayLike<number>, level: number): number {
  if (sorted.length === 0) throw new InputError("quantile: values: expected at least one number, got none");
  if (!(level >= 0 && level <= 1))
    throw new InputError(`quantile: level: expected a number from 0 to 1, got ${level}; give 0.05 for 5 %`);
  const position = (sorted.length - 1) * level;
  const below = Math.floor(position);
  const share = position - below;
  if (share === 0) return sorted[below];
  const [low, high] = [sorted[below], sorted[below + 1]];
  if (low === high) return low;
  // From the nearer end, as numpy does, so that the result never passes it.
  return share < 0.5 ? low + (high - low) * share : high - (high - low) * (1 - share);
}

/** The middle of the values in any order, the mean of both middles for an even count. Throws on none. O(n log n). */
export function median(values: ArrayLike<number>): number {
  return quantileSorted(sortedCopy(values), 0.5);
}
