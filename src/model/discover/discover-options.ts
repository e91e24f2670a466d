import { z } from "zod";
import type { ColumnKind, Input, SourceOptions } from "../../data/index.ts";
import { sparkerOptions } from "../../discover/index.ts";
import { describeOptions } from "../../options/index.ts";
import { fitForms } from "../check-options.ts";

export const DISCOVER_METHODS = ["sparker", "mmd-fuse", "c2st", "all"] as const;

/** The test's own options, as flags and help are made of them. */
export const discoverOptionList = () => describeOptions(sparkerOptions);

export interface DiscoverOptions extends SourceOptions {
  /** Rows that are normal, or as they usually are: a path or glob, rows or columns. */
  readonly reference: Input;
  /** An SQL condition on the rows of the reference; `where` is one on those of the window. */
  readonly referenceWhere?: string;
  /** Whatever is drawn is drawn by it: equal key and rows, equal answer. */
  readonly key: number | string;
  /** Which test answers; `all` sets the peers beside SparKer. SparKer when left out. */
  readonly method?: (typeof DISCOVER_METHODS)[number];
  /** SparKer's own options. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** How many toys tell the law of the statistic where nothing is new: 300 when left out. */
  readonly toys?: number;
  /** How many rows a normal window has, where the exposure is known: a surplus of rows then counts. */
  readonly expected?: number;
  readonly columns?: Readonly<Record<string, ColumnKind>>;
  readonly ignore?: readonly string[];
  /** A column whose equal values mark rows that hang together: whole groups are dealt. */
  readonly group?: string;
  /** A share of anomalous rows: how often would as many be found? */
  readonly power?: number;
  /** How many windows `power` plants: 100 when left out. */
  readonly powerWindows?: number;
  /** Rows of the signal that `power` plants; rows of the window that the fit names when left out. */
  readonly powerSignal?: Input;
  /** Also run the test with a part taken away, and on rows where nothing is new. */
  readonly controls?: boolean;
  /** A file that toys are written to as they come; the same run goes on from it, and takes it away at the end. */
  readonly checkpoint?: string;
  readonly signal?: AbortSignal;
  readonly workers?: number;
  readonly onProgress?: (progress: { readonly stage: string; readonly done: number; readonly total: number }) => void;
}

/** The form of each option, as errors say it. */
export const discoverForms = {
  ...Object.fromEntries(
    [
      "key",
      "options",
      "columns",
      "ignore",
      "group",
      "checkpoint",
      "signal",
      "onProgress",
      "workers",
      "sql",
      "where",
      "delimiter",
      "header",
      "missing",
      "format",
    ].map((name) => [name, fitForms[name]]),
  ),
  reference: z
    .custom((value) => typeof value === "string" || (typeof value === "object" && value !== null))
    .describe("a path, rows or columns"),
  powerSignal: z
    .custom((value) => typeof value === "string" || (typeof value === "object" && value !== null))
    .describe("a path, rows or columns"),
  referenceWhere: z.string().describe("a text"),
  method: z.enum(DISCOVER_METHODS).describe(DISCOVER_METHODS.join(" or ")),
  toys: z.int().min(1).describe("a whole number ≥ 1"),
  expected: z.number().positive().describe("a number above 0"),
  power: z.number().gt(0).lt(1).describe("a share between 0 and 1, as in 0.01"),
  powerWindows: z.int().min(1).describe("a whole number ≥ 1"),
  controls: z.boolean().describe("true or false"),
};
