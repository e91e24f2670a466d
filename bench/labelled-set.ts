import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { openSource } from "../src/data/index.ts";
import { InputError } from "../src/errors/index.ts";
import { fromColumns, type Matrix } from "../src/numeric/index.ts";

/** A data set of numbers with the truth about its rows. */
export interface LabelledSet {
  readonly name: string;
  /** n × d, finite: a missing value is 0, as in the reference. (None of the 136 OddBench sets has any.) */
  readonly rows: Matrix;
  /** 1 = anomalous. */
  readonly labels: Uint8Array;
  /** Rows of the fixed split, where the set has one. */
  readonly train: Uint32Array;
  readonly test: Uint32Array;
}

/** The names of a group of sets in the manifest: "oddbench" or "adbench". */
export function setNames(group: string): readonly string[] {
  return manifest()
    .filter((entry) => entry.group === group)
    .map((entry) => entry.name)
    .sort();
}

/** Reads a set of the data folder. Rows without a split are all in `train`. */
export async function readSet(name: string): Promise<LabelledSet> {
  const entry = manifest().find((entry) => entry.name === name);
  if (!entry) throw new InputError(`bench: set: expected a name in manifest.json, got ${JSON.stringify(name)}`);
  using source = await openSource(join(dataFolder(), entry.file), { sql: ALL_DOUBLES });
  const numbers = source.columns.filter((column) => column.name !== "label" && column.name !== "split");
  const table = await source.read([
    ...numbers.map((column) => ({ name: column.name, as: "number" as const })),
    { name: "label", as: "number" },
  ]);
  const columns = table.columns.map((column) => column.values as Float64Array);
  const features = columns.slice(0, -1).map((column) => column.map((x) => (Number.isFinite(x) ? x : 0)));
  const split = source.columns.some((column) => column.name === "split")
    ? (await source.read([{ name: "split", as: "text" }])).columns[0].values
    : new Array<string>(table.rows).fill("train");
  const places = Uint32Array.from({ length: table.rows }, (_, row) => row);
  return {
    name,
    rows: fromColumns(table.rows, features),
    labels: Uint8Array.from(columns[columns.length - 1]),
    train: places.filter((row) => split[row] === "train"),
    test: places.filter((row) => split[row] === "test"),
  };
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

/** Integers past 2^53, which a column of numbers refuses, are rounded. */
const ALL_DOUBLES =
  "select columns(c -> c not in ('label', 'split'))::double, columns(c -> c in ('label', 'split')) from input";

interface ManifestEntry {
  readonly name: string;
  readonly group: string;
  readonly file: string;
}

function manifest(): readonly ManifestEntry[] {
  return JSON.parse(readFileSync(join(dataFolder(), "manifest.json"), "utf8"));
}
