import { type Column, type Matrix, matrix, type Table } from "../../numeric/index.ts";
import type { InputColumn } from "../../prepare/index.ts";

/** A raw column whose values are numbers here: a category is its place among `texts`; null for other kinds. */
export interface CodedColumn extends InputColumn {
  readonly texts: readonly string[] | null;
}

/** Columns whose values in all tables given have codes. */
export function codingOf(columns: readonly InputColumn[], tables: readonly Table[]): readonly CodedColumn[] {
  return columns.map((column, j) => {
    if (column.kind !== "category") return { ...column, texts: null };
    const texts = new Set<string>();
    for (const table of tables)
      for (const value of table.columns[j].values) if (typeof value === "string") texts.add(value);
    return { ...column, texts: [...texts] };
  });
}

/** A table's rows in codes, rows × columns; NaN is a missing value. */
export function codeRows(coding: readonly CodedColumn[], table: Table): Matrix {
  const out = matrix(table.rows, coding.length);
  coding.forEach(({ texts }, j) => {
    const codes = texts && new Map(texts.map((text, code) => [text, code]));
    const { values } = table.columns[j];
    for (let i = 0; i < table.rows; i++) {
      const value = values[i];
      out.values[i * coding.length + j] =
        typeof value === "number" ? value : value === null ? Number.NaN : codes!.get(value)!;
    }
  });
  return out;
}

/** The table that coded rows stand for. */
export function decodeRows(coding: readonly CodedColumn[], rows: Matrix): Table {
  const columns = coding.map(({ name, texts }, j): Column => {
    const values = new Float64Array(rows.rows);
    for (let i = 0; i < rows.rows; i++) values[i] = rows.values[i * rows.columns + j];
    if (texts === null) return { name, type: "number", values };
    return { name, type: "text", values: Array.from(values, (code) => (Number.isNaN(code) ? null : texts[code])) };
  });
  return { rows: rows.rows, columns };
}
