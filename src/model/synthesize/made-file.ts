import { writeFile } from "node:fs/promises";
import { writeTime } from "../../data/index.ts";
import { InputError } from "../../errors/index.ts";
import type { InputColumn } from "../../prepare/index.ts";
import { replaceFile } from "../replace-file.ts";
import type { MadeChange } from "./changes.ts";
import type { Synthesized } from "./synthesize.ts";

/** What stands behind the columns of made rows. */
const ADDED = ["family", "generator_row", "changed", "radius", "score", "flagged"] as const;
/** Changes that are told one by one. */
const TOLD = 4;

type Cell = string | number | boolean | null;
/** A raw value as a file of such rows has it. */
type Writing = (value: number | string | null) => Cell;

/**
 * Writes made rows as .csv or .jsonl, beside the path first: the model's columns in its order, each value as the file that it
 * was fitted to has it (its words for true and false, its form of times, nothing for missing), then `family`,
 * `generator_row`, `changed`, `radius`, `score` and `flagged`, with the prefix before each. Throws an InputError on another
 * ending and on a name that the rows have.
 */
export async function writeMade(path: string, made: Synthesized, prefix = ""): Promise<void> {
  const columns = made.columns.map(({ name }) => name);
  const json = checkMade(path, columns, prefix);
  const names = [...columns, ...ADDED.map((name) => `${prefix}${name}`)];
  const writings = made.columns.map((column, c) => writingOf(column, made.table.columns[c].values));
  const rows = made.families.map((family, i): Cell[] => [
    ...writings.map((write, c) => write(made.table.columns[c].values[i])),
    family,
    made.generatorRows[i] === 0 ? null : made.generatorRows[i],
    changedText(made.changes[i], columns, writings),
    Number(made.radii[i].toPrecision(4)),
    made.scores[i],
    made.flagged[i] === 1,
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

/** `wind 4.7 → 15.1; weather sun → snow; 2 more`, the furthest moved first; null where there is nothing to tell. */
function changedText(
  changes: readonly MadeChange[],
  columns: readonly string[],
  writings: readonly Writing[],
): string | null {
  if (changes.length === 0) return null;
  const told = changes.slice(0, TOLD).map(({ column, from, to }) => {
    const [before, after] = [from, to].map((value) => writings[column](value) ?? "missing");
    return `${columns[column]} ${before} → ${after}`;
  });
  const more = changes.length - told.length;
  return [...told, ...(more > 0 ? [`${more} more`] : [])].join("; ");
}

function writingOf({ kind, form }: InputColumn, values: ArrayLike<number | string | null>): Writing {
  if (kind === "boolean") {
    const words = form?.split("/") ?? [];
    const written = words.length === 2 && form !== "false/true" ? words : [false, true];
    return (value) => written[value as number] ?? null;
  }
  if (kind === "timestamp") {
    const dates = Array.from(values).every((x) => Number.isNaN(x) || (x as number) % 86_400 === 0);
    return (value) =>
      Number.isNaN(value)
        ? null
        : form === undefined
          ? timeText(value as number, dates)
          : writeTime(value as number, form);
  }
  return (value) => (Number.isNaN(value) ? null : value);
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
