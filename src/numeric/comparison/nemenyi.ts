import { InputError } from "../../errors/index.ts";
import { studentizedRangeQuantile } from "./studentized-range.ts";

/**
 * How far apart the mean ranks of two of k methods over n data sets must be to differ at `level`, all pairs tried:
 * q √(k (k + 1) / (6 n)), q the quantile of the studentized range over √2 (Nemenyi 1963; Demšar 2006, section 3.2.2).
 *
 * Holds for large n, with ties on the careful side. Throws on another level, k or n. O(1).
 */
export function nemenyiDifference(level: number, k: number, n: number): number {
  if (!(Number.isInteger(n) && n >= 1)) throw new InputError(`nemenyi: n: expected an integer ≥ 1, got ${n}`);
  return (studentizedRangeQuantile(level, k) / Math.SQRT2) * Math.sqrt((k * (k + 1)) / (6 * n));
}
