import type { Measurement } from "./results.ts";

/** A table of the documentation: from which file of measurements in bench/published/, and how it is written. */
export interface PublishedTable {
  readonly file: string;
  /** Markdown without an end of line; equal rows, equal text. */
  render(rows: readonly Measurement[]): string;
}

/** The tables that `{{table NAME}}` in bench/benchmarks.template.md stands for, by NAME; each from a file bench/NAME-table.ts. */
export const publishedTables: Readonly<Record<string, PublishedTable>> = {};
