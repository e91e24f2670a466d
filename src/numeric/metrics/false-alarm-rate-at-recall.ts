import { InputError } from "../../errors/index.ts";
import { thresholdCounts } from "./threshold-counts.ts";

/**
 * The smallest share of the normal rows that a threshold flags while it flags at least `recall` of the anomalous rows,
 * in [0, 1]; lower is better. With 0.95 it is known as FPR at 95 % TPR. The threshold is chosen on the anomalous rows
 * of this very evaluation, so the number describes the order of the scores.
 *
 * `recall` in [0, 1]. Throws on another recall and as {@link thresholdCounts}. O(n log n).
 */
export function falseAlarmRateAtRecall(labels: ArrayLike<number>, scores: ArrayLike<number>, recall: number): number {
  const who = "false alarm rate at recall";
  if (!(recall >= 0 && recall <= 1))
    throw new InputError(`${who}: recall: expected a number from 0 to 1, got ${recall}; give 0.95 for 95 %`);
  const { normals, anomalies, falseAlarms, hits } = thresholdCounts(who, labels, scores);
  const needed = recall * anomalies * (1 - 1e-12); // 0.07 · 100 is 7.000000000000001 in doubles
  if (needed === 0) return 0;
  return falseAlarms[hits.findIndex((count) => count >= needed)] / normals;
}
