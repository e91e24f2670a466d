import { writeFile } from "node:fs/promises";
import { InputError } from "../../errors/index.ts";
import type { InputKind } from "../../prepare/index.ts";
import { replaceFile } from "../replace-file.ts";
import type { Synthesized } from "./synthesize.ts";

/** What stands behind the columns of made rows. */
const ADDED = ["family", "generator_row", "radius", "score"] as const;

type Cell = string | number | boolean | null;

/**
 * Writes made rows as .csv or .jsonl, beside the path first: the model's columns in its order, each value as a file of such rows would
 * have it (true and false, times in UTC, nothing for missing), then `family`, `generator_row`, `radius` and `score`, with
 * the prefix before each. Throws an InputError on another ending and on a name that the rows have.
 */
export async function writeMade(path: string, made: Synthesized, prefix = ""): Promise<void> {
  const json = checkMade(
    path,
    made.columns.map(({ name }) => name),
    prefix,
  );
  const names = [...made.columns.map(({ name }) => name), ...ADDED.map((name) => `${prefix}${name}`)];
  const cells = made.columns.map(({ kind }, c) => cellsOf(made.table.columns[c].values, kind));
  const rows = made.families.map((family, i): Cell[] => [
    ...cells.map((column) => column(i)),
    family,
    made.generatorRows[i] === 0 ? null : made.generatorRows[i],
    Number(made.radii[i].toPrecision(6)),
    made.scores[i],
  ]);
  const text = json
    ? rows.map((row) => JSON.stringify(Object.fromEntries(row.map((value, c) => [names[c], value]))))
    : [names.map(quoted).join(","), ...rows.map((row) => row.map(csvCell).join(","))];
  await replaceFile(path, (beside) => writeFile(beside, `${text.join("\n")}\n`));
}

/** Whether the path is one of JSON lines; throws an InputError where made rows cannot be written there. */
export function checkMade(path: string, columns: readonly string[], prefix = ""): boolean {
  if (!/\.(csv|jsonl)$/i.test(path))
    throw new InputError(
      `synthesize: --output: expected a path that ends in .csv or .jsonl, got "${path}"; change the ending`,
    );
  const taken = ADDED.map((name) => `${prefix}${name}`).find((name) => columns.includes(name));
  if (taken !== undefined)
    throw new InputError(
      `synthesize: column ${JSON.stringify(taken)}: expected a free name, got one that the rows have; pass --prefix made_`,
    );
  return /\.jsonl$/i.test(path);
}

function cellsOf(values: ArrayLike<number | string | null>, kind: InputKind): (row: number) => Cell {
  if (kind === "boolean") return (row) => ([false, true] as const)[values[row] as number] ?? null;
  if (kind === "timestamp") {
    const dates = Array.from(values).every((x) => Number.isNaN(x) || (x as number) % 86_400 === 0);
    return (row) => (Number.isNaN(values[row]) ? null : timeText(values[row] as number, dates));
  }
  return (row) => (Number.isNaN(values[row]) ? null : values[row]);
}

/** Seconds since 1970 as 2024-01-31, or 2024-01-31 10:20:30.5, in UTC. */
function timeText(seconds: number, date: boolean): string {
  const text = new Date(Math.round(seconds * 1000)).toISOString();
  return date ? text.slice(0, 10) : text.replace("T", " ").replace(/(\.000)?Z$/, "");
}

function csvCell(value: Cell): string {
  return value === null ? "" : typeof value === "string" ? quoted(value) : String(value);
}

/** Text with what a CSV file takes for something else in it, or that would read as a missing value, in quotes. */
function quoted(text: string): string {
  return /[",\r\n]|^\s|\s$|^$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
