import { type Key, type Matrix, quantileSorted, sample, sortedCopy } from "../numeric/index.ts";
import { distanceToOther, MOST_ROWS } from "./contamination-suspicion.ts";
import type { LearnContext } from "./learn.ts";

/** No cluster of a smaller share can hide: the distance is to the row after so many. */
const REACH = 0.2;
/** Tukey's inner fence, in interquartile ranges above the upper quartile. */
const FENCE = 1.5;
/** No larger share is ever guessed. */
const LARGEST = 0.2;

/**
 * An estimate of the share of anomalous rows among n prepared ones, from 0 to 0.2: the share whose distance to the
 * ⌈n / 5⌉-th nearest other row (standardized columns) lies beyond Tukey's fence on a log scale, log d > Q3 + 1.5 (Q3 − Q1).
 *
 * A rule of thumb, not an estimator with a guarantee: rows as they come in practice have heavy tails, so it finds some 0
 * to 6 % in clean rows too, and it misses anomalous rows that lie no farther out than the others. Where less is known,
 * 0 changes nothing. Tukey 1977, "Exploratory data analysis", section 2D, for the fence. O(n · 1,000 · d).
 */
export async function contaminatedShare(rows: Matrix, key: Key, context: LearnContext): Promise<number> {
  const places = sample(key.for("share"), rows.rows, MOST_ROWS);
  const k = Math.max(1, Math.min(Math.ceil(REACH * places.length), places.length - 1));
  const far = await distanceToOther(rows, places, k, key, context);
  const logs = far.map((distance) => Math.log(Math.max(distance, Number.MIN_VALUE)));
  const sorted = sortedCopy(logs);
  const [low, high] = [quantileSorted(sorted, 0.25), quantileSorted(sorted, 0.75)];
  const beyond = logs.filter((value) => value > high + FENCE * (high - low)).length;
  return Math.min(LARGEST, beyond / rows.rows);
}
