import { type CalibrationMode, pValueExpression } from "../calibrate/index.ts";
import type { Detector } from "../detect/index.ts";
import { encode, mapRows, type Tensor } from "../graph/index.ts";
import type { Key, Table } from "../numeric/index.ts";
import { feedsOf, type InputColumn } from "../prepare/index.ts";
import { type Calibrated, learnAndCalibrate } from "./calibrate.ts";
import { type KnownTable, type LearnContext, learn } from "./learn.ts";
import type { TableScores } from "./run.ts";
import type { Together } from "./together.ts";

/** What to learn from, and how. */
export interface TableFit {
  /** Normal rows: raw columns, those named and no others. */
  readonly table: Table;
  readonly columns: readonly InputColumn[];
  readonly detector: Pick<Detector, "fit" | "trains">;
  /** All of the detector's options, checked. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The root of whatever is drawn. */
  readonly key: Key;
  readonly calibration: CalibrationMode;
  /** Rows that hang together; null where none do. */
  readonly together?: Together | null;
  /** Anomalous rows that are known, for detectors that take labels. */
  readonly known?: KnownTable | null;
}

/** Raw columns to scores and p-values. */
export interface FittedTable {
  readonly calibrated: Calibrated;
  readonly score: Tensor;
  readonly pValue: Tensor;
}

/** Learns and calibrates on a table in memory: `fit` without files, schema and manifest. Cost: that of the detector. */
export async function fitTable(fit: TableFit, context: LearnContext): Promise<FittedTable> {
  const { table, columns, detector, options, key, calibration, together = null, known = null } = fit;
  const calibrated = await learnAndCalibrate(
    table,
    calibration,
    key.for("calibration"),
    (part, inner) => learn(part, columns, detector, options, key.for("detector"), inner, known),
    context,
    together,
    detector.trains,
  );
  const { score } = calibrated.learned;
  return { calibrated, score, pValue: pValueExpression(calibrated.calibration)(score) };
}

/** Scores and conservative p-values of the rows of a table that has the same columns. */
export async function scoreFitted(fitted: FittedTable, table: Table, context: LearnContext): Promise<TableScores> {
  const { score, pValue, calibrated } = fitted;
  const out = await mapRows(encode({ score, p_value: pValue }), table.rows, feedsOf(table), {
    chunk: calibrated.learned.fitted.chunk,
    signal: context.signal,
    workers: context.workers,
    onRows: (done, total) => context.onProgress?.({ stage: "score", done, total }),
  });
  return { scores: out["score"].data as Float64Array, pValues: out["p_value"].data as Float64Array };
}
