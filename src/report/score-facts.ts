import type { FileSummary, Manifest, ScoreDetails } from "../model/index.ts";

/** What a report on a scored file is made of. */
export interface ScoreReportFacts {
  readonly manifest: Manifest;
  /** What `model.score(path, { details: true })` gave. */
  readonly scores: FileSummary;
  /** The model's path, as the reader knows it. */
  readonly model: string;
  /** The column that says what rows are, and what is normal in it; null without. */
  readonly label?: string | null;
  readonly normal?: string | readonly string[];
  /** The command that gave the report; left out where there was none. */
  readonly command?: string;
  readonly seconds?: number;
}

/** The same with what must be there. */
export interface DetailedFacts extends ScoreReportFacts {
  readonly details: ScoreDetails;
}
