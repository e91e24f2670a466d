import {
  auroc,
  averagePrecision,
  f1,
  falseAlarmRateAtRecall,
  falseDiscoveryProportion,
  flagCounts,
  partialAuroc,
  precisionRecallCurve,
  recallAtFalseAlarmRate,
  rocCurve,
  thinCurve,
  uniformDistance,
} from "../numeric/index.ts";
import type { ClassMeasures, Measures, Run } from "./result.ts";

/** Scores, p-values and the truth of some test rows. */
export interface Scored {
  /** 1 for anomalous. */
  readonly anomalous: Uint8Array;
  /** The class of each anomalous row, null for normal ones. */
  readonly classes: readonly (string | null)[];
  readonly scores: Float64Array;
  readonly pValues: Float64Array;
}

/** Points of a curve that are kept. */
const CURVE_POINTS = 200;
/** Levels at which the share of small p-values is told, that of the rule among them. */
const LEVELS = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
/** 0.07 is 0.07000000000000001 in other sums: a p-value that equals the level is at most the level. */
const SLACK = 1 + 1e-12;

/** All measures of n test rows, of both kinds; flagged is p ≤ `level`. O(n log n). */
export function measuresOf({ anomalous, scores, pValues }: Omit<Scored, "classes">, level: number): Measures {
  const flags = flagsAt(pValues, level);
  const { normals, anomalies, falseAlarms, hits } = flagCounts("evaluate", anomalous, flags);
  return {
    auroc: auroc(anomalous, scores),
    averagePrecision: averagePrecision(anomalous, scores),
    partialAuroc: partialAuroc(anomalous, scores, 0.05),
    recallAt1Percent: recallAtFalseAlarmRate(anomalous, scores, 0.01),
    recallAt5Percent: recallAtFalseAlarmRate(anomalous, scores, 0.05),
    falseAlarmsAt95Recall: falseAlarmRateAtRecall(anomalous, scores, 0.95),
    f1: f1(anomalous, flags),
    recall: hits / anomalies,
    falseAlarmRate: falseAlarms / normals,
    falseDiscoveryProportion: falseDiscoveryProportion(anomalous, flags),
    pValueDistance: uniformDistance(pValues.filter((_, row) => anomalous[row] === 0)).distance,
  };
}

/** Each class of anomalies against all normal rows, the largest first. `known` are the classes known in training. */
export function classMeasures(rows: Scored, known: ReadonlySet<string>, level: number): readonly ClassMeasures[] {
  const members = new Map<string, number[]>();
  rows.classes.forEach((name, row) => {
    if (rows.anomalous[row] === 0) return;
    const of = members.get(name ?? "");
    if (of) of.push(row);
    else members.set(name ?? "", [row]);
  });
  const normals = Array.from(rows.anomalous.keys()).filter((row) => rows.anomalous[row] === 0);
  return [...members]
    .sort(([a, first], [b, second]) => second.length - first.length || (a < b ? -1 : 1))
    .map(([name, of]) => {
      const own = takeScored(rows, [...normals, ...of]);
      const flags = flagsAt(own.pValues, level);
      return {
        name,
        rows: of.length,
        known: known.has(name),
        auroc: auroc(own.anomalous, own.scores),
        averagePrecision: averagePrecision(own.anomalous, own.scores),
        recallAt1Percent: recallAtFalseAlarmRate(own.anomalous, own.scores, 0.01),
        recallAt5Percent: recallAtFalseAlarmRate(own.anomalous, own.scores, 0.05),
        recall: flagCounts("evaluate", own.anomalous, flags).hits / of.length,
      };
    });
}

/** Both curves, thinned to {@link CURVE_POINTS}. */
export function curvesOf({ anomalous, scores }: Pick<Scored, "anomalous" | "scores">): Run["curves"] {
  const roc = rocCurve(anomalous, scores).map(({ falseAlarmRate, recall }) => ({ falseAlarmRate, recall }));
  const precision = precisionRecallCurve(anomalous, scores).map(({ recall, precision }) => ({ recall, precision }));
  return {
    roc: thinCurve(roc, CURVE_POINTS, ({ falseAlarmRate, recall }) => [falseAlarmRate, recall]),
    precision: thinCurve(precision, CURVE_POINTS, ({ recall, precision }) => [recall, precision]),
  };
}

/** The share of the normal rows whose p-value is at most α, for some α; exchangeable rows keep it at α. */
export function pValueShares({ anomalous, pValues }: Pick<Scored, "anomalous" | "pValues">, level: number) {
  const normal = pValues.filter((_, row) => anomalous[row] === 0).sort();
  const levels = [...new Set([...LEVELS, level])].sort((a, b) => a - b);
  return levels.map((alpha) => ({
    level: alpha,
    share: normal.filter((p) => p <= alpha * SLACK).length / normal.length,
  }));
}

/** Some of the rows, in the order given. */
export function takeScored({ anomalous, classes, scores, pValues }: Scored, rows: readonly number[]): Scored {
  return {
    anomalous: Uint8Array.from(rows, (row) => anomalous[row]),
    classes: rows.map((row) => classes[row]),
    scores: Float64Array.from(rows, (row) => scores[row]),
    pValues: Float64Array.from(rows, (row) => pValues[row]),
  };
}

function flagsAt(pValues: Float64Array, level: number): Uint8Array {
  return Uint8Array.from(pValues, (p) => (p <= level * SLACK ? 1 : 0));
}
