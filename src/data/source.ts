import { resolve } from "node:path";
import { InputError } from "../errors/index.ts";
import { counted, type Images, type Table } from "../numeric/index.ts";
import { filesAt, imagesAt, withImages } from "./add-images.ts";
import type { ColumnProfile } from "./column-profile.ts";
import { columnType } from "./column-type.ts";
import { csvQuery } from "./csv.ts";
import { type Database, openDatabase } from "./database.ts";
import { estimateRows } from "./estimate-rows.ts";
import { type ErrorContext, explainError } from "./explain-error.ts";
import { findFiles, formatOf } from "./files.ts";
import { chooseImages, type ImageChoice } from "./image-choice.ts";
import { findImages, isImageFolder } from "./image-files.ts";
import { jsonLinesQuery } from "./json-lines-file.ts";
import { columnsOfRows, memoryColumns } from "./memory-columns.ts";
import { fillTable } from "./memory-table.ts";
import { requireFew, uniqueNames } from "./names.ts";
import { requireWhole } from "./packed.ts";
import { parquetQuery } from "./parquet.ts";
import { profileColumns } from "./profile.ts";
import { identifier, literal } from "./quote.ts";
import { readChunks } from "./read-chunks.ts";
import type { Relation, RelationColumn } from "./relation.ts";
import { rowNumbers } from "./row-numbers.ts";
import type { ScoreStore } from "./score-store.ts";
import type { Selected, SourceColumn } from "./selection.ts";
import type { Columns, Input, Rows, SourceOptions } from "./source-options.ts";
import { openSpool, privateScores, type SourceSpool, type SpoolOptions } from "./source-spool.ts";
import { type TypedText, typedText } from "./typed-text.ts";
import { applyQuery, filterOf } from "./user-query.ts";

/** An open input. Rows come in the order of the file (of the files by name), each time the same. */
export interface Source {
  /** What is read and how: `flows.csv (CSV, delimiter ",", header)`. */
  readonly description: string;
  readonly columns: readonly SourceColumn[];
  countRows(signal?: AbortSignal): Promise<number>;
  /** Whether the rows are the images of a folder, named by the column `file`. */
  readonly isImageFolder: boolean;
  /** The images of a folder (null), or of a column of lists, with the shape of the first. `size`, "28x28", is what files are brought to and flat lists are laid out by. */
  chooseImages(column: string | null, size?: string, signal?: AbortSignal): Promise<ImageChoice>;
  /** The images of the rows at some places, from 0: all of them must be there. */
  imagesAt(choice: ImageChoice, places: readonly number[], signal?: AbortSignal): Promise<Images>;
  /** The files of the rows at some places, from 0: paths from the folder of images on; null where rows are no files. */
  files(places: readonly number[], signal?: AbortSignal): Promise<readonly string[] | null>;
  /** About how many rows there are, at next to no cost; null where that cannot be told. For progress. */
  estimateRows(): Promise<number | null>;
  /** Counts over all rows, for every column; computed once. */
  profile(signal?: AbortSignal): Promise<readonly ColumnProfile[]>;
  /** The selected columns of all rows. */
  read(selection: readonly Selected[], options?: ReadOptions): Promise<Table>;
  /** The selected columns as tables of up to `rows` (16,384) rows; memory is bounded by one of them. */
  chunks(selection: readonly Selected[], options?: ChunkOptions): AsyncIterable<Table>;
  /** A private place for the scores of the rows, to be written beside them. */
  openScores(): Promise<ScoreStore>;
  /** The same beside the output, for a long run that can be gone on with; see {@link openSpool}. */
  openSpool(options: SpoolOptions): Promise<SourceSpool>;
  /** The numbers of rows (places from 0 among those read) as they stand in the input, from 1; see {@link rowNumbers}. */
  numbers(places: readonly number[], signal?: AbortSignal): ReturnType<typeof rowNumbers>;
  /** Closes the database and removes what it spilled. */
  [Symbol.dispose](): void;
  /** @internal */
  readonly relation: Relation;
}

export interface ReadOptions {
  /** The images to read as well. */
  readonly images?: ImageChoice | null;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { readonly rows: number; readonly of: number }) => void;
}

export interface ChunkOptions {
  readonly rows?: number;
  /** Rows at the start to leave out. */
  readonly skip?: number;
  /** Buffers of tables that are not used again, to be filled anew. */
  readonly spent?: ArrayBuffer[];
  /** The images to read as well. */
  readonly images?: ImageChoice | null;
  readonly signal?: AbortSignal;
}

const defaultChunkRows = 16_384;
const readRows = 65_536;

/**
 * Opens a file, a pattern of files, rows or columns. Nothing but the head of a text file is read yet, except that
 * JSON Lines are read once for their types, `sql` is computed, and data in memory is copied.
 *
 * Throws an InputError when the input cannot be read, has no rows, or `sql` or `where` is refused.
 */
export async function openSource(input: Input, options: SourceOptions = {}, signal?: AbortSignal): Promise<Source> {
  const context: { -readonly [K in keyof ErrorContext]: ErrorContext[K] } = {
    place: typeof input === "string" ? input : "data in memory",
  };
  const database = await openDatabase((error) => explainError(error, context));
  try {
    const { description, files, text, imageFolder = null } = await createInput(database, input, options, signal);
    const name = await applyQuery(database, files, options, text, signal);
    context.where = options.where;
    const columns = await describeColumns(database, name);
    requireFew(columns.length, context.place);
    const rows = await database.run(`SELECT 1 FROM ${identifier(name)} LIMIT 1`, signal);
    if (!rows.length)
      throw new InputError(
        options.sql === undefined && options.where === undefined
          ? `read: ${context.place}: expected rows, got only the names of columns`
          : `read: ${context.place}: expected rows, got none after ${options.where !== undefined ? `--where ${options.where}` : "--sql"}`,
      );
    const sandboxed = options.sql !== undefined || options.where !== undefined;
    const filter = filterOf(options);
    const relation = { database, name, columns, missing: options.missing ?? [], files, filter, sandboxed, imageFolder };
    return sourceOf(relation, description);
  } catch (error) {
    database.close();
    throw error;
  }
}

function sourceOf(relation: Relation, description: string): Source {
  const { database, name } = relation;
  let [rows, profile] = [undefined as number | undefined, undefined as readonly ColumnProfile[] | undefined, false];
  const countRows = async (signal?: AbortSignal) => {
    rows ??= Number((await database.run(`SELECT count(*) FROM ${identifier(name)}`, signal))[0][0]);
    return rows;
  };
  const source: Source = {
    description,
    columns: relation.columns.map(({ name, type }) => ({ name, type })),
    relation,
    countRows,
    isImageFolder: relation.imageFolder !== null,
    chooseImages: (column, size, signal) => chooseImages(relation, column, size, signal),
    imagesAt: (choice, places, signal) => imagesAt(relation, choice, places, signal),
    files: (places, signal) => filesAt(relation, places, signal),
    async estimateRows() {
      if (rows !== undefined) return rows;
      if (relation.sandboxed) return null;
      return /\.(csv|tsv|jsonl|ndjson|json|txt)(\.\w+)?$/i.test(relation.files[0] ?? "")
        ? estimateRows(relation.files)
        : countRows();
    },
    async profile(signal) {
      profile ??= await profileColumns(relation, signal);
      rows = profile[0]?.rows ?? rows;
      return profile;
    },
    async read(selection, { images = null, signal, onProgress } = {}) {
      const of = rows ?? (onProgress || images ? await countRows(signal) : undefined);
      if (images)
        for await (const table of withImages(relation, selection, images, { rows: of!, signal, onProgress }))
          return table;
      let last: Table = { rows: 0, columns: [] };
      for await (const table of readChunks(relation, selection, {
        rows: Number.POSITIVE_INFINITY,
        capacity: of ?? readRows,
        signal,
        onRows: (done) => onProgress?.({ rows: done, of: of ?? done }),
      }))
        last = table;
      return last;
    },
    chunks: (selection, { rows = defaultChunkRows, skip = 0, spent, images = null, signal } = {}) => {
      if (!Number.isInteger(rows) || rows < 1) throw new InputError(`read: rows: expected an integer ≥ 1, got ${rows}`);
      if (images) return withImages(relation, selection, images, { rows, skip, signal });
      return readChunks(relation, selection, { rows, capacity: rows, skip, spent, signal });
    },
    numbers: (places, signal) => rowNumbers(relation, places, signal),
    openScores: async () => privateScores(relation, {}),
    openSpool: (options) => openSpool(relation, source, options),
    [Symbol.dispose]() {
      database.close();
    },
  };
  return source;
}

/** Makes the view or table `input`. */
async function createInput(
  database: Database,
  input: Input,
  options: SourceOptions,
  signal: AbortSignal | undefined,
): Promise<{
  readonly description: string;
  readonly files: readonly string[];
  readonly text?: TypedText;
  readonly imageFolder?: string;
}> {
  if (typeof input !== "string") {
    const columns = memoryColumns(isRows(input) ? columnsOfRows(input) : input);
    if (!columns.length || columns[0].values.length === 0)
      throw new InputError("read: data in memory: expected rows, got none");
    const names = uniqueNames(
      columns.map(({ name }) => name),
      "data in memory",
    );
    await fillTable(database, "input", columns, names);
    return { description: `${isRows(input) ? "rows" : "columns"} in memory`, files: [] };
  }
  if (isImageFolder(input)) {
    const { names, folders } = findImages(input);
    const columns = { file: names, ...(folders.some((folder) => folder !== ".") && { folder: folders }) };
    await fillTable(database, "input", memoryColumns(columns), Object.keys(columns));
    return { description: `${input} (${counted(names.length, "image")})`, files: [], imageFolder: resolve(input) };
  }
  const files = (await findFiles(database, input)).map((file) => resolve(file));
  const format = formatOf(files[0], options);
  for (const file of files)
    if (formatOf(file, options) !== format)
      throw new InputError(`read: ${input}: expected files of one format, got ${files[0]} and ${file}`);
  for (const file of files) await requireWhole(file, signal);
  const { sql, how } = await fileQuery(database, files, format, options, signal);
  const queried = options.sql !== undefined || options.where !== undefined;
  let text: TypedText | undefined;
  if (queried && (format === "csv" || format === "tsv")) {
    await database.run(`CREATE VIEW unseen_text AS ${sql}`, signal);
    const names = (await describeColumns(database, "unseen_text")).map(({ name }) => name);
    text = await typedText(database, names, options.missing ?? [], signal);
  }
  await database.run(`CREATE VIEW input AS ${text?.typed ?? sql}`, signal);
  return { files, text, description: `${input} (${files.length > 1 ? `${files.length} files, ` : ""}${how})` };
}

function isRows(input: Rows | Columns): input is Rows {
  return Array.isArray(input);
}

async function fileQuery(
  database: Database,
  files: readonly string[],
  format: ReturnType<typeof formatOf>,
  options: SourceOptions,
  signal: AbortSignal | undefined,
): Promise<{ readonly sql: string; readonly how: string }> {
  if (format === "parquet") return { sql: await parquetQuery(database, files), how: "Parquet" };
  if (format === "jsonl") return { sql: await jsonLinesQuery(database, files, signal), how: "JSON Lines" };
  return csvQuery(database, files, format === "tsv", options);
}

async function describeColumns(database: Database, name: string): Promise<readonly RelationColumn[]> {
  const rows = await database.run(`SELECT column_name, column_type FROM (DESCRIBE ${identifier(name)})`);
  const columns: RelationColumn[] = [];
  for (const [columnName, sqlType] of rows as [string, string][]) {
    const quoted = identifier(columnName);
    const type = columnType(sqlType);
    // TIME, UUID, ENUM and the like are texts to us, and to our SQL.
    const expression = type === "text" && sqlType !== "VARCHAR" ? `${quoted}::VARCHAR` : quoted;
    if (sqlType !== "JSON") columns.push({ name: columnName, type, sqlType, expression });
    else {
      const [found] = await database.run(
        `SELECT 1 FROM ${identifier(name)} WHERE json_type(${quoted}) IN (${["OBJECT", "ARRAY"].map(literal).join(", ")}) LIMIT 1`,
      );
      const type = found ? "nested" : "text";
      columns.push({ name: columnName, type, sqlType: found ? sqlType : "VARCHAR", expression: `(${quoted} ->> '$')` });
    }
  }
  return columns;
}
