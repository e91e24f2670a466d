import { isFloat } from "./column-type.ts";
import { secondsOfTime } from "./conversion.ts";
import type { RelationColumn } from "./relation.ts";
import { numberSql, withoutMissing, withoutMissingNumbers } from "./spellings-sql.ts";

/** A column's present value and, where it has one, its number. */
export function valuesOf(column: RelationColumn, missing: readonly string[]): readonly [value: string, number: string] {
  const x = column.expression;
  if (column.type === "nested" || column.type === "boolean") return [x, "NULL"];
  if (column.type === "timestamp") return [`CASE WHEN isfinite(${x}) THEN ${x} END`, secondsOfTime(x)];
  if (column.type === "text") {
    const t = withoutMissing(x, missing);
    return [t, numberSql(t)];
  }
  const double = withoutMissingNumbers(`${x}::DOUBLE`, missing, "NULL");
  const number = isFloat(column.sqlType) ? `nullif(${double}, 'nan'::DOUBLE)` : double;
  return [isFloat(column.sqlType) ? number : `CASE WHEN ${double} IS NOT NULL THEN ${x} END`, number];
}
