import type { Database } from "./database.ts";
import type { SourceColumn } from "./selection.ts";

/** The rows of a source inside its database, for the readers and writers of this layer. */
export interface Relation {
  readonly database: Database;
  /** The table or view that holds the rows, in order. */
  readonly name: string;
  readonly columns: readonly RelationColumn[];
  /** Spellings of missing values beside the default ones. */
  readonly missing: readonly string[];
  /** The files read, as absolute paths; none for an input in memory. */
  readonly files: readonly string[];
  /** What `sql` and `where` did to the input; null where neither was given. */
  readonly filter: {
    readonly from: "input" | "unseen_query";
    readonly condition: string | null;
    /** Whether the condition may hold for other rows the next time. */
    readonly draws: boolean;
  } | null;
  /** The folder whose images the rows are, each named by the column `file`; null for other inputs. */
  readonly imageFolder: string | null;
  /** Whether DuckDB may touch no file but the input's. */
  readonly sandboxed: boolean;
}

export interface RelationColumn extends SourceColumn {
  readonly sqlType: string;
  /** The column as an expression: JSON scalars of mixed types are already unquoted text. */
  readonly expression: string;
}
