import type { Table } from "../numeric/index.ts";
import { takeTableRows } from "../numeric/index.ts";

/** The named rows of a table as JSON by column: null for missing, "Infinity" and "-Infinity" as text. */
export function writeRows(table: Table, rows: readonly number[]): string {
  const columns = takeTableRows(table, rows).columns.map((column) => [
    column.name,
    column.type === "text" ? column.values : Array.from(column.values, toJson),
  ]);
  return JSON.stringify(Object.fromEntries(columns));
}

function toJson(x: number): number | string | null {
  if (Number.isNaN(x)) return null;
  return Number.isFinite(x) ? x : String(x);
}
