import type { Key } from "../../numeric/index.ts";
import type { DataFolder, ManifestEntry } from "./manifest.ts";

/** What a detector learns from: every training row, or those that `fit` leaves when it holds rows out to calibrate. */
export const VARIANTS = ["all rows", "as fit ships it"] as const;
export type Variant = (typeof VARIANTS)[number];

/** The most rows of a set, drawn by the key; Infinity for all. */
export interface Caps {
  readonly maxTrain: number;
  readonly maxTest: number;
}

/** One line of a suite's table of sets: what is learned from and what is tested. */
export interface Task {
  readonly set: string;
  /** The table it stands in: "" where the suite has one. */
  readonly part: string;
  /** Its files: of the training rows, and of the test rows where they stand apart. */
  readonly entries: readonly ManifestEntry[];
  /** Training rows before any cap. */
  readonly trainRows: number;
}

/** One measurement to take. */
export interface Work {
  readonly detector: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly variant: Variant;
  readonly caps: Caps;
  readonly key: { readonly seed: number; readonly of: Key };
}

/** What was measured. Rows are counts; the measures lie in [0, 1], higher is better unless said. */
export interface Measured {
  /** What was tested apart, such as a class of attacks; "" where one test is all. */
  readonly split: string;
  readonly n_train: number;
  readonly n_learned: number;
  readonly n_test: number;
  readonly anomalies: number;
  readonly d: number;
  readonly auroc: number;
  readonly ap: number;
  readonly recall_1_percent: number;
  readonly recall_5_percent: number;
  /** Of what is flagged at the suite's level of p-values: the share of anomalies, and of normal rows (lower is better); NaN where none are computed. */
  readonly recall_flagged: number;
  readonly false_alarms_flagged: number;
  readonly fit_seconds: number;
  readonly score_seconds: number;
  /** The same in processor time, which other work on the machine changes little. */
  readonly fit_cpu_seconds: number;
  readonly score_cpu_seconds: number;
  /** Of the detector's graph as ONNX. */
  readonly bytes: number;
}

/** A collection of data sets with one protocol. */
export interface Suite {
  readonly name: string;
  readonly summary: string;
  /** Changes when the protocol does, so that old measurements are not taken for new ones. */
  readonly protocol: string;
  /** What is done in a part, in one sentence with the numbers in it. */
  readonly sentence: (caps: Caps, part: string) => string;
  /** The first is what twins and time limits go by. */
  readonly variants: readonly Variant[];
  /** The layers of the source whose code decides the numbers. */
  readonly layers: readonly string[];
  readonly tasks: (entries: readonly ManifestEntry[]) => readonly Task[];
  /** Takes one measurement, on one thread: one result a split. Throws an InputError where the detector refuses the rows. */
  readonly measure: (folder: DataFolder, task: Task, work: Work) => Promise<readonly Measured[]>;
}

/** The layers behind a detector that is fitted on a matrix. */
export const DETECTOR_LAYERS = [
  "errors",
  "numeric",
  "options",
  "graph",
  "prepare",
  "trees",
  "nn",
  "calibrate",
  "detect",
] as const;
