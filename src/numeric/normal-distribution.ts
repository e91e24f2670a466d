import { continuedFraction } from "./continued-fraction.ts";

/**
 * The standard normal distribution function, in [0, 1]: the probability of at most z. `normalCdf(-z)` is the upper
 * tail at z, accurate to about 10⁻¹⁴ relative down to 10⁻³⁰⁰.
 *
 * |z| < 2: ½ + φ(z) (z + z³/3 + z⁵/(3·5) + …) (Marsaglia 2004, "Evaluating the normal distribution"); beyond, φ(z)
 * times Mills' ratio 1 / (z + 1 / (z + 2 / (z + …))) (Laplace; DLMF 7.9.1). O(1): 10–80 terms.
 */
export function normalCdf(z: number): number {
  if (Number.isNaN(z)) throw new Error("normal cdf: z: expected a number, got NaN");
  const tail = upperTail(Math.abs(z));
  return z <= 0 ? tail : 1 - tail;
}

/**
 * The z below which a share p in [0, 1] of the standard normal distribution lies: the inverse of {@link normalCdf};
 * −∞ at 0, ∞ at 1. Relative error about 10⁻¹⁵ down to p = 10⁻³⁰⁰.
 *
 * Source: Wichura 1988, "Algorithm AS 241: the percentage points of the normal distribution", PPND16. Differs from
 * the paper: nothing. O(1).
 */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) throw new Error(`normal quantile: p: expected a number from 0 to 1, got ${p}`);
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return q * ratio(wichura.center, 0.180625 - q * q);
  const r = Math.sqrt(-Math.log(q < 0 ? p : 1 - p));
  if (r === Infinity) return q < 0 ? -Infinity : Infinity;
  const z = r <= 5 ? ratio(wichura.shoulder, r - 1.6) : ratio(wichura.tail, r - 5);
  return q < 0 ? -z : z;
}

/**
 * The three rational functions of AS 241, numerator and denominator from the constant term up: `center` for
 * |q| ≤ 0.425 in 0.180625 − q², times q; `shoulder` for r ≤ 5 in r − 1.6 and `tail` beyond in r − 5, where q = p − ½
 * and r = √(−log min(p, 1 − p)). The paper's coefficients, rounded to the nearest double.
 */
export const wichura = Object.freeze({
  center: [
    [
      3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987,
      67265.7709270087, 33430.57558358813, 2509.0809287301227,
    ],
    [
      1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
      28729.085735721943, 5226.495278852854,
    ],
  ],
  shoulder: [
    [
      1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
      0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
    ],
    [
      1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
      0.0005475938084995345, 1.0507500716444169e-9,
    ],
  ],
  tail: [
    [
      6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
      0.0012426609473880784, 2.7115555687434876e-5, 2.0103343992922881e-7,
    ],
    [
      1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133, 1.8463183175100548e-5,
      1.421511758316446e-7, 2.0442631033899397e-15,
    ],
  ],
} as const);

function ratio([numerator, denominator]: readonly [readonly number[], readonly number[]], x: number): number {
  return polynomial(numerator, x) / polynomial(denominator, x);
}

function polynomial(coefficients: readonly number[], x: number): number {
  let value = 0;
  for (let i = coefficients.length - 1; i >= 0; i--) value = value * x + coefficients[i];
  return value;
}

/** P(Z > z) for z ≥ 0. */
function upperTail(z: number): number {
  if (z > 40) return 0;
  if (z >= 2) return density(z) * continuedFraction((j) => [j === 1 ? 1 : j - 1, z]);
  let [sum, term] = [z, z];
  for (let odd = 3; term > sum * 1e-17; odd += 2) {
    term *= (z * z) / odd;
    sum += term;
  }
  return 0.5 - density(z) * sum;
}

/** φ(z); z² is split into an exact and a small part, for rounding it would cost z² · 10⁻¹⁶ of relative accuracy. */
function density(z: number): number {
  const head = Math.fround(z);
  return Math.exp(-0.5 * head * head) * Math.exp(-0.5 * (z - head) * (z + head)) * 0.3989422804014327;
}
