import type { DuckDBType, DuckDBValue } from "@duckdb/node-api";
import type { Database } from "./database.ts";
import { duckdb } from "./duckdb.ts";
import type { MemoryColumn } from "./memory-columns.ts";
import { isSingle, listLevelsOf, listValue, numbersIn } from "./memory-lists.ts";
import { identifier } from "./quote.ts";
import { timeText } from "./time-text.ts";
import { doubleItems } from "./vectors.ts";

const sqlTypes: Readonly<Record<Exclude<MemoryColumn["type"], "list">, string>> = {
  number: "DOUBLE",
  "big-integer": "HUGEINT",
  boolean: "BOOLEAN",
  timestamp: "TIMESTAMP",
  text: "VARCHAR",
  nested: "JSON",
};

/** Rows that go in at once, fewer where they hold lists: so many numbers. */
const [CHUNK_ROWS, CHUNK_NUMBERS] = [2048, 2_000_000];

/** Fills a new table `name` with columns from memory, by chunks. Missing numbers stay NaN, other missing values are NULL. */
export async function fillTable(
  database: Database,
  name: string,
  columns: readonly MemoryColumn[],
  names: readonly string[],
): Promise<void> {
  const api = duckdb();
  const lists = columns.map(({ type, values }) =>
    type === "list" ? { levels: listLevelsOf(values) ?? 1, single: isSingle(values) } : null,
  );
  const definition = columns
    .map(({ type }, j) => `${identifier(names[j])} ${type === "list" ? listType(lists[j]!) : sqlTypes[type]}`)
    .join(", ");
  await database.run(`CREATE TABLE ${identifier(name)} (${definition})`);
  const types: Readonly<Record<Exclude<MemoryColumn["type"], "list">, DuckDBType>> = {
    number: api.DOUBLE,
    "big-integer": api.HUGEINT,
    boolean: api.BOOLEAN,
    timestamp: api.TIMESTAMP,
    text: api.VARCHAR,
    nested: api.VARCHAR,
  };
  const appender = await database.connection.createAppender(name);
  const typeOf = ({ type }: MemoryColumn, j: number): DuckDBType => {
    if (type !== "list") return types[type];
    const { levels, single } = lists[j]!;
    let own: DuckDBType = single ? api.FLOAT : api.DOUBLE;
    for (let level = 0; level < levels; level++) own = api.LIST(own);
    return own;
  };
  const rows = columns[0]?.values.length ?? 0;
  const numbers = columns.reduce((sum, { type, values }) => sum + (type === "list" ? longest(values) : 0), 1);
  const chunkRows = Math.max(1, Math.min(CHUNK_ROWS, Math.floor(CHUNK_NUMBERS / numbers)));
  for (let from = 0; from < rows; from += chunkRows) {
    const count = Math.min(chunkRows, rows - from);
    const chunk = api.DuckDBDataChunk.create(columns.map(typeOf), count);
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

function listType({ levels, single }: { readonly levels: number; readonly single: boolean }): string {
  return `${single ? "FLOAT" : "DOUBLE"}${"[]".repeat(levels)}`;
}

function longest(values: ArrayLike<unknown>): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, numbersIn(values[i]));
  return most;
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
  if (type === "list") return listValue(value);
  if (type === "big-integer" || type === "boolean") return value as DuckDBValue;
  if (type === "nested")
    return JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? String(inner) : inner)) ?? null;
  if (typeof value === "number" && Number.isNaN(value)) return null;
  return value instanceof Date ? timeText(value) : String(value);
}
