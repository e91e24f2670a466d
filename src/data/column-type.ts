import type { ColumnType } from "./selection.ts";

/** The kind of values that a type of DuckDB holds, as DESCRIBE writes it. */
export function columnType(sqlType: string): ColumnType {
  if (/[[(].*STRUCT|^(STRUCT|MAP|UNION|VARIANT|BLOB|GEOMETRY|BIT)\b|\[\d*\]$/.test(sqlType)) return "nested";
  if (/^(UBIGINT|HUGEINT|UHUGEINT|BIGNUM)$/.test(sqlType)) return "big-integer";
  if (isFloat(sqlType) || /^U?(TINYINT|SMALLINT|INTEGER|BIGINT)$/.test(sqlType)) return "number";
  if (sqlType === "BOOLEAN") return "boolean";
  if (/^(DATE|TIMESTAMP)/.test(sqlType)) return "timestamp";
  return "text";
}

/** Whether the type can hold fractions. */
export function isFloat(sqlType: string): boolean {
  return /^(FLOAT|DOUBLE|DECIMAL)/.test(sqlType);
}
