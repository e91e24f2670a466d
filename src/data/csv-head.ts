import { createReadStream } from "node:fs";
import * as zlib from "node:zlib";
import { InputError } from "../errors/index.ts";
import type { Database } from "./database.ts";
import { pathLiteral } from "./quote.ts";

const headBytes = 1 << 20;

/** The first megabyte of a text file, unpacked (.gz, .zst), without its byte order mark. */
export async function readHead(database: Database, path: string): Promise<string> {
  const bytes = await headOf(database, path);
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    throw new InputError(`read: ${path}: expected text in UTF-8, got UTF-16; convert it: iconv -f utf-16 -t utf-8`);
  if (bytes.subarray(0, 4096).includes(0))
    throw new InputError(`read: ${path}: expected text, got a binary file; pass --format if its ending is wrong`);
  const text = new TextDecoder().decode(bytes);
  if (!/\S/.test(text)) throw new InputError(`read: ${path}: expected rows, got an empty file`);
  return text;
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
      throw new InputError(`read: ${path}: expected a readable file, got "${(cause as Error).message}"`, { cause });
  } finally {
    file.destroy();
  }
  return Buffer.concat(parts).subarray(0, headBytes);
}
