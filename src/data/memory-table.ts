import type { DuckDBType, DuckDBValue } from "@duckdb/node-api";
import type { Database } from "./database.ts";
import { duckdb } from "./duckdb.ts";
import type { MemoryColumn } from "./memory-columns.ts";
import { identifier } from "./quote.ts";
import { timeText } from "./time-text.ts";
import { doubleItems } from "./vectors.ts";

const sqlTypes = {
  number: "DOUBLE",
  "big-integer": "HUGEINT",
  boolean: "BOOLEAN",
  timestamp: "TIMESTAMP",
  text: "VARCHAR",
  nested: "JSON",
} as const;

const chunkRows = 2048;

/** Fills a new table `name` with columns from memory, by chunks. Missing numbers stay NaN, other missing values are NULL. */
export async function fillTable(
  database: Database,
  name: string,
  columns: readonly MemoryColumn[],
  names: readonly string[],
): Promise<void> {
  const api = duckdb();
  const definition = columns.map((column, j) => `${identifier(names[j])} ${sqlTypes[column.type]}`).join(", ");
  await database.run(`CREATE TABLE ${identifier(name)} (${definition})`);
  const types: Readonly<Record<MemoryColumn["type"], DuckDBType>> = {
    number: api.DOUBLE,
    "big-integer": api.HUGEINT,
    boolean: api.BOOLEAN,
    timestamp: api.TIMESTAMP,
    text: api.VARCHAR,
    nested: api.VARCHAR,
  };
  const appender = await database.connection.createAppender(name);
  const rows = columns[0]?.values.length ?? 0;
  for (let from = 0; from < rows; from += chunkRows) {
    const count = Math.min(chunkRows, rows - from);
    const chunk = api.DuckDBDataChunk.create(
      columns.map((column) => types[column.type]),
      count,
    );
    columns.forEach(({ type, values }, j) => {
      if (type === "number") {
        const vector = chunk.getColumnVector(j);
        const items = doubleItems(vector);
        for (let i = 0; i < count; i++) items[i] = numberIn(values[from + i]);
        (vector as unknown as { flush(): void }).flush();
      } else
        chunk.setColumnValues(
          j,
          Array.from({ length: count }, (_, i) =>
            cell(type, values[from + i], (ms) => new api.DuckDBTimestampValue(ms)),
          ),
        );
    });
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

function numberIn(value: unknown): number {
  return typeof value === "number" ? value : typeof value === "bigint" ? Number(value) : Number.NaN;
}

function cell(type: MemoryColumn["type"], value: unknown, timestamp: (micros: bigint) => DuckDBValue): DuckDBValue {
  if (value === null || value === undefined) return null;
  if (type === "timestamp") {
    const milliseconds = (value as Date).getTime();
    return Number.isNaN(milliseconds) ? null : timestamp(BigInt(Math.round(milliseconds * 1000)));
  }
  if (type === "big-integer" || type === "boolean") return value as DuckDBValue;
  if (type === "nested")
    return JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? String(inner) : inner)) ?? null;
  if (typeof value === "number" && Number.isNaN(value)) return null;
  return value instanceof Date ? timeText(value) : String(value);
}
