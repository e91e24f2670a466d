/** What one column has to do with a row's score. */
export interface Contribution {
  /** A raw column. */
  readonly column: string;
  /** Its value in the row, as people write it; "missing" where there is none. */
  readonly value: string;
  /** The part of the score that it carries, in units of the score; negative where it speaks for normal. */
  readonly contribution: number;
  /** What is odd about it, in words: `higher than 99 % of normal rows (typical 0.2 to 4.1)`, `a category never seen`. */
  readonly direction: string;
}

/** A column of a change. */
export interface Change {
  readonly column: string;
  readonly from: string;
  readonly to: string;
}

/** Why a row has its score. */
export interface Explanation {
  /** From 1, as it stands in the input. */
  readonly row: number;
  /** Of an image of a folder: its path, from the folder on. */
  readonly file?: string;
  readonly score: number;
  readonly pValue: number;
  readonly flagged: boolean;
  /** How contributions were found. */
  readonly method: "exact" | "integrated gradients" | "occlusion" | "wiped cells";
  /** One a raw column, or a cell of an image, largest first. */
  readonly contributions: readonly Contribution[];
  /** Normal rows of the training data nearest to it: their values of the model's columns; empty where the model stores none. */
  readonly nearest: readonly { readonly distance: number; readonly values: Readonly<Record<string, string>> }[];
  /** The smallest change found that makes it normal; null where none was found, or where it is normal already. */
  readonly change: {
    readonly changes: readonly Change[];
    readonly score: number;
    readonly pValue: number;
    /** Whether at most three columns were enough. */
    readonly small: boolean;
  } | null;
  /** Of an image: the contributions of its cells, as they lie, row by row. */
  readonly map?: readonly (readonly number[])[];
}
