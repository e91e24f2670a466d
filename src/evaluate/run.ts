import { type CalibrationMode, smallestPValue } from "../calibrate/index.ts";
import type { Detector } from "../detect/index.ts";
import { InputError } from "../errors/index.ts";
import { encode } from "../graph/index.ts";
import { fitTable, type LearnContext, scoreFitted, type Together, takeTogether } from "../model/index.ts";
import { key as keyOf, type Table, takeTableRows } from "../numeric/index.ts";
import type { InputColumn } from "../prepare/index.ts";
import { classMeasures, curvesOf, measuresOf, pValueShares, type Scored, takeScored } from "./measure.ts";
import type { Run } from "./result.ts";
import type { Split } from "./split.ts";

/** What each row of a table is. */
export interface Labels {
  /** 1 for anomalous. */
  readonly anomalous: Uint8Array;
  /** The class of each anomalous row; null for normal ones. */
  readonly classes: readonly (string | null)[];
}

/** One detector on one split with one key. */
export interface SplitTask {
  /** All rows: raw columns, those named and no others. */
  readonly table: Table;
  readonly columns: readonly InputColumn[];
  readonly labels: Labels;
  readonly split: Split;
  /** The detector, with all of its options, checked. */
  readonly candidate: { readonly detector: Detector; readonly options: Readonly<Record<string, unknown>> };
  /** Whatever the detector and its calibration draw is drawn by it. */
  readonly key: number;
  /** Rows with a p-value of at most this are flagged. */
  readonly level: number;
  readonly calibration: CalibrationMode;
  /** Which rows hang together, for all rows; null or left out where none do. */
  readonly together?: Together | null;
}

/** What comes of {@link scoreSplits}: the measures, and what they were computed from. */
export interface ScoredRun {
  readonly run: Run;
  /** The rows of `split.test`, in their order. */
  readonly rows: Scored;
  /** The smallest p-value that calibration could give. */
  readonly smallest: number;
}

/**
 * Fits a detector on the training rows of a split, scores its test rows and measures how well scores and decisions agree
 * with the labels. Preparation, calibration and threshold see training rows only; equal task, equal measures.
 *
 * Throws an InputError where the test rows are not of both kinds, where a detector needs known anomalous rows and has
 * none, and where it refuses the rows; Interrupted when the signal fires. Cost: that of the detector.
 */
export async function evaluateSplit(task: SplitTask, context: LearnContext): Promise<Run> {
  const { split, ...rest } = task;
  const [{ run }] = await scoreSplits({ ...rest, splits: [split] }, context);
  return run;
}

/**
 * {@link evaluateSplit} for splits that have their training rows in common: fitted once, and each test row scored once.
 * The detector's known rows are those of the first split.
 */
export async function scoreSplits(
  task: Omit<SplitTask, "split"> & { readonly splits: readonly Split[] },
  context: LearnContext,
): Promise<readonly ScoredRun[]> {
  const { table, columns, labels, splits, candidate, calibration, together = null, level } = task;
  const { detector, options } = candidate;
  const [{ train, known }] = splits;
  for (const split of splits) requireBothKinds(split, labels);
  if (detector.labels === "required" && known.length === 0) throw noKnownRows(detector.name);
  const taken = detector.labels === undefined ? new Uint32Array(0) : known;
  const started = performance.now();
  const fitted = await fitTable(
    {
      table: takeTableRows(table, train),
      columns,
      detector,
      options,
      key: keyOf(task.key),
      calibration,
      together: together && takeTogether(together, train),
      known: taken.length === 0 ? null : { table: takeTableRows(table, taken), classes: classesOf(taken, labels) },
    },
    context,
  );
  const fitSeconds = (performance.now() - started) / 1000;
  const tested = [...new Set(splits.flatMap(({ test, apart = [] }) => [...test, ...apart]))];
  const scoring = performance.now();
  const { scores, pValues } = await scoreFitted(fitted, takeTableRows(table, tested), context);
  const rowSeconds = (performance.now() - scoring) / 1000 / tested.length;
  const bytes = encode({ score: fitted.score, p_value: fitted.pValue }).length;
  const all: Scored = {
    anomalous: Uint8Array.from(tested, (row) => labels.anomalous[row]),
    classes: tested.map((row) => labels.classes[row]),
    scores,
    pValues,
  };
  const places = new Map(tested.map((row, place) => [row, place]));
  const knownClasses = (split: Split) => new Set(classesOf(split.known, labels));
  return splits.map((split) => {
    const pick = (rows: Iterable<number>) =>
      takeScored(
        all,
        Array.from(rows, (row) => places.get(row)!),
      );
    const rows = pick(split.test);
    const withApart = pick([...split.test, ...(split.apart ?? [])]);
    const run: Run = {
      split: split.name,
      key: task.key,
      normals: train.length,
      known: detector.labels === undefined ? 0 : split.known.length,
      test: split.test.length,
      anomalies: rows.anomalous.reduce((sum, kind) => sum + kind, 0),
      measures: measuresOf(rows, level),
      classes: classMeasures(withApart, knownClasses(split), level),
      curves: curvesOf(rows),
      pValues: pValueShares(rows, level),
      fitSeconds,
      scoreSeconds: rowSeconds * (split.test.length + (split.apart?.length ?? 0)),
      bytes,
    };
    return { run, rows, smallest: smallestPValue(fitted.calibrated.calibration.n) };
  });
}

/** The error for a detector that needs known anomalous rows where there are none. */
export function noKnownRows(detector: string): InputError {
  return new InputError(
    `evaluate: ${detector}: expected known anomalous rows to learn from, got none; choose a protocol that has some: unseen-class, few-labels`,
  );
}

function classesOf(rows: Uint32Array, { classes }: Labels): string[] {
  return Array.from(rows, (row) => classes[row] ?? "");
}

function requireBothKinds({ name, test }: Split, { anomalous }: Labels): void {
  let anomalies = 0;
  for (const row of test) anomalies += anomalous[row];
  if (anomalies > 0 && anomalies < test.length) return;
  throw new InputError(
    `evaluate: test rows${name === "" ? "" : ` (${name})`}: expected normal and anomalous ones, got ${test.length - anomalies} normal and ${anomalies} anomalous; see whether --label, --normal and the protocol's options are right`,
  );
}
