import { InputError } from "../errors/index.ts";
import { auroc, averagePrecision, recallAtFalseAlarmRate } from "../numeric/index.ts";

/** How scores compare with labels. */
export interface Evaluation {
  readonly rows: number;
  readonly anomalies: number;
  /** Area under the receiver operating characteristic: 0.5 is chance, 1 is perfect. */
  readonly auroc: number;
  /** Area under precision over recall: the share of anomalies is chance, 1 is perfect. */
  readonly averagePrecision: number;
  /** Share of anomalies above the threshold that 1 % (5 %) of these normal rows exceed. */
  readonly recallAt1Percent: number;
  readonly recallAt5Percent: number;
  /** Of the flagged rows: share of all anomalies, share of all normal rows, share that is normal (0 when none is flagged). */
  readonly recall: number;
  readonly falseAlarmRate: number;
  readonly falseDiscoveryProportion: number;
}

/** Compares scores and flags with labels, 1 for anomalous. Throws an InputError unless both kinds occur. */
export function evaluateScores(labels: Uint8Array, scores: Float64Array, flagged: Uint8Array): Evaluation {
  const anomalies = labels.reduce((count, label) => count + label, 0);
  const normals = labels.length - anomalies;
  if (anomalies === 0 || normals === 0)
    throw new InputError(
      `score: --label: expected normal and anomalous rows, got ${normals} normal and ${anomalies} anomalous; drop --label to score without comparing`,
    );
  const hits = flagged.reduce((count, flag, row) => count + (flag & labels[row]), 0);
  const flags = flagged.reduce((count, flag) => count + flag, 0);
  return {
    rows: labels.length,
    anomalies,
    auroc: auroc(labels, scores),
    averagePrecision: averagePrecision(labels, scores),
    recallAt1Percent: recallAtFalseAlarmRate(labels, scores, 0.01),
    recallAt5Percent: recallAtFalseAlarmRate(labels, scores, 0.05),
    recall: hits / anomalies,
    falseAlarmRate: (flags - hits) / normals,
    falseDiscoveryProportion: flags === 0 ? 0 : (flags - hits) / flags,
  };
}
