import { accessSync, constants, statSync } from "node:fs";
import { InputError } from "../errors/index.ts";
import type { Database } from "./database.ts";
import { literal } from "./quote.ts";
import type { FileFormat, SourceOptions } from "./source-options.ts";

const endings: Readonly<Record<string, FileFormat>> = {
  csv: "csv",
  txt: "csv",
  tsv: "tsv",
  tab: "tsv",
  jsonl: "jsonl",
  ndjson: "jsonl",
  parquet: "parquet",
  pq: "parquet",
};

const remedies: Readonly<Record<string, string>> = {
  onnx: "a model goes to -m, and to unseen inspect",
  xlsx: "save the sheet as CSV",
  xls: "save the sheet as CSV",
  ods: "save the sheet as CSV",
  arrow: "write it as Parquet (pyarrow.parquet.write_table)",
  feather: "write it as Parquet (pyarrow.parquet.write_table)",
  ipc: "write it as Parquet (pyarrow.parquet.write_table)",
  json: "write one object per line (jq -c '.[]'), or pass --format jsonl if it already is",
  png: "pass the folder that the images lie in",
  jpg: "pass the folder that the images lie in",
  jpeg: "pass the folder that the images lie in",
  zip: "unpack it",
  xz: "unpack it, or compress with gzip or zstd",
  bz2: "unpack it, or compress with gzip or zstd",
};

/** The readable files that a path or glob stands for, sorted by name. Throws an InputError when there are none. */
export async function findFiles(database: Database, path: string): Promise<readonly string[]> {
  if (/^[a-z][a-z0-9+]+:\/\//i.test(path))
    throw new InputError(`read: ${path}: expected a local file; download it first`);
  if (path === "-") throw new InputError("read: -: expected a file, got a pipe; save the rows first: cat > rows.jsonl");
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found && /[*?[]/.test(path)) {
    const rows = await database.run(`SELECT file FROM glob(${literal(path)}) ORDER BY file`);
    const files = rows.map(([file]) => String(file)).filter((file) => statSync(file).isFile());
    if (!files.length)
      throw new InputError(
        `read: ${path}: expected a pattern that matches files, got no match; check it (from ${process.cwd()}), or name one file`,
      );
    return files.map(readable);
  }
  if (!found) throw new InputError(`read: ${path}: no such file; check the path (from ${process.cwd()})`);
  if (found.isDirectory())
    throw new InputError(
      `read: ${path}: expected a file, got a folder; pass a pattern such as "${path}/*.csv", or a folder with PNG or JPEG images`,
    );
  return [readable(path)];
}

/** The format that the ending tells, or the option. Throws an InputError for endings that are not supported. */
export function formatOf(path: string, options: SourceOptions): FileFormat {
  if (options.format) return options.format;
  const ending = /\.([^./\\]+)(\.(gz|zst))?$/i.exec(path)?.[1].toLowerCase() ?? "";
  if (ending in endings) return endings[ending];
  throw new InputError(
    `read: ${path}: expected .csv, .tsv, .jsonl (also .gz, .zst) or .parquet, got ${ending ? `.${ending}` : "no ending"}; ${remedies[ending] ?? "pass --format if it is one of them"}`,
  );
}

function readable(path: string): string {
  try {
    accessSync(path, constants.R_OK);
  } catch (cause) {
    throw new InputError(`read: ${path}: expected a readable file; check its permissions`, { cause });
  }
  return path;
}
