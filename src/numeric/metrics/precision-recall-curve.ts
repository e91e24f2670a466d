import { thresholdCounts } from "./threshold-counts.ts";

/** What flagging "score ≥ threshold" does. */
export interface PrecisionPoint {
  readonly threshold: number;
  readonly recall: number;
  readonly precision: number;
}

/**
 * Precision (share of anomalous among the flagged) over recall (share of the anomalous that is flagged) by falling
 * threshold, one point for each distinct score, to recall 1, where all rows are flagged. The curve is a step from each
 * point back to the recall before it: the area under the steps is the average precision, and lines between the points
 * would promise too much (Davis and Goadrich 2006). There is no point at recall 0, where precision is not defined;
 * differs from scikit-learn, which adds precision 1 there.
 *
 * Throws as {@link thresholdCounts}. O(n log n).
 */
export function precisionRecallCurve(labels: ArrayLike<number>, scores: ArrayLike<number>): readonly PrecisionPoint[] {
  const { anomalies, thresholds, falseAlarms, hits } = thresholdCounts("precision-recall curve", labels, scores);
  return Array.from(thresholds, (threshold, i) => ({
    threshold,
    recall: hits[i] / anomalies,
    precision: hits[i] / (hits[i] + falseAlarms[i]),
  }));
}
