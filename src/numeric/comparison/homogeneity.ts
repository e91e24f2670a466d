import { InputError } from "../../errors/index.ts";
import { chiSquareTail } from "../incomplete-gamma.ts";
import { type Key, uniform } from "../key.ts";

/** Expected counts from which on χ²'s distribution is taken as it is in large samples. */
const LARGE = 20;
/** With more rows than this in the smaller sample, rare categories are taken as one instead of drawing. */
const MANY_ROWS = 5000;
/** Draws that reach the observed value before drawing stops. */
const ENOUGH = 20;

/** Whether two samples of categories come from one source. */
export interface Homogeneity {
  /** Pearson's χ². */
  readonly statistic: number;
  readonly pValue: number;
  /** The largest difference of the shares of any set of categories, in [0, 1]: half the sum of differences. */
  readonly distance: number;
}

/**
 * Compares the counts of k categories in two samples, k → a test (Pearson 1900). Where all expected counts are 20 or
 * more the p-value is that of χ²; else it is found by dividing the pooled rows anew, at random, at most `draws` times:
 * (1 + #{χ² at least as large}) / (1 + draws), or 20 over the number of draws once 20 were as large (Besag and Clifford
 * 1991), so that P(p ≤ t) ≤ t for exchangeable rows however rare the categories. With more than 5,000 rows in the
 * smaller sample, or with 0 draws, rarer categories count as one instead, and χ² is of the others and that one.
 * Categories of no rows count for nothing.
 *
 * Throws on unequal lengths, an empty sample, and counts that are not whole. O(k), with draws O(draws × the smaller
 * sample).
 */
export function homogeneity(first: ArrayLike<number>, second: ArrayLike<number>, key: Key, draws = 9999): Homogeneity {
  const [n, m] = [total(first), total(second)];
  if (first.length !== second.length || n === 0 || m === 0)
    throw new InputError(
      `homogeneity: counts: expected rows in both samples, of the same categories, got ${n} rows of ${first.length} and ${m} of ${second.length}`,
    );
  const small = n <= m ? first : second;
  const size = Math.min(n, m);
  const counted: Count[] = [];
  let distance = 0;
  for (let k = 0; k < first.length; k++) {
    distance += Math.abs(first[k] / n - second[k] / m) / 2;
    if (first[k] + second[k] === 0) continue;
    counted.push({ all: first[k] + second[k], own: small[k] });
  }
  const N = n + m;
  const least = (LARGE * N) / size; // pooled rows of a category from which on it is not rare
  const counts = size > MANY_ROWS || draws === 0 ? rareAsOne(counted, least) : counted;
  if (counts.length === 1) return { statistic: 0, pValue: 1, distance };
  // χ² = (N² / (n m)) Σ r² / c − N n / m, with r the counts of the smaller sample (n rows) and c the pooled ones.
  const sum = counts.reduce((total, { all, own }) => total + (own * own) / all, 0);
  const statistic = Math.max(0, ((N * N) / (size * (N - size))) * (sum - (size * size) / N));
  const pooled = counts.map(({ all }) => all);
  const large = pooled.every((count) => count >= least);
  const pValue = large ? chiSquareTail(statistic, pooled.length - 1) : byDraws(pooled, size, sum, key, draws);
  return { statistic, pValue, distance };
}

/** Rows of a category in both samples, and in the smaller one. */
interface Count {
  readonly all: number;
  readonly own: number;
}

/** The same with the rare categories as one, and with the next ones where they are rare still. */
function rareAsOne(counts: readonly Count[], least: number): readonly Count[] {
  const sorted = [...counts].sort((a, b) => a.all - b.all);
  let [all, own, next] = [0, 0, 0];
  while (next < sorted.length && (sorted[next].all < least || (all > 0 && all < least))) {
    all += sorted[next].all;
    own += sorted[next].own;
    next++;
  }
  return all === 0 ? sorted : [{ all, own }, ...sorted.slice(next)];
}

function byDraws(pooled: readonly number[], size: number, observed: number, key: Key, draws: number): number {
  const rows = Uint32Array.from(pooled.flatMap((count, k) => new Array<number>(count).fill(k)));
  const counts = new Uint32Array(pooled.length);
  const u = uniform(key);
  let reached = 0;
  for (let draw = 1; draw <= draws; draw++) {
    counts.fill(0);
    let sum = 0; // of r² / c, row by row: (r + 1)² − r² = 2 r + 1
    for (let i = 0; i < size; i++) {
      const j = i + Math.floor(u() * (rows.length - i));
      const k = rows[j];
      rows[j] = rows[i];
      rows[i] = k;
      sum += (2 * counts[k]++ + 1) / pooled[k];
    }
    if (sum >= observed * (1 - 1e-12) && ++reached === ENOUGH) return reached / draw;
  }
  return (1 + reached) / (1 + draws);
}

function total(counts: ArrayLike<number>): number {
  let sum = 0;
  for (let k = 0; k < counts.length; k++) {
    if (!(Number.isInteger(counts[k]) && counts[k] >= 0))
      throw new InputError(`homogeneity: counts: expected whole numbers ≥ 0, got ${counts[k]}`);
    sum += counts[k];
  }
  return sum;
}
