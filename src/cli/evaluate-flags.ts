import type { SourceOptions } from "../data/index.ts";
import type { ColumnFlags } from "./column-flags.ts";

/** What was given to `unseen evaluate`, the flags of the protocol aside. */
export interface EvaluateFlags extends SourceOptions, ColumnFlags {
  readonly label?: string;
  readonly normal?: readonly string[];
  readonly protocol: string;
  readonly detectors?: readonly string[];
  readonly keys?: readonly string[];
  readonly level?: number;
  readonly calibration?: "auto" | "split" | "cross";
  readonly group?: string;
  readonly time?: string;
  readonly maxTrain?: number;
  readonly maxTest?: number;
  readonly workers?: number;
  readonly json?: boolean;
  /** Where a report goes, as one HTML file. */
  readonly report?: string;
}
