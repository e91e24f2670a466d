import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { InputError } from "../../errors/index.ts";

/** What a run needs to go on where it stopped: small facts, and vectors by name. */
export interface Checkpoint<F> {
  /** Of the run it belongs to: equal runs, equal identities. */
  readonly identity: string;
  readonly facts: F;
  readonly vectors: Readonly<Record<string, Float32Array>>;
}

const MAGIC = "unseen checkpoint 1\n";
const REMEDY = "delete it to start anew, or give another path";

/**
 * Writes a checkpoint beside its path and renames it, so that a killed process leaves the one before. A line of JSON, then
 * the vectors as they are in memory. Throws an InputError where the system refuses.
 */
export async function writeCheckpoint<F>(path: string, { identity, facts, vectors }: Checkpoint<F>): Promise<void> {
  const sizes = Object.entries(vectors).map(([name, { length }]) => [name, length]);
  const head = Buffer.from(`${MAGIC}${JSON.stringify({ identity, facts, sizes })}\n`);
  const parts = Object.values(vectors).map((v) => Buffer.from(v.buffer, v.byteOffset, v.byteLength));
  const beside = `${path}.part-${process.pid}`;
  try {
    await writeFile(beside, Buffer.concat([head, ...parts]), { flush: true });
    await rename(beside, path);
  } catch (cause) {
    throw refused(path, "written", cause);
  } finally {
    await rm(beside, { force: true }).catch(() => {}); // it is gone once renamed
  }
}

/**
 * The checkpoint at a path, or null where there is none. Throws an InputError on one that is damaged or belongs to
 * another run: other data, options, key or version.
 */
export async function readCheckpoint<F>(path: string, identity: string): Promise<Checkpoint<F> | null> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return null;
    throw refused(path, "read", cause);
  });
  if (bytes === null) return null;
  if (bytes.toString("utf8", 0, MAGIC.length) !== MAGIC)
    throw new InputError(
      `checkpoint: ${path}: expected a checkpoint, or no file yet, got another file; give another path`,
    );
  const checkpoint = parse<F>(bytes);
  if (!checkpoint) throw new InputError(`checkpoint: ${path}: expected a checkpoint, got a damaged one; ${REMEDY}`);
  if (checkpoint.identity !== identity)
    throw new InputError(
      `checkpoint: ${path}: expected one of this run, got one of other data, options or key; ${REMEDY}`,
    );
  return checkpoint;
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "its folder does not exist; make it first",
  ENOTDIR: "its folder is a file",
  EISDIR: "it is a folder; give the path of a file",
  EACCES: "the system does not allow it; give another path",
  EPERM: "the system does not allow it; give another path",
  EROFS: "the disk is read-only; give another path",
  ENOSPC: "the disk is full; make room, or give another path",
};

function refused(path: string, verb: "read" | "written", cause: unknown): InputError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const reason = reasons[code ?? ""] ?? `the system said "${message}"`;
  return new InputError(`checkpoint: ${path}: expected a file that can be ${verb}, but ${reason}`, { cause });
}

/** What stands after the first line; null where it is damaged. */
function parse<F>(bytes: Buffer): Checkpoint<F> | null {
  const from = bytes.indexOf("\n", MAGIC.length) + 1;
  if (from === 0) return null;
  try {
    const head = JSON.parse(bytes.toString("utf8", MAGIC.length, from)) as {
      identity: string;
      facts: F;
      sizes: [string, number][];
    };
    let at = from;
    const vectors = head.sizes.map(([name, length]) => {
      const data = new Uint8Array(bytes.subarray(at, at + 4 * length));
      at += 4 * length;
      return [name, new Float32Array(data.buffer, 0, length)] as const;
    });
    if (at !== bytes.length) return null;
    return { identity: head.identity, facts: head.facts, vectors: Object.fromEntries(vectors) };
  } catch {
    return null; // the caller says that it is damaged
  }
}
