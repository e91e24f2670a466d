import { InputError } from "../../errors/index.ts";
import { normalCdf } from "../normal-distribution.ts";

/** Nodes of the trapezoid rule: the integrand falls off like a normal density, so its error is far below 1e-14. */
const STEP = 1 / 16;
const REACH = 9;

/**
 * The probability that the range (largest minus smallest) of k independent standard normal values is above q: the
 * studentized range with infinitely many degrees of freedom. P(range ≤ q) = k ∫ φ(z) (Φ(z) − Φ(z − q))^{k−1} dz, z
 * the largest (Tukey 1953), by the trapezoid rule. In [0, 1], absolute error about 1e-14.
 *
 * Throws unless k is an integer ≥ 2. O(1): some 300 values of Φ.
 */
export function studentizedRangeTail(q: number, k: number): number {
  if (!(Number.isInteger(k) && k >= 2)) throw new InputError(`studentized range: k: expected an integer ≥ 2, got ${k}`);
  if (q <= 0) return 1;
  let sum = 0;
  for (let z = -REACH; z <= REACH; z += STEP) {
    const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
    // 1 − (Φ(z)^{k−1} − …) would cancel: what is above q is added up instead, as Φ^{k−1} − (Φ − Φ_q)^{k−1}.
    const [all, near] = [normalCdf(z), normalCdf(z - q)];
    sum += density * (all ** (k - 1) - Math.max(0, all - near) ** (k - 1));
  }
  return Math.min(1, k * sum * STEP);
}

/**
 * The q that the range of k independent standard normal values exceeds with probability `level` in (0, 1): the inverse
 * of {@link studentizedRangeTail}, by bisection, to 1e-12. Throws on another level. O(1).
 */
export function studentizedRangeQuantile(level: number, k: number): number {
  if (!(level > 0 && level < 1))
    throw new InputError(`studentized range: level: expected a number between 0 and 1, got ${level}`);
  let [low, high] = [0, 1];
  while (studentizedRangeTail(high, k) > level) [low, high] = [high, 2 * high];
  while (high - low > 1e-12) {
    const middle = (low + high) / 2;
    if (studentizedRangeTail(middle, k) > level) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
