import { join } from "node:path";
import { calibrationPlan } from "../../calibrate/index.ts";
import { detectors, type Fitted, scoreRows } from "../../detect/index.ts";
import { InputError } from "../../errors/index.ts";
import { encode, input } from "../../graph/index.ts";
import {
  auroc,
  averagePrecision,
  type Key,
  type Matrix,
  recallAtFalseAlarmRate,
  takeRows,
} from "../../numeric/index.ts";
import { clock } from "./clock.ts";
import { lastOnly } from "./last-only.ts";
import { type NumericSet, readNumericSet } from "./numeric-set.ts";
import type { Caps, Measured, Suite, Variant } from "./suite.ts";

/** Which rows are given to learn from and which are tested, as places in the set. */
export interface Split {
  readonly train: Uint32Array;
  readonly test: Uint32Array;
}

/**
 * How suites of plain numbers measure: the detector learns from the matrix of the training rows with the key that `fit`
 * would give it, and orders the test rows. `split` draws with the key of the set.
 */
export function measureMatrix(split: (set: NumericSet, caps: Caps, draw: Key) => Split): Suite["measure"] {
  const read = lastOnly(readNumericSet, (path) => path);
  return async (
    folder,
    task,
    { detector: name, options, variant, caps, key: { of: key } },
  ): Promise<readonly Measured[]> => {
    const detector = detectors.find((one) => one.name === name)!;
    const set = await read(join(folder.path, task.entries[0].file));
    const { train, test } = split(set, caps, key.for(task.set));
    const expected = Math.min(task.trainRows, caps.maxTrain);
    if (train.length !== expected)
      throw new InputError(
        `bench: ${task.set}: expected ${expected} training rows, as the manifest says, got ${train.length}; mend the manifest`,
      );
    const learned = rowsLearned(takeRows(set.rows, train), variant, key);
    const started = clock();
    const fitted = await detector.fit(learned, options, { key: key.for("detector"), workers: 0 });
    const fitting = started();
    const scoring = clock();
    const scores = await scoreRows(fitted, takeRows(set.rows, test), { workers: 0 });
    const scored = scoring();
    const labels = Array.from(test, (row) => set.labels[row]);
    const measured: Measured = {
      split: "",
      n_train: train.length,
      n_learned: learned.rows,
      n_test: test.length,
      anomalies: labels.filter((label) => label === 1).length,
      d: learned.columns,
      auroc: auroc(labels, scores),
      ap: averagePrecision(labels, scores),
      recall_1_percent: recallAtFalseAlarmRate(labels, scores, 0.01),
      recall_5_percent: recallAtFalseAlarmRate(labels, scores, 0.05),
      recall_flagged: Number.NaN,
      false_alarms_flagged: Number.NaN,
      fit_seconds: fitting.wall,
      score_seconds: scored.wall,
      fit_cpu_seconds: fitting.cpu,
      score_cpu_seconds: scored.cpu,
      bytes: graphBytes(fitted, learned.columns),
    };
    return [measured];
  };
}

/** Whether `fit` would hold rows out of this many to calibrate; if not, both variants are one. */
export function holdsRowsOut(rows: number, key: Key): boolean {
  return calibrationPlan(rows, "auto", key.for("calibration")).method === "split";
}

function rowsLearned(given: Matrix, variant: Variant, key: Key): Matrix {
  if (variant === "all rows") return given;
  const plan = calibrationPlan(given.rows, "auto", key.for("calibration"));
  return plan.method === "split" ? takeRows(given, plan.train) : given;
}

function graphBytes({ score }: Fitted, columns: number): number {
  return encode({ score: score(input("x", "float64", ["rows", columns])) }).byteLength;
}
