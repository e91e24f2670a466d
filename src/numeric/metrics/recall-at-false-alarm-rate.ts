import { InputError } from "../../errors/index.ts";
import { thresholdCounts } from "./threshold-counts.ts";

/**
 * The largest share of the anomalous rows that a threshold can flag while flagging at most `rate` of the normal rows,
 * in [0, 1]. The threshold is chosen on the normal rows of this very evaluation, so the number describes the order
 * of the scores; what a threshold set beforehand attains is for `calibrate`.
 *
 * `rate` in [0, 1]; 0.01 needs 100 normal rows before a single false alarm is allowed. Throws on another rate and as
 * {@link thresholdCounts}. O(n log n).
 */
export function recallAtFalseAlarmRate(labels: ArrayLike<number>, scores: ArrayLike<number>, rate: number): number {
  const who = "recall at false alarm rate";
  if (!(rate >= 0 && rate <= 1))
    throw new InputError(`${who}: rate: expected a number from 0 to 1, got ${rate}; give 0.01 for 1 %`);
  const { normals, anomalies, falseAlarms, hits } = thresholdCounts(who, labels, scores);
  const allowed = rate * normals * (1 + 1e-12); // 0.29 · 100 is 28.999999999999996 in doubles
  let best = 0;
  for (let i = 0; i < hits.length && falseAlarms[i] <= allowed; i++) best = hits[i];
  return best / anomalies;
}
