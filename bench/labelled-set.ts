import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { InputError } from "../src/errors/index.ts";
import { type NumericSet, openDataFolder, readNumericSet } from "../src/evaluate/index.ts";

/** A data set of numbers with the truth about its rows. */
export interface LabelledSet extends NumericSet {
  readonly name: string;
}

/** Reads a set of the data folder. Rows without a split are all in `train`. */
export async function readSet(name: string): Promise<LabelledSet> {
  const { path, entries } = openDataFolder(dataFolder());
  const entry = entries.find((entry) => entry.name === name);
  if (!entry) throw new InputError(`bench: set: expected a name in manifest.json, got ${JSON.stringify(name)}`);
  return { name, ...(await readNumericSet(join(path, entry.file))) };
}

/** The folder of real data: UNSEEN_DATA, or ../shared/data beside the repository. */
export function dataFolder(): string {
  const repository = dirname(dirname(fileURLToPath(import.meta.url)));
  const folder = resolve(process.env["UNSEEN_DATA"] ?? join(repository, "../shared/data"));
  if (existsSync(join(folder, "manifest.json"))) return folder;
  throw new InputError(
    `bench: data: expected manifest.json in ${folder}, got none; set UNSEEN_DATA to the data folder`,
  );
}
