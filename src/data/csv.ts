import { InputError } from "../errors/index.ts";
import { readHead } from "./csv-head.ts";
import { type CsvRecords, csvRecords, findDelimiter } from "./csv-records.ts";
import type { Database } from "./database.ts";
import { uniqueNames } from "./names.ts";
import { identifier, literal, pathLiteral, shown } from "./quote.ts";
import type { SourceOptions } from "./source-options.ts";
import { numberOf } from "./spellings.ts";

interface CsvFile {
  readonly path: string;
  readonly delimiter: string;
  readonly names: readonly string[];
  readonly header: boolean;
  readonly unnamed: number;
  readonly head: CsvRecords;
}

/** The query that reads CSV files as text, in order, and a sentence about how they are read. */
export async function csvQuery(
  database: Database,
  paths: readonly string[],
  tabs: boolean,
  options: SourceOptions,
): Promise<{ readonly sql: string; readonly how: string }> {
  const files: CsvFile[] = [];
  for (const path of paths) files.push(await inspect(database, path, tabs, options));
  const [first, ...others] = files;
  for (const file of others) sameColumns(first.path, first.names, file.path, file.names);
  const how = [
    tabs ? "TSV" : `CSV, delimiter ${JSON.stringify(first.delimiter)}`,
    first.header ? "header" : `no header: columns are called ${first.names[0]} to ${first.names.at(-1)}`,
    ...(first.header && first.unnamed ? [`${first.unnamed} without a name, called column1, … by position`] : []),
  ];
  return { sql: files.map((file) => readOne(file)).join(" UNION ALL BY NAME "), how: how.join(", ") };
}

/** Throws an InputError when two files of one pattern have different columns (in whatever order). */
export function sameColumns(
  path: string,
  names: readonly string[],
  otherPath: string,
  otherNames: readonly string[],
): void {
  const lacks = names.find((name) => !otherNames.includes(name));
  const extra = otherNames.find((name) => !names.includes(name));
  if (lacks !== undefined || extra !== undefined)
    throw new InputError(
      `read: ${otherPath}: expected the columns of ${path}, got ${
        lacks !== undefined ? `none called ${shown(lacks)}` : `one more, ${shown(extra)}`
      }; read the files one by one, or make them alike`,
    );
}

async function inspect(database: Database, path: string, tabs: boolean, options: SourceOptions): Promise<CsvFile> {
  const text = await readHead(database, path);
  const delimiter = options.delimiter ?? (tabs ? "\t" : findDelimiter(text));
  if ([...delimiter].length !== 1 || /["\r\n]/.test(delimiter))
    throw new InputError(`read: --delimiter: expected one character, got ${shown(delimiter)}`);
  const head = csvRecords(text, delimiter, 2);
  const record = head.records[0];
  if (!record)
    throw new InputError(
      `read: ${path}: line 1: expected a closing quote, got none; write a quote inside quotes twice ("")`,
    );
  const header = options.header === "yes" || (options.header !== "no" && !record.some((cell) => isNumber(cell)));
  const given = header ? record : record.map(() => "");
  const unnamed = given.filter((name) => name.trim() === "").length;
  return { path, delimiter, header, unnamed, head, names: uniqueNames(given, path) };
}

const isNumber = (cell: string) => numberOf(cell) !== undefined;

/**
 * One file as a query. The line end is always stated: DuckDB takes it from the first one it meets, even inside quotes,
 * and then loses rows without an error. A header with a line end in it is read as a row and dropped for the same reason.
 */
function readOne({ path, delimiter, names, header, head }: CsvFile): string {
  const columns = names.map((name) => `${literal(name)}: 'VARCHAR'`).join(", ");
  const drop = header && head.brokenHeader;
  const options = [
    `delim = ${literal(delimiter)}, quote = '"', escape = '"', auto_detect = false, max_line_size = ${longestLine}, buffer_size = ${2 * longestLine}`,
    `header = ${header && !drop}`,
    ...(head.lineEnd ? [`new_line = ${literal(escaped[head.lineEnd])}`] : []),
    `columns = {${columns}}`,
  ];
  const list = names.map(identifier).join(", ");
  return `(SELECT ${list} FROM read_csv(${pathLiteral(path)}, ${options.join(", ")})${drop ? " OFFSET 1" : ""})`;
}

/** Bytes of the longest line. DuckDB would hold 16 of them at once, and twice that while files are read in order. */
const longestLine = 16_777_216;

const escaped = { "\n": "\\n", "\r\n": "\\r\\n", "\r": "\\r" } as const;
