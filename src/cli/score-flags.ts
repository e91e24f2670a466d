import type { FileFormat, SourceOptions } from "../data/index.ts";

/** What was given to `unseen score`. */
export interface ScoreFlags extends SourceOptions {
  readonly model?: string;
  readonly output?: string;
  readonly outputFormat?: FileFormat;
  readonly fdr?: number;
  readonly falseAlarmRate?: number;
  readonly procedure?: "benjamini-hochberg" | "storey";
  readonly confidence?: number;
  readonly ties?: "conservative" | "random";
  readonly key?: number | string;
  readonly label?: string;
  readonly normal?: readonly string[];
  readonly keep?: readonly string[];
  readonly only?: "all" | "flagged";
  readonly prefix?: string;
  /** An empty column to add, by its name or by the usual one. */
  readonly review?: string | true;
  /** Where a report goes, as one HTML file. */
  readonly report?: string;
  readonly exitCode?: boolean;
  readonly workers?: number;
  readonly json?: boolean;
  /** Run the model in this process, without limits. */
  readonly trust?: boolean;
  readonly timeLimit?: number;
  readonly memoryLimit?: number;
}
