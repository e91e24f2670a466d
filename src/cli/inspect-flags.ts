import type { SourceOptions } from "../data/index.ts";
import type { ColumnFlags } from "./column-flags.ts";

/** What was given to `unseen inspect`. */
export interface InspectFlags extends SourceOptions, ColumnFlags {
  readonly json?: boolean;
}
