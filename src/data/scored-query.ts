import { InputError } from "../errors/index.ts";
import { unknownColumn } from "./near-names.ts";
import type { OutputFormat } from "./output-format.ts";
import { identifier, literal, pathLiteral } from "./quote.ts";
import type { Relation } from "./relation.ts";

export interface ScoredColumns {
  /** Which columns of the input to keep. Default "all"; "none" writes the number of the row instead. */
  readonly keep?: "all" | "none" | readonly string[];
  /** Put before `row`, `score`, `p_value`, `flagged` and `nearest_class`. */
  readonly prefix?: string;
  /** Whether to write the number of the row, from 1. Default: only with keep "none". */
  readonly addRowNumber?: boolean;
  readonly only?: "all" | "flagged";
  /** Adds an empty column of this name in front, for a person to fill in, and sorts rows by score, highest first. */
  readonly review?: string;
  /** The names of the classes that scores were stored with: flagged rows get the name of theirs, in `nearest_class`. */
  readonly classes?: readonly string[];
}

/**
 * The query for the input's columns as they came, then `score`, `p_value` and `flagged` (and `nearest_class`), in input order: a positional
 * join of the source with the files of scores, or these alone where no column is kept. DuckDB reads a file and the
 * scores in step; of rows that pass a filter or come from several CSV files it first collects the scores, 16 bytes a
 * row, on disk where memory is short.
 * Throws an InputError when a name is unknown or taken.
 */
export function scoredQuery(
  relation: Relation,
  files: readonly string[],
  threshold: number,
  { keep = "all", prefix = "", addRowNumber = keep === "none", only = "all", classes = [], review }: ScoredColumns,
  format: OutputFormat["format"],
): string {
  const names = relation.columns.map(({ name }) => name);
  if (typeof keep !== "string")
    for (const name of keep)
      if (!names.includes(name)) throw new InputError(`write: --keep: ${unknownColumn(name, names)}`);
  const kept = relation.columns.filter(({ name }) => keep === "all" || (keep !== "none" && keep.includes(name)));
  const named = classes.length > 0 ? ["nearest_class"] : [];
  const added = [...(addRowNumber ? ["row"] : []), "score", "p_value", "flagged", ...named].map(
    (name) => prefix + name,
  );
  for (const name of added)
    if (kept.some((column) => column.name.toLowerCase() === name.toLowerCase()))
      throw new InputError(
        `write: column ${JSON.stringify(name)}: expected a free name, got one that the input has; pass --prefix unseen_, or --keep other columns`,
      );

  if (review !== undefined) requireFree(review, [...kept.map(({ name }) => name), ...added]);

  const own = kept.map(({ name, sqlType }) => {
    const column = `d.${identifier(name)}`;
    // JSON has no infinity and no NaN.
    const finite = format === "jsonl" && /^(FLOAT|DOUBLE)$/.test(sqlType);
    return finite ? `CASE WHEN isfinite(${column}) THEN ${column} END AS ${identifier(name)}` : column;
  });
  const decision = `s.p_value <= '${threshold}'::DOUBLE`; // quoted, for a bare decimal would be rounded
  const nearest = `CASE WHEN ${decision} THEN [${classes.map(literal).join(", ")}][s.class::BIGINT + 1] END`;
  const results = [
    ...(addRowNumber ? ["row_number() OVER ()"] : []),
    "s.score",
    "s.p_value",
    `(${decision})`,
    ...(classes.length > 0 ? [nearest] : []),
  ];
  const list = [...own, ...results.map((sql, i) => `${sql} AS ${identifier(added[i])}`)].join(", ");
  const scores = `read_parquet([${files.map(pathLiteral).join(", ")}]) s`;
  const rows = own.length === 0 ? scores : `${identifier(relation.name)} d POSITIONAL JOIN ${scores}`;
  const flagged = only === "flagged" ? ` WHERE ${identifier(`${prefix}flagged`)}` : "";
  if (review !== undefined) {
    // Rows that tie stay in their order.
    const placed = `SELECT ${list}, row_number() OVER () AS unseen_place FROM ${rows}`;
    const order = `ORDER BY ${identifier(`${prefix}score`)} DESC, unseen_place`;
    return `SELECT CAST(NULL AS VARCHAR) AS ${identifier(review)}, * EXCLUDE (unseen_place) FROM (${placed})${flagged} ${order}`;
  }
  const joined = `SELECT ${list} FROM ${rows}`;
  return flagged === "" ? joined : `SELECT * FROM (${joined})${flagged}`;
}

function requireFree(review: string, names: readonly string[]): void {
  if (names.every((name) => name.toLowerCase() !== review.toLowerCase())) return;
  throw new InputError(
    `write: --review: column ${JSON.stringify(review)}: expected a free name, got one that the output has; give another one, as in --review verdict, and to tune --label verdict`,
  );
}
