import type { DecisionOptions } from "./decide.ts";

/** One row as an object by column name; null, undefined and NaN are missing values. */
export type Row = Readonly<Record<string, unknown>>;

/** The decision on one row. */
export interface RowScore {
  /** Higher is more anomalous. */
  readonly score: number;
  /** The share of calibration rows that score at least as high, itself included: in (0, 1]. */
  readonly pValue: number;
  readonly flagged: boolean;
  /** The known class that the row is most like; only where the model knows classes. */
  readonly nearestClass?: string;
}

/** The decisions on a batch, in the order of its rows. */
export interface Scores {
  readonly rows: number;
  readonly scores: Float64Array;
  readonly pValues: Float64Array;
  /** 1 for a flagged row. */
  readonly flagged: Uint8Array;
  readonly flaggedCount: number;
  /** The known class that each row is most like, flagged or not; only where the model knows classes. */
  readonly nearestClasses?: readonly string[];
  /** Rows are flagged where the p-value is at most this; −1 when none is. */
  readonly threshold: number;
  /** What is guaranteed, under which assumption, sentence by sentence. */
  readonly guarantee: readonly string[];
}

export interface ScoreOptions extends DecisionOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { readonly rows: number; readonly of: number | null }) => void;
  readonly workers?: number;
  /** Told when a call of the model begins and when it has ended: for one who watches how long it takes. */
  readonly onCall?: (event: "begin" | "end") => void;
}
