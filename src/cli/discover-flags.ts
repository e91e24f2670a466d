import type { SourceOptions } from "../data/index.ts";
import type { ColumnFlags } from "./column-flags.ts";

/** What was given to `unseen discover`. */
export interface DiscoverFlags extends SourceOptions, ColumnFlags {
  readonly reference?: string;
  readonly referenceWhere?: string;
  readonly method?: "sparker" | "mmd-fuse" | "c2st" | "all";
  readonly quick?: boolean;
  readonly precise?: boolean;
  readonly toys?: number;
  readonly expected?: number;
  readonly power?: number;
  readonly signal?: string;
  readonly group?: string;
  readonly controls?: boolean;
  readonly checkpoint?: string;
  readonly key?: number | string;
  readonly workers?: number;
  readonly output?: string;
  readonly save?: string;
  readonly report?: string;
  readonly json?: boolean;
}
