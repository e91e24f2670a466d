import { InputError } from "../errors/index.ts";
import { median, normalCdf, normalQuantile } from "../numeric/index.ts";

/** How the levels of a member are put on one scale, and how they become one number. */
export const LEVEL_SCALES = ["smooth", "rank"] as const;
export type LevelScale = (typeof LEVEL_SCALES)[number];
export const COMBINATIONS = ["half-half", "mean", "min-p"] as const;
export type Combination = (typeof COMBINATIONS)[number];

/** A window among its toys. */
export interface Combined {
  /** T of the window, and of each toy in the order given. Higher is more unlike the reference. */
  readonly window: number;
  readonly toys: Float64Array;
  /** The share of members (toys and window) whose T is at least the window's: in [1 / (n + 1), 1]. */
  readonly pValue: number;
  /** Phi⁻¹(1 − p). */
  readonly z: number;
  /** 1 / (n + 1): no p-value of so many toys is smaller. */
  readonly resolution: number;
  /** The share of members whose t is at least the window's, a level. */
  readonly levelPValues: Float64Array;
}

/** A T this close to the window's counts as equal. */
const TIE = 1e-12;

/**
 * The p-value of a window from its statistics of C levels and those of n toys (n × C, row by row): T = −½ min_c s_c −
 * ½ mean_c s_c (half-half), −mean_c s_c (mean: Fisher's) or −min_c s_c (min-p), ranked among the n + 1 members. Statistics below 0 or NaN count as 0.
 *
 * The scale treats window and toys alike, so the p-value is exact where the members are exchangeable: P(p ≤ a) ≤ a.
 *
 * - smooth: u = ∛t, nearly normal for statistics like χ²; z_c = (u − median) / (1.4826 · median |u − median| + 1e-9) over
 *   the members; s = ln(1 − Phi(z)).
 * - rank: s = ln of the share of members whose t_c is at least the own one.
 *
 * Throws without toys. O(C n log n).
 */
export function combineLevels(
  window: ArrayLike<number>,
  toys: Float64Array,
  { scale = "smooth", combination = "half-half" }: { scale?: LevelScale; combination?: Combination } = {},
): Combined {
  const C = window.length;
  const n = toys.length / C;
  if (!(n >= 1)) throw new InputError("discover: toys: expected at least 1, got none");
  const members = Float64Array.from([...toys, ...Array.from(window)], (t) => Math.max(0, t || 0));
  const level = (c: number) => Float64Array.from({ length: n + 1 }, (_, i) => members[i * C + c]);
  const [least, mean] = [new Float64Array(n + 1), new Float64Array(n + 1)];
  const levelPValues = new Float64Array(C);
  for (let c = 0; c < C; c++) {
    const t = level(c);
    const shares = sharesAtLeast(t);
    levelPValues[c] = shares[n];
    const s = scale === "rank" ? shares.map(Math.log) : logTails(t);
    s.forEach((value, i) => {
      least[i] = Math.min(least[i], value);
      mean[i] += value / C;
    });
  }
  const share = { "half-half": 0.5, mean: 1, "min-p": 0 }[combination];
  const T = least.map((low, i) => -(1 - share) * low - share * mean[i]);
  const pValue = T.reduce((count, value) => count + (value >= T[n] - TIE ? 1 : 0), 0) / (n + 1);
  return {
    window: T[n],
    toys: T.slice(0, n),
    pValue,
    z: zOf(pValue),
    resolution: 1 / (n + 1),
    levelPValues,
  };
}

/** Phi⁻¹(1 − p), exact for small p; −∞ at 1. */
export function zOf(p: number): number {
  return -normalQuantile(p) + 0;
}

/** For each value, the share of values that are at least as large. */
function sharesAtLeast(values: Float64Array): Float64Array {
  const sorted = values.slice().sort();
  return values.map((value) => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle] < value) low = middle + 1;
      else high = middle;
    }
    return (sorted.length - low) / sorted.length;
  });
}

/** ln(1 − Phi(z)) of the robust z of cube roots. */
function logTails(t: Float64Array): Float64Array {
  const roots = t.map(Math.cbrt);
  const middle = median(roots);
  const spread = 1.4826 * median(roots.map((u) => Math.abs(u - middle))) + 1e-9;
  return roots.map((u) => logUpperTail((u - middle) / spread));
}

/** ln(1 − Phi(z)); beyond z = 30 by Mills' ratio, where the tail itself would underflow. */
function logUpperTail(z: number): number {
  if (z < 30) return Math.log(normalCdf(-z));
  return -(z * z) / 2 - Math.log(z) - Math.log(2 * Math.PI) / 2 + Math.log1p(-1 / (z * z) + 3 / z ** 4);
}
