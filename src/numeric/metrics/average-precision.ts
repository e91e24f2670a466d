import { thresholdCounts } from "./threshold-counts.ts";

/**
 * Average precision, in (0, 1]: Σ (R_i − R_{i−1}) P_i over the distinct scores from the highest down, with precision
 * P_i (share of anomalous among the flagged) and recall R_i (share of the anomalous that is flagged). The share of
 * anomalous rows is what guessing gets. Step-wise, without interpolation, rows of equal score together: the same number
 * as scikit-learn's `average_precision_score`.
 *
 * Throws as {@link thresholdCounts}; differs from scikit-learn: without normal rows it refuses. O(n log n).
 */
export function averagePrecision(labels: ArrayLike<number>, scores: ArrayLike<number>): number {
  const { anomalies, falseAlarms, hits } = thresholdCounts("average precision", labels, scores);
  let sum = 0;
  for (let i = 0; i < hits.length; i++) {
    const found = hits[i] - (i === 0 ? 0 : hits[i - 1]);
    sum += (found * hits[i]) / (hits[i] + falseAlarms[i]);
  }
  return sum / anomalies;
}
