import type { Table } from "../../numeric/index.ts";

/** A text for each row that is equal for rows that are equal in all columns, missing values included. O(n d). */
export function rowTexts({ rows, columns }: Table): readonly string[] {
  return Array.from({ length: rows }, (_, row) =>
    JSON.stringify(columns.map((column) => (column.type === "text" ? column.values[row] : String(column.values[row])))),
  );
}
