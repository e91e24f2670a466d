import type { SourceOptions } from "../data/index.ts";
import type { TrustFlags } from "./trust-flags.ts";

/** What was given to `unseen watch`. */
export interface WatchFlags extends SourceOptions, TrustFlags {
  readonly model?: string;
  readonly reference?: string;
  readonly referenceWhere?: string;
  readonly alpha?: number;
  readonly key?: number | string;
  readonly json?: boolean;
  readonly exitCode?: boolean;
  readonly workers?: number;
}
