import { InputError } from "../../errors/index.ts";
import { normalCdf } from "../normal-distribution.ts";
import { midranks } from "../rank.ts";

/** Up to so many pairs the p-value is counted out. */
const EXACT_PAIRS = 200;

/** What became of a comparison of pairs. */
export interface SignedRank {
  /** The sum of ranks of the pairs in which the first is larger, of those that differ. */
  readonly statistic: number;
  /** Two-sided. */
  readonly pValue: number;
  /** Pairs that differ. */
  readonly pairs: number;
}

/**
 * Wilcoxon's signed-rank test of `first − second` over pairs (Wilcoxon 1945): whether the differences lie evenly about
 * 0. Equal pairs are left out, equal sizes share the mean of their ranks.
 *
 * Up to 200 differing pairs the p-value is exact, ties included: the share of the 2ⁿ choices of signs that are as far
 * from even. Beyond, it is normal, with the ties' variance and half a step of continuity. Without a differing pair, 1.
 *
 * Assumes that a difference is as likely as its opposite under the null, and independent pairs. Differences that
 * should tie must do so in doubles: round results first. Throws on unequal lengths and NaN. O(n²) in time and memory
 * up to 200 pairs, then O(n log n).
 */
export function wilcoxonSignedRank(first: ArrayLike<number>, second: ArrayLike<number>): SignedRank {
  if (first.length !== second.length)
    throw new InputError(`wilcoxon: pairs: expected equally many of both, got ${first.length} and ${second.length}`);
  const all = Float64Array.from({ length: first.length }, (_, i) => first[i] - second[i]);
  const place = all.findIndex(Number.isNaN);
  if (place >= 0)
    throw new InputError(`wilcoxon: pairs: expected finite numbers, got ${first[place]} and ${second[place]}`);
  const differences = all.filter((difference) => difference !== 0);
  const n = differences.length;
  const ranks = midranks(differences.map(Math.abs));
  let statistic = 0;
  for (let i = 0; i < n; i++) if (differences[i] > 0) statistic += ranks[i];
  if (n === 0) return { statistic, pValue: 1, pairs: 0 };
  const distance = Math.abs(statistic - (n * (n + 1)) / 4);
  const pValue = n <= EXACT_PAIRS ? countedOut(ranks, distance) : byNormal(ranks, distance);
  return { statistic, pValue: Math.min(1, pValue), pairs: n };
}

/** The probability, over signs, that the sum of positive ranks is at least so far from its mean. Ranks are halves. */
function countedOut(ranks: Float64Array, distance: number): number {
  const total = ranks.length * (ranks.length + 1); // of doubled ranks, whole numbers
  const chance = new Float64Array(total + 1);
  chance[0] = 1;
  let reached = 0;
  for (const rank of ranks) {
    const twice = 2 * rank;
    reached += twice;
    for (let sum = reached; sum >= 0; sum--) chance[sum] = (chance[sum] + (sum >= twice ? chance[sum - twice] : 0)) / 2;
  }
  let far = 0;
  for (let sum = 0; sum <= total; sum++) if (Math.abs(sum - total / 2) >= 2 * distance) far += chance[sum];
  return far;
}

function byNormal(ranks: Float64Array, distance: number): number {
  let variance = 0;
  for (const rank of ranks) variance += rank * rank; // Var = Σ rank² / 4, ties included
  return 2 * normalCdf(-Math.max(0, distance - 0.5) / Math.sqrt(variance / 4));
}
