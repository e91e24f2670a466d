import type { Run } from "../evaluate/index.ts";

/** So many places a mean curve has. */
const PLACES = 101;

/**
 * The mean of ROC curves: at each false alarm rate the mean recall (vertical averaging: Fawcett 2006, algorithm 3). Its
 * area is the mean of the areas, up to the grid of 101 places.
 */
export function meanRoc(runs: readonly Run[]): Run["curves"]["roc"] {
  if (runs.length === 1) return runs[0].curves.roc;
  return grid().map((falseAlarmRate) => ({
    falseAlarmRate,
    recall: meanOf(runs, ({ curves: { roc } }) => recallAt(roc, falseAlarmRate)),
  }));
}

/** The mean of precision-recall curves: at each recall the mean precision of the steps there. */
export function meanPrecision(runs: readonly Run[]): Run["curves"]["precision"] {
  if (runs.length === 1) return runs[0].curves.precision;
  return grid()
    .slice(1)
    .map((recall) => ({
      recall,
      precision: meanOf(runs, ({ curves: { precision } }) => precisionAt(precision, recall)),
    }));
}

/** The share of anomalies among the rows tested, a mean over runs: precision where all rows are flagged. */
export function anomalyShare(runs: readonly Run[]): number {
  return meanOf(runs, ({ curves: { precision } }) => precision[precision.length - 1].precision);
}

/** The recall of a curve at a false alarm rate: linear between its points, the highest where it climbs straight up. */
function recallAt(roc: Run["curves"]["roc"], rate: number): number {
  let i = roc.findLastIndex(({ falseAlarmRate }) => falseAlarmRate <= rate);
  if (i < 0) i = 0;
  const [from, to] = [roc[i], roc[Math.min(i + 1, roc.length - 1)]];
  const width = to.falseAlarmRate - from.falseAlarmRate;
  return width > 0 ? from.recall + ((rate - from.falseAlarmRate) / width) * (to.recall - from.recall) : from.recall;
}

/** The precision of the step over a recall: that of the first point that reaches it. */
function precisionAt(precision: Run["curves"]["precision"], recall: number): number {
  return (precision.find((point) => point.recall >= recall - 1e-12) ?? precision[precision.length - 1]).precision;
}

const grid = () => Array.from({ length: PLACES }, (_, i) => i / (PLACES - 1));

function meanOf(runs: readonly Run[], of: (run: Run) => number): number {
  return runs.reduce((sum, run) => sum + of(run), 0) / runs.length;
}
