import { thresholdCounts } from "./threshold-counts.ts";

/**
 * The area under the ROC curve, in [0, 1]: the probability that an anomalous row scores above a normal one, ties
 * counting one half (Mann and Whitney 1947). ½ is guessing, 1 a perfect order. Labels are 0 (normal) and 1
 * (anomalous), higher scores more anomalous.
 *
 * Invariant under increasing maps of the scores; flipping labels or signs gives one minus it. Exact in integers up to
 * 2⁵³ pairs. Throws as {@link thresholdCounts}. O(n log n).
 *
 * @example auroc([0, 1, 0, 1], [0.1, 0.4, 0.4, 0.8]) // 0.875
 */
export function auroc(labels: ArrayLike<number>, scores: ArrayLike<number>): number {
  const { normals, anomalies, falseAlarms, hits } = thresholdCounts("auroc", labels, scores);
  let twice = 0;
  for (let i = 0; i < hits.length; i++) {
    const [alarmsBefore, hitsBefore] = i === 0 ? [0, 0] : [falseAlarms[i - 1], hits[i - 1]];
    twice += (falseAlarms[i] - alarmsBefore) * (hits[i] + hitsBefore);
  }
  return twice / (2 * normals * anomalies);
}
