import type { Tensor } from "../graph/index.ts";
import type { ImageShape, Key, Matrix } from "../numeric/index.ts";
import type { OptionSchema, OptionsOf } from "../options/index.ts";

/**
 * The contract: learn from normal rows, return an expression from rows to scores. A detector knows nothing of
 * thresholds, p-values, labels' names or files. It is tested by being exported from `index.ts`.
 */
export interface Detector<S extends OptionSchema = OptionSchema> {
  /** What a person types: lower case, hyphens. */
  readonly name: string;
  /** What it does, in one line. */
  readonly summary: string;
  /** Time and memory of fitting n rows of d columns and of scoring one, in words. */
  readonly cost: string;
  /** Where it is published; null for our own. */
  readonly citation: Citation | null;
  /**
   * What of the training data a fitted model holds: "rows" as such (scaled), "values" of single columns apart from their
   * rows (knots, quantiles), or "summaries" computed from them.
   */
  readonly holds: "rows" | "values" | "summaries";
  /** The same where options decide; `holds` is then what the defaults come to. */
  holdsWith?(options: OptionsOf<S>): Detector["holds"];
  /** Whether it trains in steps, which a checkpoint can go on from. */
  readonly trains?: true;
  /** Whether it learns from known anomalous rows too: it needs some, or can use them. Left out: from normal rows alone. */
  readonly labels?: "required" | "optional";
  /** It finds only what is like known anomalous rows: a row far from all others need not score high. */
  readonly onlyLikeKnown?: true;
  readonly options: S;
  /**
   * Learns from prepared rows (n × d, finite, n ≥ 2), which it does not change. Equal key, equal model.
   * Throws an InputError where the rows cannot be learned from, and Interrupted when the signal fires.
   */
  fit(rows: Matrix, options: OptionsOf<S>, context: FitContext): Promise<Fitted>;
}

export interface Citation {
  readonly text: string;
  readonly url: string;
}

/** Anomalous rows that are known, prepared like the normal ones, and the class of each. */
export interface Known {
  readonly rows: Matrix;
  readonly classes: readonly string[];
}

export interface FitContext {
  readonly key: Key;
  /** For detectors that take labels: known anomalous rows. */
  readonly known?: Known;
  /** What rows are where they are images: pixels in [0, 1], row by row, channels last. */
  readonly images?: ImageShape;
  readonly signal?: AbortSignal;
  /** Worker threads for long work; 0 keeps it on this thread. All cores when left out. */
  readonly workers?: number;
  readonly onProgress?: (progress: FitProgress) => void;
  /** A file that training is written to now and then, and goes on from when it is there; for detectors that train. */
  readonly checkpoint?: string;
}

/** How far a fit is: rows, folds or steps done of a stage, and the loss while a network trains. */
export interface FitProgress {
  readonly stage: string;
  readonly done: number;
  readonly total: number;
  readonly loss?: number;
}

/** Which of the known classes a row is most like, whether it is anomalous or not. */
export interface NearestClass {
  /** Their names, all different. */
  readonly classes: readonly string[];
  /** Prepared rows to the places of classes in the list: float64 rows × d → int64 rows. */
  readonly of: (x: Tensor) => Tensor;
}

export interface Fitted {
  /**
   * Prepared rows to scores: float64 rows × d → float64 rows; finite; higher is more anomalous. A row's score depends
   * on that row alone.
   */
  readonly score: (x: Tensor) => Tensor;
  /** For detectors that know classes of anomalies; left out by others. */
  readonly nearestClass?: NearestClass;
  /** How many of the rows given are behind it (the rest were left out by a cap). */
  readonly rowsUsed: number;
  /** Rows to score in one call so that memory stays within some 100 MB. */
  readonly chunk: number;
  /** Sentences for the summary: caps that applied, what could not be used. */
  readonly notes: readonly string[];
}
