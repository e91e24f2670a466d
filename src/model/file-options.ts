import type { SourceOptions, WriteOptions } from "../data/index.ts";
import type { DecisionOptions } from "./decide.ts";

/** How a file is read, scored and written. */
export interface FileOptions extends DecisionOptions, SourceOptions {
  /** Where the scored rows go (.csv, .tsv, .jsonl, .parquet, also .gz); nowhere when left out. */
  readonly output?: string;
  /** The format of the output, where its ending does not tell. */
  readonly outputFormat?: WriteOptions["format"];
  /** Which of the input's columns stand in the output: all, none (the row's number then), or those named. */
  readonly keep?: WriteOptions["keep"];
  /** Whether the output holds every row or the flagged ones. */
  readonly only?: WriteOptions["only"];
  /** The name of an empty column to add in front, for a person to fill in and `tune` to read; rows are sorted by score then. */
  readonly review?: string;
  /** Put before `row`, `score`, `p_value` and `flagged` in the output. */
  readonly prefix?: string;
  /** A column that says what each row is: the scores are then compared with it. */
  readonly label?: string;
  /** The labels that are normal; those of the fit when left out. */
  readonly normal?: string | readonly string[];
  /** Also collect what a report shows: one more pass over the file, and bounded memory. */
  readonly details?: boolean;
  readonly signal?: AbortSignal;
  /** Told how many rows are scored; `from` of them by a run that was interrupted. */
  readonly onProgress?: (progress: {
    readonly rows: number;
    readonly of: number | null;
    readonly from: number;
  }) => void;
  readonly workers?: number;
  /** Told when a call of the model begins and when it has ended: for one who watches how long it takes. */
  readonly onCall?: (event: "begin" | "end") => void;
  /** @internal About how many rows are kept as one file of scores, and how many make a run that can be resumed. */
  readonly segmentRows?: number;
  /** @internal */
  readonly resumableRows?: number;
}
