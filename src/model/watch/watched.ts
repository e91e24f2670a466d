/** A column of numbers or times: order statistics of the values that are there, in its own unit. */
export interface Spread {
  readonly low: number;
  readonly lowerQuarter: number;
  readonly median: number;
  readonly upperQuarter: number;
  readonly high: number;
}

/** How often a category occurs, among all rows. */
export interface CategoryShares {
  /** The text; "missing" where there is none. */
  readonly category: string;
  readonly reference: number;
  readonly window: number;
}

/** How one raw column of the window compares with the reference rows. */
export interface WatchedColumn {
  readonly name: string;
  readonly kind: "numeric" | "boolean" | "category" | "timestamp";
  /** Whether it differs beyond chance, all columns tried: `pValue` ≤ the level. */
  readonly moved: boolean;
  /** By Holm's correction over all tests of all columns. */
  readonly pValue: number;
  /**
   * How far it moved, in [0, 1]: the largest difference of shares below a value, or half the sum of differences of the
   * categories' shares, or the difference of the shares that are missing, whichever is largest.
   */
  readonly effect: number;
  /** Shares of rows without a value. */
  readonly missing: { readonly reference: number; readonly window: number };
  /** For numbers and times; null where a side has no values. */
  readonly spread: { readonly reference: Spread; readonly window: Spread } | null;
  /** For categories and booleans: those whose share changed most, at most 10; else empty. */
  readonly categories: readonly CategoryShares[];
  /** Categories that no reference row has, most frequent first, at most 10, and the share of rows that have any of them. */
  readonly absentFromReference: readonly string[];
  readonly absentShare: number;
  /** What moved, in words and in the column's unit. */
  readonly sentence: string;
}

/** The wealth of a bet against rows being exchangeable. Logarithms are to base 10, for wealth grows past any double. */
export interface Wealth {
  /** The largest wealth at any row, and the row, from 1. */
  readonly largestLog10: number;
  readonly largestRow: number;
  /** After the last row. */
  readonly finalLog10: number;
  /** The first row, from 1, at which wealth ≥ 1 / level; null where it never was. */
  readonly alarmRow: number | null;
}

/** Whether the window's scores are exchangeable with those of the calibration rows. */
export interface ScoreDrift {
  readonly calibrationRows: number;
  /** Whether P(alarm) ≤ level holds exactly for rows that are exchangeable; else `limits` says what spoils it. */
  readonly exact: boolean;
  readonly limits: readonly string[];
  /** All bets together: what an alarm is raised on. */
  readonly wealth: Wealth;
  /** Bets on the rows that score below the highest tenth alone: drift. */
  readonly bulk: Wealth;
  /** Bets on how many rows score highest: anomalies, drift upward too. */
  readonly tail: Wealth;
  /** About where it began: the row from which on, up to the alarm, wealth was above 1; null without an alarm. */
  readonly since: number | null;
  /** Points of the path of all bets together, at most 200, by row. */
  readonly path: readonly { readonly row: number; readonly log10: number }[];
  /** Share of rows with the model's p-value ≤ level: at most about the level for normal rows. */
  readonly pValues: readonly { readonly level: number; readonly share: number }[];
  /** Share of rows that score above the middle of the calibration rows: 0.5 if nothing changed. */
  readonly aboveMedian: number;
}

/** What `watch` found. */
export interface Watched {
  readonly source: string;
  readonly rows: number;
  /** The reference rows that columns are compared with, and how many rows of the window are. */
  readonly reference: { readonly source: string; readonly rows: number };
  readonly comparedRows: number;
  readonly level: number;
  readonly key: number | string;
  /** Those that moved furthest first. */
  readonly columns: readonly WatchedColumn[];
  /** How many columns moved. */
  readonly moved: number;
  /** Null where the model's calibration does not allow it; `withoutScores` says why. */
  readonly scores: ScoreDrift | null;
  readonly withoutScores: string | null;
  /** Whether a column moved, or the scores raised their alarm. */
  readonly alarm: boolean;
  /** What to do, in words, most pressing first. */
  readonly advice: readonly string[];
  /** What was claimed, under which assumption, sentence by sentence. */
  readonly guarantee: readonly string[];
}
