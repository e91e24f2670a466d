import { z } from "zod";
import type { CalibrationMode } from "../calibrate/index.ts";
import type { ColumnKind, SourceOptions } from "../data/index.ts";
import type { FitProgress } from "../detect/index.ts";
import { InputError } from "../errors/index.ts";
import { checkOptions, fitForms } from "../model/index.ts";
import type { Asked } from "./contenders.ts";

/** How far an evaluation is: a stage of reading, or of one fit among many. */
export interface EvaluateProgress extends FitProgress {
  /** Which fit it is, of how many; left out while rows are read and looked at. */
  readonly fit?: { readonly candidate: string; readonly split: string; readonly number: number; readonly of: number };
}

export interface EvaluateOptions extends SourceOptions {
  /** The column that says what each row is. */
  readonly label: string;
  /** The labels that are normal; all others are classes of anomalies. */
  readonly normal: string | readonly string[];
  /** How rows are divided: see `protocols`. Default: one-class. */
  readonly protocol?: string;
  /** The protocol's own options. */
  readonly protocolOptions?: Readonly<Record<string, unknown>>;
  /** Detectors by name, or with options of their own. Default: auto. */
  readonly detectors?: readonly Asked[];
  /** Each key draws splits and whatever a detector draws; measures are means over keys and splits. Default: 0. */
  readonly keys?: readonly number[];
  /** The rule, fixed in advance: rows with a p-value of at most this are flagged. Default: 0.01. */
  readonly level?: number;
  /** How p-values are calibrated, as for `fit`. */
  readonly calibration?: CalibrationMode;
  /** What columns are, where the guess is wrong: `{ zip: "category" }`. */
  readonly columns?: Readonly<Record<string, ColumnKind>>;
  /** Columns to leave aside. */
  readonly ignore?: readonly string[];
  /** A column whose equal values mark rows that hang together: whole groups are on one side. */
  readonly group?: string;
  /** A column of times or numbers that tells earlier rows from later ones. */
  readonly time?: string;
  /** The most rows to learn from and to test with, drawn with each class in proportion. */
  readonly maxTrain?: number;
  readonly maxTest?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: EvaluateProgress) => void;
  /** Worker threads for long work; all cores when left out, 0 for none. */
  readonly workers?: number;
}

const {
  detector: _detector,
  options: _options,
  key: _key,
  contamination: _c,
  rows: _rows,
  checkpoint: _p,
  ...shared
} = fitForms;

const forms = {
  ...shared,
  protocol: z.string().describe("a text"),
  protocolOptions: z.record(z.string(), z.unknown()).describe("an object by name"),
  detectors: z
    .array(
      z.union([
        z.string(),
        z.strictObject({ detector: z.string(), options: z.record(z.string(), z.unknown()).optional() }),
      ]),
    )
    .readonly()
    .describe("a list of names, or of { detector, options }"),
  keys: z.array(z.int().min(0)).min(1).readonly().describe("a list of whole numbers ≥ 0"),
  level: z.number().gt(0).lt(1).describe("a number between 0 and 1"),
  maxTrain: z.int().min(3).describe("a whole number ≥ 3"),
  maxTest: z.int().min(2).describe("a whole number ≥ 2"),
};

/** Throws an InputError on options of other names and forms, and on a key given twice. */
export function checkEvaluateOptions(options: EvaluateOptions): void {
  checkOptions("evaluate", forms, options);
  const { keys = [] } = options;
  const twice = keys.find((key, i) => keys.indexOf(key) < i);
  if (twice !== undefined)
    throw new InputError(`evaluate: --keys: expected each once, got ${twice} twice; equal keys give equal runs`);
}
