import { InputError } from "../errors/index.ts";
import { isFloat } from "./column-type.ts";
import { unknownColumn } from "./near-names.ts";
import type { Relation, RelationColumn } from "./relation.ts";
import type { Selected } from "./selection.ts";
import {
  booleanSql,
  isMissingWordSql,
  nan,
  numberSql,
  secondsSql,
  withoutMissing,
  withoutMissingNumbers,
} from "./spellings-sql.ts";

/** How one selected column leaves DuckDB. */
export interface Conversion {
  readonly selected: Selected;
  readonly column: RelationColumn;
  readonly sql: string;
  /** The vector's type: `number-text` are doubles that become text in JavaScript, as `String(x)` writes them. */
  readonly vector: "double" | "varchar" | "number-text";
  /** What NULL stands for: a missing value, or a value that the column must not contain. */
  readonly nullMeans: "missing" | "bad";
}

/** The conversions of a selection. Throws an InputError for unknown and nested columns. */
export function conversions(relation: Relation, selection: readonly Selected[]): readonly Conversion[] {
  return selection.map((selected) => {
    const column = relation.columns.find(({ name }) => name === selected.name);
    if (!column)
      throw new InputError(
        `read: column: ${unknownColumn(
          selected.name,
          relation.columns.map(({ name }) => name),
        )}`,
      );
    if (column.type === "nested")
      throw new InputError(
        `read: column ${JSON.stringify(column.name)}: expected plain values, got ${column.sqlType}; take parts of it with --sql`,
      );
    return { selected, column, ...converted(column, selected.as, relation.missing) };
  });
}

function converted(
  column: RelationColumn,
  as: Selected["as"],
  missing: readonly string[],
): Pick<Conversion, "sql" | "vector" | "nullMeans"> {
  const x = column.expression;
  if (as === "text") {
    if (isFloat(column.sqlType))
      return { sql: withoutMissingNumbers(`${x}::DOUBLE`, missing, nan), vector: "number-text", nullMeans: "missing" };
    return { sql: withoutMissing(`${x}::VARCHAR`, missing), vector: "varchar", nullMeans: "missing" };
  }
  if (column.type === "text") return { sql: fromText(x, as, missing), vector: "double", nullMeans: "bad" };
  if (column.type === "boolean") return { sql: `${x}::DOUBLE`, vector: "double", nullMeans: "missing" };
  if (column.type === "timestamp") return { sql: secondsOfTime(x), vector: "double", nullMeans: "missing" };
  if (as === "boolean")
    return {
      sql: `CASE WHEN ${x} IS NULL OR isnan(${x}::DOUBLE) THEN ${nan} WHEN ${x} IN (0, 1) THEN ${x}::DOUBLE END`,
      vector: "double",
      nullMeans: "bad",
    };
  if (isFloat(column.sqlType)) {
    const plain = column.sqlType === "FLOAT" ? x : `${x}::DOUBLE`;
    return { sql: withoutMissingNumbers(plain, missing, nan), vector: "double", nullMeans: "missing" };
  }
  const number = withoutMissingNumbers(`${x}::DOUBLE`, missing, nan);
  if (!/BIGINT|HUGEINT|BIGNUM/.test(column.sqlType)) return { sql: number, vector: "double", nullMeans: "missing" };
  return {
    sql: `CASE WHEN ${x} IS NULL THEN ${nan} WHEN ${exactly(x)} THEN ${number} END`,
    vector: "double",
    nullMeans: "bad",
  };
}

/** Whether a double holds the integer exactly whatever it is: |x| ≤ 2^53. */
export function exactly(x: string): string {
  return `${x} BETWEEN -9007199254740992 AND 9007199254740992`;
}

/** Seconds since 1970 UTC of a DATE or TIMESTAMP; its ±infinity is missing. */
export function secondsOfTime(x: string): string {
  return `CASE WHEN isfinite(${x}) THEN epoch(${x})::DOUBLE END`;
}

function fromText(t: string, as: Selected["as"], missing: readonly string[]): string {
  const read = { number: numberSql, text: numberSql, boolean: booleanSql, timestamp: secondsSql }[as](t);
  const word = missing.length ? `${withoutMissing(t, missing)} IS NULL` : `${t} IS NULL`;
  const value = `coalesce(${read}, CASE WHEN ${word} OR ${isMissingWordSql(t)} THEN ${nan} END)`;
  return missing.length ? `CASE WHEN ${word} THEN ${nan} ELSE ${value} END` : value;
}
