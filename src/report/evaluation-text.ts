import type { Evaluation, FileSummary } from "../model/index.ts";
import { count, percent, upToOne } from "../numeric/index.ts";
import type { Fact } from "./fact.ts";

/** How scores and flags compare with labels, for people. */
export function evaluationFacts(evaluation: Evaluation): readonly Fact[] {
  const { rows, anomalies, auroc, averagePrecision, recallAt1Percent, recallAt5Percent } = evaluation;
  const chance = (anomalies / rows).toFixed(3);
  return [
    ["labels", `${count(anomalies)} anomalous, ${count(rows - anomalies)} normal`],
    ["AUROC", `${upToOne(auroc)} (0.5 is chance, 1 is perfect)`],
    ["average precision", `${upToOne(averagePrecision)} (${chance} is chance, 1 is perfect)`],
    ["found", `${percent(recallAt1Percent)} of the anomalies at 1 % false alarms, ${percent(recallAt5Percent)} at 5 %`],
    [
      "by the rule",
      `${percent(evaluation.recall)} of the anomalies found, ${percent(evaluation.falseAlarmRate)} of the normal rows flagged; ${percent(evaluation.falseDiscoveryProportion)} of the flagged are normal`,
    ],
  ];
}

/** Three standard errors: seen once in 700 times where the promise holds. */
const FAR = 3;

/** Says so where more normal rows are flagged than chance explains: they are not like the rows learned from. */
export function evaluationNotes({ evaluation, rule }: FileSummary, calibrationRows: number): string[] {
  if (evaluation === null || rule.kind !== "false-alarm-rate") return [];
  const { level } = rule;
  const normals = evaluation.rows - evaluation.anomalies;
  const error = Math.sqrt(level * (1 - level) * (1 / normals + 1 / calibrationRows));
  if (evaluation.falseAlarmRate <= level + FAR * error) return [];
  return [
    `${percent(evaluation.falseAlarmRate)} of the rows labelled normal were flagged, more than chance makes of ${percent(level)}: they differ from the rows learned from, so the assumption below does not hold. Learn from newer rows.`,
  ];
}
