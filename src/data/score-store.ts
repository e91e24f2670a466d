import { InputError } from "../errors/index.ts";
import { identifier } from "./quote.ts";
import type { Relation } from "./relation.ts";
import { doubleItems } from "./vectors.ts";

/** The scores of a source's rows, in order, kept beside it: 16 bytes a row, on disk where memory is short. */
export interface ScoreStore {
  /** Adds the scores and p-values of the next rows. */
  append(scores: Float64Array, pValues: Float64Array): Promise<void>;
  readonly rows: number;
  scores(): Promise<Float64Array>;
  /** All p-values so far, for the control of false discoveries. */
  pValues(): Promise<Float64Array>;
  /** @internal The table with the columns `score` and `p_value`. */
  readonly table: string;
}

const stores = new WeakMap<Relation["database"], number>();
const chunkRows = 2048;

/** An empty store in the relation's database. */
export async function openScoreStore({ database }: Relation): Promise<ScoreStore> {
  const number = (stores.get(database) ?? 0) + 1;
  stores.set(database, number);
  const table = `unseen_scores_${number}`;
  let rows = 0;
  await appendNumbers(database, table, ["score", "p_value"], []);
  return {
    table,
    get rows() {
      return rows;
    },
    async append(scores, pValues) {
      if (scores.length !== pValues.length)
        throw new InputError(`scores: expected as many p-values as scores, ${scores.length}, got ${pValues.length}`);
      await appendNumbers(database, table, ["score", "p_value"], [scores, pValues]);
      rows += scores.length;
    },
    scores: () => readNumbers(database, table, "score", rows),
    pValues: () => readNumbers(database, table, "p_value", rows),
  };
}

/** Appends rows to a table of doubles, which is made when it does not exist. */
async function appendNumbers(
  database: Relation["database"],
  table: string,
  names: readonly string[],
  columns: readonly ArrayLike<number>[],
): Promise<void> {
  const { DOUBLE, DuckDBDataChunk } = await import("@duckdb/node-api");
  const definition = names.map((name) => `${identifier(name)} DOUBLE`).join(", ");
  await database.run(`CREATE TABLE IF NOT EXISTS ${identifier(table)} (${definition})`);
  const rows = columns[0]?.length ?? 0;
  if (rows === 0) return;
  const appender = await database.connection.createAppender(table);
  for (let from = 0; from < rows; from += chunkRows) {
    const count = Math.min(chunkRows, rows - from);
    const chunk = DuckDBDataChunk.create(
      columns.map(() => DOUBLE),
      count,
    );
    columns.forEach((values, j) => {
      const vector = chunk.getColumnVector(j);
      const items = doubleItems(vector);
      for (let i = 0; i < count; i++) items[i] = values[from + i];
      (vector as unknown as { flush(): void }).flush();
    });
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

async function readNumbers(
  database: Relation["database"],
  table: string,
  name: string,
  rows: number,
): Promise<Float64Array> {
  const out = new Float64Array(rows);
  let at = 0;
  for await (const chunk of database.stream(`SELECT ${identifier(name)} FROM ${identifier(table)}`)) {
    const vector = chunk.getColumnVector(0);
    out.set(doubleItems(vector), at);
    at += chunk.rowCount;
  }
  return out;
}
