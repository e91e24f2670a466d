import type { ColumnType } from "./selection.ts";

/** What all values of one column are, counted. "Present" values are those that are not missing. */
export interface ColumnProfile {
  readonly name: string;
  readonly type: ColumnType;
  readonly rows: number;
  /** Null, NaN, empty CSV cells and the spellings given by the user. */
  readonly missing: number;
  /** Present texts that spell a missing value by default (`NA`, `?`, …): missing only if the others are no text. */
  readonly missingWords: number;
  /** Different present values, missing words included in columns of text; see `distinctExact`. */
  readonly distinct: number;
  /** False when `distinct` is an estimate (HyperLogLog, some percent off): beyond 5,000 different values. */
  readonly distinctExact: boolean;
  /** Present values that are numbers, or texts that spell one; ±∞ included. */
  readonly numeric: number;
  /** Up to 3 texts that are neither numbers nor missing words, most frequent first, when others are numbers. */
  readonly nonNumericExamples: readonly { readonly text: string; readonly count: number; readonly row: number }[];
  readonly integers: number;
  readonly infinite: number;
  /** Integers whose size is past 2^53, which doubles do not hold exactly. */
  readonly beyondExact: number;
  /** The smallest and largest finite number (seconds for timestamps); NaN when there is none. */
  readonly min: number;
  readonly max: number;
  /** Whether the declared type can hold fractions. */
  readonly float: boolean;
  /** Booleans, or texts that are true, false, yes, no, t or f. */
  readonly booleans: number;
  /** Timestamps, or texts that spell one. */
  readonly timestamps: number;
  readonly meanLength: number;
  readonly maxLength: number;
  /** The mean number of spaces in a text. */
  readonly words: number;
  /** Whether no value is missing and each is larger than the one before it, in file order (numbers and times only). */
  readonly monotone: boolean;
  /** The most frequent values, when there are at most 5,000 different ones. */
  readonly top: readonly { readonly text: string; readonly count: number }[];
  /** The first three different values in file order. */
  readonly examples: readonly string[];
}
