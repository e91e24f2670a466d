import type { SourceOptions } from "../data/index.ts";
import type { ColumnFlags } from "./column-flags.ts";

/** What was given to `unseen fit`, the flags of the detector aside. */
export interface FitFlags extends SourceOptions, ColumnFlags {
  readonly output?: string;
  readonly imageSize?: string;
  readonly detector: string;
  readonly label?: string;
  readonly normal?: readonly string[];
  readonly knownClasses?: readonly string[];
  readonly key: number | string;
  readonly group?: string;
  readonly time?: string;
  readonly calibration: "auto" | "split" | "cross";
  readonly contamination?: number | "auto";
  readonly rows: boolean;
  readonly workers?: number;
  readonly checkpoint?: string;
  readonly json?: boolean;
}
