import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { checkSignal, InputError } from "../errors/index.ts";

/**
 * Throws an InputError unless a .gz file is whole: DuckDB takes one that was cut off for a shorter one, without an
 * error. Unpacks it once. O(bytes).
 */
export async function requireWhole(path: string, signal?: AbortSignal): Promise<void> {
  if (!/\.gz$/i.test(path)) return;
  try {
    const drain = async (parts: AsyncIterable<Buffer>) => {
      for await (const _ of parts);
    };
    await pipeline(createReadStream(path), createGunzip(), drain, { signal });
  } catch (cause) {
    checkSignal(signal, "read");
    throw notUnpacked(path, "gzip", cause as Error);
  }
}

/** Why a packed file cannot be read. */
export function notUnpacked(path: string, packer: "gzip" | "zstd", cause: Error): InputError {
  const cut = /unexpected end of file/.test(cause.message);
  const got = cut ? "one that is cut off" : `"${cause.message}"`;
  const remedy = cut ? "copy it again" : "if it is not packed, rename it without that ending";
  return new InputError(`read: ${path}: expected a whole file packed with ${packer}, got ${got}; ${remedy}`, { cause });
}
