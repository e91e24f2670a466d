import { createReadStream } from "node:fs";
import * as zlib from "node:zlib";
import { InputError } from "../errors/index.ts";
import type { Database } from "./database.ts";
import { notUnpacked } from "./packed.ts";
import { pathLiteral } from "./quote.ts";

const headBytes = 1 << 20;

/**
 * The first megabyte of a text file, unpacked (.gz, .zst), without its byte order mark. Throws an InputError where it is
 * no text in UTF-8, with what it is instead.
 */
export async function readHead(database: Database, path: string): Promise<string> {
  const bytes = await headOf(database, path);
  if (isUtf16(bytes))
    throw new InputError(`read: ${path}: expected text in UTF-8, got UTF-16; convert it: iconv -f utf-16 -t utf-8`);
  for (const { magic, what, remedy } of others)
    if (Buffer.from(bytes.subarray(0, magic.length / 2)).toString("hex") === magic)
      throw new InputError(`read: ${path}: expected text, got ${what}; ${remedy}`);
  if (bytes.subarray(0, 4096).includes(0))
    throw new InputError(
      `read: ${path}: expected text, got a binary file; save it as CSV, JSON Lines or Parquet, and pass --format if its ending is another`,
    );
  const text = decoded(bytes, path);
  if (!/\S/.test(text)) throw new InputError(`read: ${path}: expected rows, got an empty file`);
  return text;
}

/** What people call .csv by mistake, by its first bytes. */
const others = [
  { magic: "1f8b", what: "a file packed with gzip", remedy: "rename it, so that it ends in .gz" },
  { magic: "28b52ffd", what: "a file packed with zstd", remedy: "rename it, so that it ends in .zst" },
  { magic: "504b0304", what: "a zip archive or an Excel sheet", remedy: "unpack it, or save the sheet as CSV" },
  { magic: "50415231", what: "a Parquet file", remedy: "pass --format parquet" },
] as const;

/** UTF-16 by its byte order mark, or by the zeros that it makes of plain letters. */
function isUtf16(bytes: Uint8Array): boolean {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true;
  const start = bytes.subarray(0, 64);
  return [0, 1].some((odd) => start.length >= 4 && start.every((byte, i) => (i % 2 === odd ? byte === 0 : byte !== 0)));
}

/** The text, which may end within a character. */
function decoded(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
  } catch (cause) {
    const line = new TextDecoder().decode(bytes).split("\ufffd", 1)[0].split("\n").length;
    throw new InputError(`read: ${path}: line ${line}: expected text in UTF-8; convert it: iconv -f latin1 -t utf-8`, {
      cause,
    });
  }
}

async function headOf(database: Database, path: string): Promise<Uint8Array> {
  if (/\.gz$/i.test(path)) return unpacked(path, zlib.createGunzip());
  if (!/\.zst$/i.test(path)) return unpacked(path, undefined);
  if ("createZstdDecompress" in zlib && typeof zlib.createZstdDecompress === "function")
    return unpacked(path, zlib.createZstdDecompress());
  // Node 20 has no zstd: DuckDB reads the lines, whose ends are then unknown and taken as "\n".
  const rows = await database.run(
    `FROM read_csv(${pathLiteral(path)}, delim = '\x01', quote = '', escape = '', header = false, auto_detect = false,
     strict_mode = false, columns = {'line': 'VARCHAR'}) LIMIT 100`,
  );
  return new TextEncoder().encode(rows.map(([line]) => `${line ?? ""}\n`).join(""));
}

async function unpacked(path: string, unpack: NodeJS.ReadWriteStream | undefined): Promise<Uint8Array> {
  const file = createReadStream(path, { end: headBytes - 1 });
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of unpack ? file.pipe(unpack) : file) {
      parts.push(part as Buffer);
      size += (part as Buffer).length;
      if (size >= headBytes) break;
    }
  } catch (cause) {
    // The compressed head was cut on purpose: what came out before that is what is wanted.
    const cut = cause instanceof Error && "code" in cause && cause.code === "Z_BUF_ERROR";
    if (!cut || size === 0)
      throw /\.zst$/i.test(path)
        ? notUnpacked(path, "zstd", cause as Error)
        : new InputError(`read: ${path}: expected a readable file, got "${(cause as Error).message}"`, { cause });
  } finally {
    file.destroy();
  }
  return Buffer.concat(parts).subarray(0, headBytes);
}
