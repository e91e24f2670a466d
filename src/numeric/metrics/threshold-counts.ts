import { InputError } from "../../errors/index.ts";

/** What flagging "score ≥ threshold" would do at each distinct score, from the highest down. */
export interface ThresholdCounts {
  readonly normals: number;
  readonly anomalies: number;
  /** Distinct scores, decreasing. */
  readonly thresholds: Float64Array;
  /** Normal rows flagged at each threshold, increasing. */
  readonly falseAlarms: Float64Array;
  /** Anomalous rows flagged at each threshold, increasing. */
  readonly hits: Float64Array;
}

/**
 * Counts the flagged rows at every threshold, n labels (0 normal, 1 anomalous) and n scores (higher is more
 * anomalous) → at most n thresholds. Rows of equal score are flagged together, so that no measure depends on the
 * order of the rows.
 *
 * Throws, in the name of `who`, on unequal lengths, on labels other than 0 and 1, on NaN scores, and when one of the
 * two kinds is missing. O(n log n).
 */
export function thresholdCounts(who: string, labels: ArrayLike<number>, scores: ArrayLike<number>): ThresholdCounts {
  const [normal, anomalous] = separate(who, labels, scores);
  const thresholds = new Float64Array(scores.length);
  const falseAlarms = new Float64Array(scores.length);
  const hits = new Float64Array(scores.length);
  let [i, j, count] = [normal.length, anomalous.length, 0];
  while (i > 0 || j > 0) {
    const threshold = Math.max(i > 0 ? normal[i - 1] : -Infinity, j > 0 ? anomalous[j - 1] : -Infinity);
    while (i > 0 && normal[i - 1] === threshold) i--;
    while (j > 0 && anomalous[j - 1] === threshold) j--;
    thresholds[count] = threshold;
    falseAlarms[count] = normal.length - i;
    hits[count] = anomalous.length - j;
    count++;
  }
  return {
    normals: normal.length,
    anomalies: anomalous.length,
    thresholds: thresholds.subarray(0, count),
    falseAlarms: falseAlarms.subarray(0, count),
    hits: hits.subarray(0, count),
  };
}

/** The scores of the normal and of the anomalous rows, each sorted. */
function separate(who: string, labels: ArrayLike<number>, scores: ArrayLike<number>): [Float64Array, Float64Array] {
  const n = labels.length;
  if (n !== scores.length)
    throw new InputError(`${who}: scores: expected ${n}, one for each label, got ${scores.length}`);
  let anomalies = 0;
  for (let row = 0; row < n; row++) {
    const label = labels[row];
    if (label !== 0 && label !== 1)
      throw new InputError(`${who}: labels: expected 0 (normal) or 1 (anomalous), got ${label} in row ${row}`);
    if (Number.isNaN(scores[row])) throw new InputError(`${who}: scores: expected numbers, got NaN in row ${row}`);
    anomalies += label;
  }
  if (anomalies === 0 || anomalies === n)
    throw new InputError(
      `${who}: labels: expected rows of both kinds, got ${n - anomalies} normal and ${anomalies} anomalous; evaluate on data that holds both`,
    );
  const kinds: [Float64Array, Float64Array] = [new Float64Array(n - anomalies), new Float64Array(anomalies)];
  const filled = [0, 0];
  for (let row = 0; row < n; row++) kinds[labels[row]][filled[labels[row]]++] = scores[row];
  for (const kind of kinds) kind.sort();
  return kinds;
}
