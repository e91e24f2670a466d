/** What the values of a column are, as far as its declared type tells; text may still spell numbers. */
export type ColumnType = "number" | "text" | "boolean" | "timestamp" | "nested" | "big-integer";

/** A column of a source. `big-integer` is a type wider than 64 signed bits; 64-bit integers are numbers. */
export interface SourceColumn {
  readonly name: string;
  readonly type: ColumnType;
}

/**
 * A column to read and what to read it as. `boolean` gives 0 and 1, `timestamp` seconds since 1970 UTC.
 * Numbers, booleans and timestamps come as doubles with NaN for missing, text as strings with null for missing.
 */
export interface Selected {
  readonly name: string;
  readonly as: "number" | "text" | "timestamp" | "boolean";
}
