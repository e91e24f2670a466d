import type { SourceOptions } from "../data/index.ts";
import type { TrustFlags } from "./trust-flags.ts";

/** What was given to `unseen tune`. */
export interface TuneFlags extends SourceOptions, TrustFlags {
  readonly labels?: string;
  readonly output?: string;
  readonly label?: string;
  readonly normal?: readonly string[];
  readonly reference?: string;
  readonly fuse: "auto" | "mean" | "max";
  readonly key: number | string;
  readonly workers?: number;
  readonly json?: boolean;
}
