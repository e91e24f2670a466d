import type { Input, SourceOptions } from "../../data/index.ts";

/** How a model is tuned; the options of reading are about the labelled rows. */
export interface TuneOptions extends SourceOptions {
  /** Whatever is drawn (folds, rows of a long reference) is drawn by it: equal key and rows, equal model. */
  readonly key: number | string;
  /** The column of marks: "label" when left out. */
  readonly label?: string;
  /** The marks that mean normal; all others are anomalous then. When left out, each mark must say which it is. */
  readonly normal?: string | readonly string[];
  /** Normal rows that the model did not learn from, instead of those that it stores: a path, rows or columns. */
  readonly reference?: Input;
  /**
   * How heads and the score as it was become one. "mean": they are weighed, best for kinds that labels name. "max": a row
   * keeps its old score where the heads say less, so that kinds which no label names are found as before. "auto" (the
   * default): max where the labels are rows that `score` wrote, for they were picked by that score; else mean.
   */
  readonly fuse?: "auto" | "mean" | "max";
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { readonly stage: string; readonly done: number; readonly total: number }) => void;
  readonly workers?: number;
  /** Told when a call of the model begins and when it has ended: for one who watches how long it takes. */
  readonly onCall?: (event: "begin" | "end") => void;
}
