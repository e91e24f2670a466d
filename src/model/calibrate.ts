import {
  type Calibration,
  type CalibrationMode,
  calibrationOf,
  calibrationPlan,
  groupCalibrationOf,
  groupPlan,
  type SteppedPlan,
  timePlan,
} from "../calibrate/index.ts";
import { type Key, sample, type Table, takeTableRows } from "../numeric/index.ts";
import { driftWarnings } from "./drift-warning.ts";
import { type LearnContext, type Learned, scoresOf } from "./learn.ts";
import { type Together, takeTogether } from "./together.ts";

/** What is learned, and scores of normal rows that it did not learn from. */
export interface Calibrated {
  readonly learned: Learned;
  readonly method: "split" | "cross";
  /** The scores of the calibration rows, prepared. */
  readonly calibration: Calibration;
  /** The calibration rows themselves, and the score of each. */
  readonly rows: Uint32Array;
  readonly scores: Float64Array;
  /** Signs that they do not calibrate later rows. */
  readonly warnings: readonly string[];
  /** How many rows the model learned from. */
  readonly learnedFrom: number;
}

type Fit = (rows: Table, context: LearnContext) => Promise<Learned>;

/** Images held out where a network trains on them: p-values then resolve 1 %. */
const FEWEST_IMAGES = 99;

/** Out-of-fold scores kept in a model: more would only make the file larger. */
const MOST_OUT_OF_FOLD = 10_000;

/**
 * Learns from some of the rows and scores the others: once for `split`, once a fold and once more on all rows for
 * `cross`. `fit` learns from a table. `together` keeps groups on one side, or calibrates on later rows. `trains`: `fit` trains
 * a network. On images that takes minutes, ten more of them with folds, so that `auto` always holds out, and 99 images
 * where as many are left; networks on tables of fewer than 1,000 rows take seconds.
 */
export async function learnAndCalibrate(
  table: Table,
  mode: CalibrationMode,
  key: Key,
  fit: Fit,
  context: LearnContext,
  together: Together | null = null,
  trains = false,
): Promise<Calibrated> {
  const long = trains && table.images !== undefined;
  const plan = planOf(table.rows, long && mode === "auto" ? "split" : mode, key, together, long ? FEWEST_IMAGES : 1);
  if (plan.method === "split") {
    const learned = await fit(takeTableRows(table, plan.train), context);
    const scores = await scoresOf(learned, takeTableRows(table, plan.calibrate), context);
    return { learned, method: "split", ...prepared(scores, plan.calibrate, together), learnedFrom: plan.train.length };
  }
  const scores = new Float64Array(table.rows);
  for (const [i, { train, calibrate }] of plan.steps.entries()) {
    context.onProgress?.({ stage: "calibrate by folds", done: i, total: plan.steps.length });
    const checkpoint = context.checkpoint === undefined ? undefined : `${context.checkpoint}.fold-${i + 1}`;
    const quiet = { ...context, onProgress: undefined, checkpoint };
    const learned = await fit(takeTableRows(table, train), quiet);
    const outOfFold = await scoresOf(learned, takeTableRows(table, calibrate), quiet);
    calibrate.forEach((row, place) => {
      scores[row] = outOfFold[place];
    });
  }
  const learned = await fit(table, context);
  const rows = together
    ? Uint32Array.from(plan.steps.flatMap(({ calibrate }) => Array.from(calibrate))).sort()
    : sample(key.for("kept"), table.rows, MOST_OUT_OF_FOLD);
  const kept = Float64Array.from(rows, (row) => scores[row]);
  return { learned, method: "cross", ...prepared(kept, rows, together), learnedFrom: table.rows };
}

function planOf(n: number, mode: CalibrationMode, key: Key, together: Together | null, least: number): SteppedPlan {
  if (together?.kind === "groups")
    return groupPlan(together.values, mode, key, `fit: --group: column "${together.column}"`);
  if (together?.kind === "time")
    return timePlan(together.values, mode, key, `fit: --time: column "${together.column}"`);
  const plan = calibrationPlan(n, mode, key, { least });
  if (plan.method === "split") return plan;
  const steps = plan.folds.map((calibrate) => {
    const held = new Set(calibrate);
    return { train: Uint32Array.from({ length: n }, (_, row) => row).filter((row) => !held.has(row)), calibrate };
  });
  return { method: "cross", steps };
}

/** Scores of the calibration rows, ready to be compared with. */
function prepared(
  scores: Float64Array,
  rows: Uint32Array,
  together: Together | null,
): Pick<Calibrated, "calibration" | "rows" | "scores" | "warnings"> {
  if (together === null) return { calibration: calibrationOf(scores), rows, scores, warnings: [] };
  const own = takeTogether(together, rows);
  if (own.kind === "groups") return { calibration: groupCalibrationOf(scores, own.values), rows, scores, warnings: [] };
  return { calibration: calibrationOf(scores, "time"), rows, scores, warnings: driftWarnings(scores, own.values) };
}
