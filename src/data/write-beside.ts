import { randomUUID } from "node:crypto";
import { copyFile, mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { checkSignal, InputError } from "../errors/index.ts";
import { fillTable } from "./memory-table.ts";
import { copyOptions, outputFormat } from "./output-format.ts";
import { outputPart } from "./output-part.ts";
import { identifier, literal } from "./quote.ts";
import { behindLinks } from "./remains.ts";
import type { Source } from "./source.ts";

/**
 * Writes the input's columns as they came with columns of numbers behind them, in input order, as .csv, .tsv, .jsonl
 * (also .gz, .zst) or .parquet; beside under another name, and renamed. Throws an InputError on a name that the input
 * has. Numbers are one a row of the source.
 */
export async function writeBeside(
  source: Source,
  columns: Readonly<Record<string, Float64Array>>,
  path: string,
  signal?: AbortSignal,
): Promise<void> {
  const { relation } = source;
  const { database, sandboxed } = relation;
  checkNames(source, Object.keys(columns));
  const format = outputFormat(path);
  const target = behindLinks(path);
  const beside = outputPart(target);
  await mkdir(database.folder, { recursive: true });
  const file = sandboxed ? join(database.folder, randomUUID()) : beside;
  const added = `unseen_${randomUUID()}`;
  try {
    const values = Object.entries(columns).map(([name, values]) => ({ name, type: "number" as const, values }));
    await fillTable(
      database,
      added,
      values,
      values.map(({ name }) => name),
    );
    const query = `SELECT d.*, s.* FROM ${identifier(relation.name)} d POSITIONAL JOIN ${identifier(added)} s`;
    await database.run(`COPY (${query}) TO ${literal(file)} (${copyOptions(format)})`, signal);
    if (file !== beside) await copyFile(file, beside);
    checkSignal(signal, "write");
    await rename(beside, target);
  } finally {
    for (const one of new Set([file, beside])) await rm(one, { force: true });
    await database.run(`DROP TABLE IF EXISTS ${identifier(added)}`).catch(() => {}); // it goes with the database
  }
}

/** Throws an InputError where the input has a column of one of the names. */
export function checkNames(source: Source, names: readonly string[]): void {
  const taken = names.find((name) => source.columns.some((own) => own.name.toLowerCase() === name.toLowerCase()));
  if (taken !== undefined)
    throw new InputError(
      `write: column ${JSON.stringify(taken)}: expected a free name, got one that the input has; rename it with --sql`,
    );
}
