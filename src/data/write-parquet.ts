import { rmSync, writeFileSync } from "node:fs";
import { openDatabase } from "./database.ts";
import { literal } from "./quote.ts";

/** The type of a column that is written: text, float64 or int64. */
export type WrittenType = "text" | "number" | "integer";

/**
 * Writes flat rows as a Parquet file, in their order, with the columns declared, in their order; null is a missing
 * value, and −0 is 0. Equal rows give equal bytes under one version of DuckDB. The path is written in place: hand in one beside the
 * final one.
 */
export async function writeParquet(
  path: string,
  columns: Readonly<Record<string, WrittenType>>,
  rows: readonly Readonly<Record<string, string | number | null>>[],
): Promise<void> {
  const types: Record<WrittenType, string> = { text: "VARCHAR", number: "DOUBLE", integer: "BIGINT" };
  const lines = `${path}.jsonl`;
  const declared = Object.entries(columns).map(([name, type]) => `${literal(name)}: ${literal(types[type])}`);
  const database = await openDatabase((error) => error);
  try {
    writeFileSync(lines, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    const from = `read_json(${literal(lines)}, format = 'newline_delimited', columns = {${declared.join(", ")}})`;
    await database.run(`COPY (FROM ${from}) TO ${literal(path)} (FORMAT parquet, COMPRESSION zstd)`);
  } finally {
    rmSync(lines, { force: true });
    database.close();
  }
}
