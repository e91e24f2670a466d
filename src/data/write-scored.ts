import { randomUUID } from "node:crypto";
import { accessSync, constants, createReadStream, existsSync, realpathSync, statSync } from "node:fs";
import { copyFile, link, mkdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { checkSignal, InputError, Interrupted } from "../errors/index.ts";
import { type FileStamps, requireUnchanged } from "./file-stamps.ts";
import { copyOptions, type OutputFormat, outputFormat } from "./output-format.ts";
import { outputPart } from "./output-part.ts";
import { literal } from "./quote.ts";
import { behindLinks } from "./remains.ts";
import type { ScoreStore } from "./score-store.ts";
import { type ScoredColumns, scoredQuery } from "./scored-query.ts";
import type { Source } from "./source.ts";
import type { FileFormat } from "./source-options.ts";

export interface WriteOptions extends ScoredColumns {
  /** Flag rows whose p-value is at most this, or the decisions themselves, 1 for flagged. */
  readonly flagged: number;
  /** When the ending of the path does not tell; for {@link streamScored} CSV is the default. */
  readonly format?: FileFormat;
  /** What the source's files were when they were scored: they must still be that. */
  readonly stamps?: FileStamps;
  readonly signal?: AbortSignal;
}

export interface Written {
  /** Rows in the output. */
  readonly rows: number;
}

/**
 * Writes the input's columns as they came with `score`, `p_value` and `flagged`, in input order, as .csv, .tsv, .jsonl
 * (also .gz, .zst) or .parquet. The file is written beside under another name and renamed, and removed on failure.
 *
 * Cells of CSV are the same texts, but quoted anew only where they need it. Throws an InputError when the path cannot
 * be written or is the input's, and when a name is unknown or taken.
 */
export async function writeScored(
  source: Source,
  scores: ScoreStore,
  options: WriteOptions & { readonly path: string },
): Promise<Written> {
  const path = checkPath(options.path, source.relation.files);
  const beside = outputPart(path);
  try {
    const written = await copy(source, scores, options, outputFormat(path, options.format), beside);
    checkSignal(options.signal, "write");
    await rename(beside, path);
    return written;
  } catch (error) {
    throw notWritten(error, options.path, basename(beside));
  } finally {
    await rm(beside, { force: true });
  }
}

/** An InputError where the system, not the input, is why a path cannot be written. */
function notWritten(error: unknown, path: string, beside: string): unknown {
  const { code, cause, message } = error as NodeJS.ErrnoException;
  const said = cause instanceof Error ? cause.message : message;
  const ours =
    /^E(?!RR_)/.test(code ?? "") || (/^IO Error/.test(said) && said.includes(beside)) || /No space left/.test(said);
  if (!ours) return error;
  const why = said.split("\n", 1)[0].replace(/"[^"]*"/, "the file");
  return new InputError(`write: ${path}: expected a path that can be written, got "${why}"; choose another`, {
    cause: error,
  });
}

/** Throws what {@link writeScored} would throw about path, format and names, before anything is scored. */
export function checkOutput(source: Source, options: Omit<WriteOptions, "flagged"> & { readonly path?: string }): void {
  if (options.path !== undefined) checkPath(options.path, source.relation.files);
  scoredQuery(source.relation, [], 0, options, outputFormat(options.path, options.format).format);
}

/** The same as bytes, for standard output: written to a private file first, which goes away when the stream ends. */
export async function* streamScored(
  source: Source,
  scores: ScoreStore,
  options: WriteOptions,
): AsyncGenerator<Uint8Array> {
  const { folder } = source.relation.database;
  await mkdir(folder, { recursive: true });
  const file = join(folder, randomUUID());
  try {
    await copy(source, scores, options, outputFormat(undefined, options.format), file);
    for await (const piece of createReadStream(file)) {
      checkSignal(options.signal, "write");
      yield piece as Uint8Array;
    }
  } finally {
    await rm(file, { force: true });
  }
}

/**
 * Writes the rows to a file. A sandboxed database (`--sql`, `--where`) may touch only its own folder: the scores are
 * linked there, and its file is copied.
 */
async function copy(
  source: Source,
  scores: ScoreStore,
  options: WriteOptions,
  format: OutputFormat,
  target: string,
): Promise<Written> {
  const { database, sandboxed } = source.relation;
  const flagged = finite(options.flagged);
  const stored = await scores.files();
  await mkdir(database.folder, { recursive: true });
  const own = () => join(database.folder, randomUUID());
  const file = sandboxed ? own() : target;
  const files = sandboxed ? stored.map((path) => (path.startsWith(database.folder) ? path : own())) : stored;
  const linked = files.filter((path, i) => path !== stored[i]);
  try {
    for (const [i, path] of files.entries()) if (path !== stored[i]) await linkOrCopy(stored[i], path);
    const query = scoredQuery(source.relation, files, flagged, options, format.format);
    const [[count]] = await database.run(
      `COPY (${query}) TO ${literal(file)} (${copyOptions(format)})`,
      options.signal,
    );
    if (options.stamps) requireUnchanged(source, options.stamps);
    if (options.only !== "flagged") requireRows(Number(count), scores.rows);
    if (file !== target) await copyFile(file, target);
    return { rows: Number(count) };
  } catch (error) {
    if (error instanceof Interrupted) throw new Interrupted("write: interrupted", { cause: error });
    throw error;
  } finally {
    for (const path of file === target ? linked : [...linked, file]) await rm(path, { force: true });
  }
}

/** Without the source read again to count its rows: a positional join is as long as the longer side. */
function requireRows(written: number, scored: number): void {
  if (written !== scored)
    throw new InputError(
      `write: expected as many rows as were scored, ${scored}, got ${written}; the input changed meanwhile: score it again`,
    );
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  await link(from, to).catch(() => copyFile(from, to)); // other file system, or one without links
}

/** A threshold as SQL can say it: no p-value is below 0 or above 1. */
function finite(threshold: number): number {
  if (Number.isNaN(threshold)) throw new InputError("write: flagged: expected a threshold in [0, 1], got NaN");
  return Math.min(Math.max(threshold, -1), 2);
}

function checkPath(given: string, inputs: readonly string[]): string {
  const path = behindLinks(given);
  const folder = dirname(path);
  if (!existsSync(folder))
    throw new InputError(`write: ${given}: expected an existing folder, ${folder}; make it first`);
  if (existsSync(path)) {
    if (statSync(path).isDirectory()) throw new InputError(`write: ${given}: expected a file, got a folder`);
    if (!statSync(path).isFile())
      throw new InputError(`write: ${given}: expected a file, got a device or a pipe; drop -o and write > ${given}`);
    if (inputs.some((input) => realpathSync(input) === realpathSync(path)))
      throw new InputError(`write: ${given}: expected another path than the input's; the input would be lost`);
  }
  try {
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    throw new InputError(`write: ${given}: expected a folder that can be written, ${folder}`, { cause });
  }
  return path;
}
