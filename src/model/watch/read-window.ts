import { type Input, openSource, type Source, type SourceOptions } from "../../data/index.ts";
import { type Column, type Key, sample, type Table, takeTableRows } from "../../numeric/index.ts";
import { requireColumns } from "../file-columns.ts";
import type { OpenModel } from "../open-model.ts";
import { type RunOptions, scoreTables, type TableScores } from "../run.ts";

/** So many rows of each side are compared column by column; of more, as many drawn at random. */
const MOST_ROWS = 50_000;

/** Rows to compare, of how many. */
export interface SampledRows {
  readonly source: string;
  readonly rows: number;
  readonly sampled: Table;
}

export interface ReadWindowOptions extends SourceOptions, Pick<RunOptions, "signal" | "workers" | "onCall"> {
  readonly onProgress?: (progress: { readonly rows: number; readonly of: number | null }) => void;
}

/** Opens an input as the model's own SQL and spellings of missing values have it. */
export async function openForModel(model: OpenModel, input: Input, options: ReadWindowOptions): Promise<Source> {
  const { sql, missing } = model.manifest.source;
  // SQL that came with the model is work of the model's, which may be of unknown origin.
  const own = options.sql === undefined && sql !== null;
  if (own) options.onCall?.("begin");
  const source = await openSource(
    input,
    { ...options, sql: options.sql ?? sql ?? undefined, missing: [...missing, ...(options.missing ?? [])] },
    options.signal,
  );
  if (own) options.onCall?.("end");
  try {
    requireColumns("watch", source, model.selection);
    return source;
  } catch (error) {
    source[Symbol.dispose]();
    throw error;
  }
}

/** The rows of a source to compare, of at most 50,000 drawn by the key. */
export async function readSample(
  model: OpenModel,
  source: Source,
  key: Key,
  signal?: AbortSignal,
): Promise<SampledRows> {
  const rows = await source.countRows(signal);
  const parts: Table[] = [];
  const take = taker(sample(key, rows, MOST_ROWS), parts);
  for await (const table of source.chunks(model.selection, { signal })) take(table);
  return { source: source.description, rows, sampled: joined(parts) };
}

/** The same, with the scores of all rows in their order. */
export async function scoreSample(
  model: OpenModel,
  source: Source,
  key: Key,
  options: ReadWindowOptions,
): Promise<SampledRows & TableScores> {
  const rows = await source.countRows(options.signal);
  const parts: Table[] = [];
  const take = taker(sample(key, rows, MOST_ROWS), parts);
  async function* chunks() {
    for await (const table of source.chunks(model.selection, { signal: options.signal })) {
      take(table);
      yield table;
    }
  }
  const out = { scores: new Float64Array(rows), pValues: new Float64Array(rows) };
  let [done, scored] = [0, 0];
  const onRows = (more: number) => {
    scored += more;
    options.onProgress?.({ rows: scored, of: rows });
  };
  for await (const { scores, pValues } of scoreTables(model, chunks(), { ...options, onRows, of: rows })) {
    out.scores.set(scores, done);
    out.pValues.set(pValues, done);
    done += scores.length;
  }
  return { source: source.description, rows, sampled: joined(parts), ...out };
}

/** Takes the rows that are wanted, by increasing place, out of tables as they pass. */
function taker(wanted: Uint32Array, parts: Table[]): (table: Table) => void {
  let [next, first] = [0, 0];
  return (table) => {
    const inside: number[] = [];
    for (; next < wanted.length && wanted[next] < first + table.rows; next++) inside.push(wanted[next] - first);
    first += table.rows;
    if (inside.length > 0) parts.push(takeTableRows(table, inside));
  };
}

/** Tables of the same columns, one after the other. */
function joined(tables: readonly Table[]): Table {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const columns = tables[0].columns.map((column, j): Column => {
    const parts = tables.map((table) => table.columns[j]);
    if (column.type === "text")
      return { ...column, values: parts.flatMap((part) => (part.type === "text" ? part.values : [])) };
    const values = new Float64Array(rows);
    let at = 0;
    for (const part of parts) {
      values.set(part.values as Float64Array, at);
      at += part.values.length;
    }
    return { ...column, values };
  });
  return { rows, columns };
}
