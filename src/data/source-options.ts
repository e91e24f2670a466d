/** A path or glob of files, rows as objects, or columns by name. */
export type Input = string | Rows | Columns;

/** Rows as objects by column name. An absent key, undefined, null and NaN are missing values. */
export type Rows = readonly Readonly<Record<string, unknown>>[];

/** Equally long columns by name: typed arrays (fast) or arrays of anything; images also as one array with its shape. */
export type Columns = Readonly<Record<string, ArrayLike<number> | ArrayLike<bigint> | readonly unknown[] | ImageStack>>;

/** Images in one array: n × H × W or n × H × W × C numbers, row by row, channels last; or one image, without the n. */
export interface ImageStack {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

export type FileFormat = "csv" | "tsv" | "jsonl" | "parquet";

/** How to read an input, where its ending and its content do not tell. */
export interface SourceOptions {
  /** A query over the input, in which it is called `input`: `select *, a / b as ratio from input`. */
  readonly sql?: string;
  /** An SQL condition on the rows (after `sql`). */
  readonly where?: string;
  /** The character between two cells of a CSV file. Default: found from the first records. */
  readonly delimiter?: string;
  /** Whether the first record of a CSV file names the columns. `auto`: yes, unless one of its cells is a number. */
  readonly header?: "auto" | "yes" | "no";
  /** Further spellings of missing values, in every column. */
  readonly missing?: readonly string[];
  /** The format, when the ending of the path does not tell. */
  readonly format?: FileFormat;
}
