import { type CalibrationMode, calibrationPlan } from "../calibrate/index.ts";
import { type Key, sample, type Table, takeTableRows } from "../numeric/index.ts";
import { type LearnContext, type Learned, scoresOf } from "./learn.ts";

/** What is learned, and scores of normal rows that it did not learn from. */
export interface Calibrated {
  readonly learned: Learned;
  readonly method: "split" | "cross";
  /** Scores of the calibration rows. */
  readonly scores: Float64Array;
  /** The calibration rows themselves. */
  readonly rows: Uint32Array;
}

/** Out-of-fold scores kept in a model: more would only make the file larger. */
const MOST_OUT_OF_FOLD = 10_000;

/**
 * Learns from some of the rows and scores the others: once for `split`, once a fold and once more on all rows for
 * `cross`. `fit` learns from a table.
 */
export async function learnAndCalibrate(
  table: Table,
  mode: CalibrationMode,
  key: Key,
  fit: (rows: Table, context: LearnContext) => Promise<Learned>,
  context: LearnContext,
): Promise<Calibrated> {
  const plan = calibrationPlan(table.rows, mode, key);
  if (plan.method === "split") {
    const learned = await fit(takeTableRows(table, plan.train), context);
    const scores = await scoresOf(learned, takeTableRows(table, plan.calibrate), context);
    return { learned, method: "split", scores, rows: plan.calibrate };
  }
  const scores = new Float64Array(table.rows);
  for (const [i, fold] of plan.folds.entries()) {
    context.onProgress?.({ stage: "calibrate by folds", done: i, total: plan.folds.length });
    const held = new Set(fold);
    const others = Uint32Array.from({ length: table.rows }, (_, row) => row).filter((row) => !held.has(row));
    const quiet = { ...context, onProgress: undefined };
    const learned = await fit(takeTableRows(table, others), quiet);
    const outOfFold = await scoresOf(learned, takeTableRows(table, fold), quiet);
    fold.forEach((row, place) => {
      scores[row] = outOfFold[place];
    });
  }
  const learned = await fit(table, context);
  const rows = sample(key.for("kept"), table.rows, MOST_OUT_OF_FOLD);
  return { learned, method: "cross", scores: Float64Array.from(rows, (row) => scores[row]), rows };
}
