import { thresholdCounts } from "./threshold-counts.ts";

/** What flagging "score ≥ threshold" does. */
export interface RocPoint {
  readonly threshold: number;
  readonly falseAlarmRate: number;
  readonly recall: number;
}

/**
 * The receiver operating characteristic by falling threshold: from (0, 0), where the threshold is infinite and nothing
 * is flagged, over one point for each distinct score to (1, 1). Rows of equal score make one slanted step; the area
 * under the straight lines is the AUROC.
 *
 * Throws as {@link thresholdCounts}. O(n log n).
 */
export function rocCurve(labels: ArrayLike<number>, scores: ArrayLike<number>): readonly RocPoint[] {
  const { normals, anomalies, thresholds, falseAlarms, hits } = thresholdCounts("roc curve", labels, scores);
  const points = Array.from(thresholds, (threshold, i) => ({
    threshold,
    falseAlarmRate: falseAlarms[i] / normals,
    recall: hits[i] / anomalies,
  }));
  return [{ threshold: Number.POSITIVE_INFINITY, falseAlarmRate: 0, recall: 0 }, ...points];
}
