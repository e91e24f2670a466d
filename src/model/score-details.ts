import type { ScoreStore, Source } from "../data/index.ts";
import type { Table } from "../numeric/index.ts";
import type { Explanation } from "./explanation.ts";
import type { PValueCounts } from "./p-value-counts.ts";
import type { ScoreBins } from "./score-bins.ts";

/** A flagged row, with what it holds beside the model's columns. */
export interface FlaggedRow {
  /** From 1, as it stands in the input. */
  readonly row: number;
  readonly score: number;
  readonly pValue: number;
  /** Columns that the model left aside, such as an id, and the label: their values as text, null for missing. */
  readonly others: readonly { readonly name: string; readonly value: string | null }[];
}

/** What a report shows of a scored file, beyond its summary: bounded in size, however many rows there are. */
export interface ScoreDetails {
  readonly scores: ScoreBins;
  /** The lowest score that was flagged, the highest that was not; null where there is none. */
  readonly lowestFlagged: number | null;
  readonly highestUnflagged: number | null;
  readonly pValues: PValueCounts;
  /** The flagged rows of the highest scores, at most 25, and their values of the model's columns, row by row. */
  readonly flagged: readonly FlaggedRow[];
  readonly flaggedTable: Table;
  /** Why each of them has its score, in the same order; none where the model keeps no normal rows to compare with. */
  readonly explanations: readonly Explanation[];
  /** What `row` counts: the rows of the input, those that --sql gave, or those read. */
  readonly numbered: "input" | "sql" | "rows read";
  /** Up to 1,000 rows that were not flagged and 500 that were, at random, for a map; 1 for a flagged one. */
  readonly sample: { readonly rows: Table; readonly flagged: Uint8Array };
  /** The normal rows that the model keeps; null where it keeps none. */
  readonly reference: Table | null;
  /** By label, most rows first, at most 30 and the rest together; null without labels. */
  readonly classes: readonly LabelCounts[] | null;
  /** Curves over thresholds, at most 200 points each; null without labels. */
  readonly curves: {
    readonly roc: readonly { readonly falseAlarmRate: number; readonly recall: number }[];
    readonly precision: readonly { readonly recall: number; readonly precision: number }[];
  } | null;
}

/** The rows of one label. */
export interface LabelCounts {
  readonly name: string;
  readonly normal: boolean;
  readonly rows: number;
  readonly flagged: number;
}

/** What is known of a file that was scored. */
export interface ScoredFile {
  readonly source: Source;
  readonly store: ScoreStore;
  readonly threshold: number;
  readonly label: string | null;
  readonly normal: string | readonly string[];
  readonly signal?: AbortSignal;
  readonly workers?: number;
  readonly onCall?: (event: "begin" | "end") => void;
}
