import { type Input, openSource, type Source, type SourceOptions } from "../../data/index.ts";
import { InputError } from "../../errors/index.ts";
import { stackTables, type Table, takeTableRows } from "../../numeric/index.ts";
import { policyOf } from "../decide.ts";
import type { Explanation } from "../explanation.ts";
import { requireColumns } from "../file-columns.ts";
import { requireImages, requireNoReference } from "../images.ts";
import type { OpenModel } from "../open-model.ts";
import { scoreTables } from "../run.ts";
import { explainImages } from "./explain-images.ts";
import { type ExplainOptions, explainTable } from "./explain-table.ts";

/** How rows are chosen, and explained. */
export interface ExplainRowsOptions extends ExplainOptions {
  /** Normal rows to compare with instead of those that the model stores: a path, rows or columns. */
  readonly reference?: Input;
}

/** Which rows of a file are explained. */
export interface ExplainFileOptions extends ExplainRowsOptions, SourceOptions {
  /** Rows by number, from 1, as they stand in the file (in the result of `sql`). Left out: flagged rows. */
  readonly rows?: readonly number[];
  /** So many flagged rows, those with the highest scores first: 5 when left out. */
  readonly top?: number;
}

/** Explained rows of a file. */
export interface FileExplanations {
  readonly source: string;
  readonly explanations: readonly Explanation[];
  /** Rows are flagged where their p-value is at most this. */
  readonly level: number;
  /** How many rows were looked at, and how many of them are flagged; null where rows were asked for by number. */
  readonly scored: { readonly rows: number; readonly flagged: number } | null;
}

const TOP = 5;

/**
 * Explains rows of a file: those asked for by number, in that order, or the flagged rows with the highest scores. Reads
 * the file once, in chunks. Throws an InputError for a row that is not there.
 */
export async function explainFile(
  model: OpenModel,
  path: string,
  options: ExplainFileOptions,
): Promise<FileExplanations> {
  const { rows, top = TOP, signal, onCall } = options;
  checkCount("top", top, 1);
  for (const row of rows ?? []) checkCount("row", row, 1);
  if (rows !== undefined && options.where !== undefined)
    throw new InputError(
      "explain: --row: expected no --where with it, for rows are numbered as they stand in the file; drop one of the two",
    );
  const level = policyOf(model.calibration, model.manifest, options, "explain").streamThreshold();
  if (model.images) requireNoReference(options.reference);
  const reference = await referenceTable(model, options);
  const { sql, missing } = model.manifest.source;
  // SQL that came with the model is work of the model's, which may be of unknown origin.
  const own = options.sql === undefined && sql !== null;
  if (own) onCall?.("begin");
  using source = await openSource(
    path,
    { ...options, sql: options.sql ?? sql ?? undefined, missing: [...missing, ...(options.missing ?? [])] },
    signal,
  );
  if (own) onCall?.("end");
  requireImages("explain", source, model.images);
  requireColumns("explain", source, model.selection);
  const chosen =
    rows === undefined
      ? await highestFlagged(model, source, level, top, options)
      : { ...(await rowsByNumber(model, source, rows, options)), scored: null };
  const explained = model.images
    ? await explainImages(model, chosen.table, options)
    : await explainTable(model, chosen.table, { ...options, reference });
  return {
    source: source.description,
    explanations: explained.map((explanation, i) => namedRow(explanation, chosen.numbers[i], chosen.files?.[i])),
    level,
    scored: chosen.scored,
  };
}

/** An explanation of a row as it stands in the input: by its number, and its file where it is one. */
export function namedRow({ row: _, ...explanation }: Explanation, row: number, file: string | undefined): Explanation {
  return { row, ...(file !== undefined && { file }), ...explanation };
}

/** More rows to compare with would only cost more. */
const MOST_REFERENCES = 4096;

/** The rows to compare with, where they do not come with the model: at most 4,096, evenly spread over those passed. */
export async function referenceTable(
  model: OpenModel,
  { reference, signal }: Pick<ExplainRowsOptions, "reference" | "signal">,
): Promise<Table | undefined> {
  if (reference === undefined) return undefined;
  const { sql, missing } = model.manifest.source;
  using source = await openSource(reference, { sql: sql ?? undefined, missing }, signal);
  requireColumns("explain: --reference", source, model.selection);
  const table = await source.read(model.selection, { signal });
  if (table.rows <= MOST_REFERENCES) return table;
  const evenly = (_: unknown, i: number) => Math.floor((i * table.rows) / MOST_REFERENCES);
  return takeTableRows(table, Array.from({ length: MOST_REFERENCES }, evenly));
}

interface Chosen {
  readonly table: Table;
  readonly numbers: readonly number[];
  /** The files that rows are; null where they are none. */
  readonly files: readonly string[] | null;
}

async function rowsByNumber(
  model: OpenModel,
  source: Source,
  rows: readonly number[],
  { signal }: ExplainFileOptions,
): Promise<Chosen> {
  const last = Math.max(...rows);
  if (model.images) {
    const of = await source.countRows(signal);
    if (last > of) throw noSuchRow(source, last, of);
    const places = rows.map((row) => row - 1);
    const images = await source.imagesAt(model.images, places, signal);
    const files = await source.files(places, signal);
    return { table: { rows: rows.length, columns: [], images }, numbers: rows, files };
  }
  const parts = new Map<number, Table>();
  let read = 0;
  for await (const table of source.chunks(model.selection, { signal })) {
    for (const row of rows)
      if (row > read && row <= read + table.rows) parts.set(row, takeTableRows(table, [row - read - 1]));
    read += table.rows;
    if (read >= last) break;
  }
  if (last > read) throw noSuchRow(source, last, read);
  return { table: stackTables(rows.map((row) => parts.get(row)!)), numbers: rows, files: null };
}

function noSuchRow({ description }: Source, row: number, of: number): InputError {
  return new InputError(`explain: --row: expected a row of ${description}, got ${row} of ${of}; give 1 to ${of}`);
}

async function highestFlagged(
  model: OpenModel,
  source: Source,
  level: number,
  top: number,
  { signal, workers, onCall, onProgress }: ExplainFileOptions,
): Promise<Chosen & { readonly scored: FileExplanations["scored"] }> {
  const of = await source.estimateRows();
  const queue: Table[] = [];
  async function* chunks() {
    const { images, manifest } = model;
    for await (const table of source.chunks(model.selection, {
      images,
      signal,
      ...(images && { rows: manifest.chunk }),
    })) {
      queue.push(table);
      yield table;
    }
  }
  let highest: { readonly place: number; readonly score: number; readonly row: Table }[] = [];
  let [rows, flagged] = [0, 0];
  for await (const { scores, pValues } of scoreTables(model, chunks(), { signal, workers, onCall, of })) {
    const table = queue.shift()!;
    const found = Array.from(scores.keys()).filter((i) => pValues[i] <= level);
    flagged += found.length;
    found.sort((a, b) => scores[b] - scores[a] || a - b);
    const taken = found
      .slice(0, top)
      .map((i) => ({ place: rows + i, score: scores[i], row: takeTableRows(table, [i]) }));
    highest = [...highest, ...taken].sort((a, b) => b.score - a.score || a.place - b.place).slice(0, top);
    rows += table.rows;
    onProgress?.({ stage: "score", rows, of });
  }
  const places = highest.map(({ place }) => place);
  const { numbers } = await source.numbers(places, signal);
  const table = highest.length > 0 ? stackTables(highest.map(({ row }) => row)) : noRows(model);
  return { table, numbers, files: await source.files(places, signal), scored: { rows, flagged } };
}

function noRows({ manifest, images }: OpenModel): Table {
  const { name, shape } = images ?? {};
  if (name !== undefined && shape)
    return { rows: 0, columns: [], images: { name, shape, values: new Float32Array(0) } };
  const columns = manifest.columns.map(({ name, kind }) =>
    kind === "category"
      ? { name, type: "text" as const, values: [] }
      : { name, type: "number" as const, values: new Float64Array(0) },
  );
  return { rows: 0, columns };
}

function checkCount(what: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new InputError(
    `explain: --${what}: expected a whole number ≥ ${least}, got ${value}; pass --${what} ${Math.max(least, 5)}`,
  );
}
