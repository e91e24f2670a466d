import { type Calibration, onlinePValues, wealthPaths } from "../../calibrate/index.ts";
import { type Key, quantileSorted } from "../../numeric/index.ts";
import type { Manifest } from "../manifest.ts";
import type { ScoreDrift, Wealth } from "./watched.ts";

/** Levels at which the share of small p-values is told. */
const LEVELS = [0.01, 0.05, 0.1, 0.5];
const MOST_POINTS = 200;

/** Why the scores of a model cannot be watched, in words with the remedy; null where they can. */
export function withoutScores({ calibration }: Manifest): string | null {
  if (calibration.by?.kind !== "groups") return null;
  return `scores are not watched: the model is calibrated by groups (--group ${calibration.by.column} at fit), whose rows hang together, so that single rows are not exchangeable with each other; watch with a model that was fitted without --group on one row a group, or compare columns alone`;
}

/**
 * Bets against the window's rows being exchangeable with the calibration rows: see `wealthPaths`. `scores` and the
 * model's conservative `pValues` are those of the window in its order.
 */
export function scoreDrift(
  manifest: Manifest,
  calibration: Calibration,
  { scores, pValues }: { readonly scores: Float64Array; readonly pValues: Float64Array },
  level: number,
  key: Key,
): ScoreDrift {
  const paths = wealthPaths(onlinePValues(calibration.sorted, scores, key));
  const wealth = wealthOf(paths.together, level);
  const middle = quantileSorted(calibration.sorted, 0.5);
  const share = (meets: (row: number) => number) => scores.reduce((sum, _, row) => sum + meets(row), 0) / scores.length;
  const limits = limitsOf(manifest);
  return {
    calibrationRows: calibration.sorted.length,
    exact: limits.length === 0,
    limits,
    wealth,
    bulk: wealthOf(paths.bulk, level),
    tail: wealthOf(paths.tail, level),
    since: wealth.alarmRow === null ? null : beginningOf(paths.together, wealth.alarmRow),
    path: thinned(paths.together, wealth),
    pValues: LEVELS.map((at) => ({ level: at, share: share((row) => (pValues[row] <= at ? 1 : 0)) })),
    aboveMedian: share((row) => (scores[row] > middle ? 1 : scores[row] === middle ? 0.5 : 0)),
  };
}

/** What keeps the error rate from being exact, in words. */
function limitsOf({ calibration, contamination }: Manifest): readonly string[] {
  const { by, method, warnings } = calibration;
  return [
    ...(by?.kind === "time"
      ? [
          `The model is calibrated forward in time (--time ${by.column} at fit): its calibration rows were scored by models of their past, and later rows need not be like them.`,
        ]
      : method === "cross"
        ? [
            "Approximate: the model is calibrated by folds, so that each calibration row was scored by a model of the other rows, and the window by a model of all of them. A fit with --calibration split makes it exact.",
          ]
        : []),
    ...(contamination !== null && contamination.rows > 0
      ? [
          `Approximate: ${contamination.rows} suspicious rows were dropped before calibration (--contamination at fit), and none are from the window; as many of them there count as anomalous.`,
        ]
      : []),
    ...(warnings.length > 0 ? [`At fit there were signs that rows are not exchangeable: ${warnings[0]}`] : []),
  ];
}

function wealthOf(path: Float64Array, level: number): Wealth {
  let [largest, largestRow, alarmRow] = [0, 0, null as number | null];
  for (const [i, log] of path.entries()) {
    if (log > largest) [largest, largestRow] = [log, i + 1];
    if (alarmRow === null && log >= -Math.log(level)) alarmRow = i + 1;
  }
  const finalLog10 = path.length === 0 ? 0 : path[path.length - 1] / Math.LN10;
  return { largestLog10: largest / Math.LN10, largestRow, finalLog10, alarmRow };
}

/** The row after the last one before the alarm at which wealth was 1 or less: from there on it was won. */
function beginningOf(path: Float64Array, alarmRow: number): number {
  let row = alarmRow;
  while (row > 1 && path[row - 2] > 0) row--;
  return row;
}

/** Evenly spaced points, with the largest, the alarm and the last among them. */
function thinned(path: Float64Array, { largestRow, alarmRow }: Wealth): ScoreDrift["path"] {
  const m = path.length;
  const even = Array.from({ length: MOST_POINTS - 2 }, (_, i) => 1 + Math.round((i * (m - 1)) / (MOST_POINTS - 3)));
  const rows = [...new Set([...even, largestRow, alarmRow ?? 0])].filter((row) => row >= 1).sort((a, b) => a - b);
  return rows.map((row) => ({ row, log10: path[row - 1] / Math.LN10 }));
}
