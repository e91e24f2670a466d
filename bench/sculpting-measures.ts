import { auroc, quantileSorted, recallAtFalseAlarmRate } from "../src/numeric/index.ts";
import type { Measurement } from "./results.ts";
import type { Division } from "./sculpting-data.ts";

/** Scores of the parts of a division. */
export interface Scored {
  readonly calibration: Float64Array;
  readonly normal: Float64Array;
  readonly known: Float64Array;
  readonly unseen: Float64Array;
  readonly apart: Float64Array | null;
}

/** How often the paper's test set holds each unseen class of protocol A. */
const PAPER: Readonly<Record<string, number>> = {
  "DoS Slowloris": 5796,
  "DoS Slowhttptest": 5499,
  Botnet: 1966,
  Infiltration: 36,
};

/** F1 where anomalous and normal rows are equally many: 2 R / (R + 1 + FPR), R the recall and FPR the false alarm rate. */
export function f1AtEvenOdds(recall: number, falseAlarmRate: number): number {
  return (2 * recall) / (recall + 1 + falseAlarmRate);
}

/**
 * What the tables tell of one method: AUROC of unseen and of known rows against normal test rows; with τ_q the q % quantile of
 * normal calibration rows, false alarms, F1 at even odds at τ_95 (unseen classes as often as in the paper where it has them,
 * else as often as they come) and recall of known rows; recall of unseen rows at 1 % and 5 % of false alarms. Shares, and
 * `recall 95 CLASS`, `recall 85 CLASS` for each unseen class.
 */
export function measures(scores: Scored, { unseen }: Pick<Division, "unseen">): Measurement {
  const sorted = scores.calibration.slice().sort();
  const [t95, t85] = [quantileSorted(sorted, 0.95), quantileSorted(sorted, 0.85)];
  const above = (values: Float64Array, threshold: number) => values.filter((s) => s > threshold).length / values.length;
  const names = [...new Set(unseen.classes)];
  const ofClass = (name: string) => scores.unseen.filter((_, row) => unseen.classes[row] === name);
  const weights = names.map((name) => PAPER[name] ?? 0);
  const usesPaper = weights.every((weight) => weight > 0);
  const rows = names.map((name, i) => (usesPaper ? weights[i] : ofClass(name).length));
  const whole = rows.reduce((a, b) => a + b, 0);
  const recall95 = names.map((name) => above(ofClass(name), t95));
  const recall = recall95.reduce((total, share, i) => total + (share * rows[i]) / whole, 0);
  const falseAlarms = above(scores.normal, t95);
  const against = (anomalous: Float64Array): [Uint8Array, Float64Array] => {
    const all = new Float64Array(scores.normal.length + anomalous.length);
    all.set(scores.normal);
    all.set(anomalous, scores.normal.length);
    return [new Uint8Array(all.length).fill(1, scores.normal.length), all];
  };
  return {
    unseenAuroc: auroc(...against(scores.unseen)),
    unseenF1: f1AtEvenOdds(recall, falseAlarms),
    knownAuroc: auroc(...against(scores.known)),
    knownF1: f1AtEvenOdds(above(scores.known, t95), falseAlarms),
    falseAlarms95: falseAlarms,
    falseAlarms85: above(scores.normal, t85),
    recallAt1: recallAtFalseAlarmRate(...against(scores.unseen), 0.01),
    recallAt5: recallAtFalseAlarmRate(...against(scores.unseen), 0.05),
    knownRecallAt1: recallAtFalseAlarmRate(...against(scores.known), 0.01),
    apartRecall95: scores.apart && above(scores.apart, t95),
    ...Object.fromEntries(names.map((name, i) => [`recall 95 ${name}`, recall95[i]])),
    ...Object.fromEntries(names.map((name) => [`recall 85 ${name}`, above(ofClass(name), t85)])),
  };
}
