import { InputError } from "../../errors/index.ts";
import { chiSquareTail } from "../incomplete-gamma.ts";
import { type Matrix, rowOf } from "../matrix.ts";
import { midranks } from "../rank.ts";

/** How methods rank over data sets. */
export interface Ranks {
  /** The mean rank of each method: 1 is best on every set, k worst. Equal results share the mean of their ranks. */
  readonly meanRanks: Float64Array;
  /** Friedman's χ², corrected for ties, and the probability of at least that if all methods were alike. */
  readonly statistic: number;
  readonly pValue: number;
}

/**
 * Mean ranks of k methods over n data sets, and the test whether they are all alike (Friedman 1937; Demšar 2006,
 * section 3.2.2). `results` is n × k, higher is better.
 *
 * With R_j the sum of ranks of method j, χ² = (12 / (n k (k + 1)) Σ R_j² − 3 n (k + 1)) / (1 − Σ (t³ − t) /
 * (n k (k² − 1))), t the sizes of the ties, with k − 1 degrees of freedom; good from n > 10 and k > 5 on, else on the
 * careful side. Where every set ties all methods, χ² is 0.
 *
 * Throws on fewer than two methods, no sets and NaN. O(n k log k).
 */
export function friedman(results: Matrix): Ranks {
  const { rows: n, columns: k } = results;
  if (n === 0 || k < 2)
    throw new InputError(`friedman: results: expected at least one data set and two methods, got ${n} and ${k}`);
  const sums = new Float64Array(k);
  let ties = 0;
  for (let i = 0; i < n; i++) {
    const row = rowOf(results, i);
    if (row.some(Number.isNaN))
      throw new InputError(`friedman: results: expected numbers, got NaN in data set ${i}; leave it out`);
    const ranks = midranks(row.map((result) => -result));
    for (let j = 0; j < k; j++) sums[j] += ranks[j];
    for (const size of tieSizes(row)) ties += size ** 3 - size;
  }
  const squares = sums.reduce((sum, rank) => sum + rank * rank, 0);
  const plain = (12 / (n * k * (k + 1))) * squares - 3 * n * (k + 1);
  const correction = 1 - ties / (n * k * (k * k - 1));
  const statistic = correction > 0 ? Math.max(0, plain / correction) : 0;
  return { meanRanks: sums.map((sum) => sum / n), statistic, pValue: chiSquareTail(statistic, k - 1) };
}

function tieSizes(values: ArrayLike<number>): Iterable<number> {
  const counts = new Map<number, number>();
  for (let i = 0; i < values.length; i++) counts.set(values[i], (counts.get(values[i]) ?? 0) + 1);
  return counts.values();
}
