import type { JsonLinesBatch } from "../data/index.ts";
import { InputError } from "../errors/index.ts";
import type { RowScore } from "../model/index.ts";
import { keepOption } from "./decision-flags.ts";
import type { ScoreFlags } from "./score-flags.ts";

/** What goes into the lines of a scored pipe. */
export interface ScoredLineOptions {
  readonly keep: "all" | "none" | readonly string[];
  readonly only: "all" | "flagged";
  readonly prefix: string;
}

export function scoredLineOptions(flags: ScoreFlags): ScoredLineOptions {
  return { keep: keepOption(flags), only: flags.only ?? "all", prefix: flags.prefix ?? "" };
}

/**
 * One line of output: the input's object as it came with `score`, `p_value` and `flagged` appended, and where the model knows
 * classes `nearest_class`, null for a row that is not flagged. `number` is the
 * row's, from 1, written in place of the input's columns with keep "none".
 *
 * Throws an InputError where the object has such a name already, or lacks one that is kept.
 */
export function scoredLine(
  batch: JsonLinesBatch,
  i: number,
  number: number,
  { score, pValue, flagged, nearestClass }: RowScore,
  { keep, prefix }: ScoredLineOptions,
): string {
  const row = batch.rows[i];
  const place = `score: standard input: line ${batch.firstLine + i}:`;
  const added: Record<string, unknown> = {
    ...(keep === "none" && { [`${prefix}row`]: number }),
    [`${prefix}score`]: score,
    [`${prefix}p_value`]: pValue,
    [`${prefix}flagged`]: flagged,
    ...(nearestClass !== undefined && { [`${prefix}nearest_class`]: flagged ? nearestClass : null }),
  };
  const names = keep === "all" ? Object.keys(row) : keep === "none" ? [] : keep;
  for (const name of names)
    if (Object.hasOwn(added, name))
      throw new InputError(
        `${place} column "${name}": expected a free name, got one that the row has; pass --prefix unseen_`,
      );
  const end = JSON.stringify(added).slice(1);
  if (keep === "all") {
    // The text as it came: numbers keep all their digits.
    const start = batch.raw[i].trim().slice(0, -1).trimEnd();
    return `${start}${start === "{" ? "" : ","}${end}\n`;
  }
  const own = names.map((name) => `${JSON.stringify(name)}:${keptText(row, name, place)},`).join("");
  return `{${own}${end}\n`;
}

function keptText(row: Readonly<Record<string, unknown>>, name: string, place: string): string {
  const value = keptValue(row, name, place);
  try {
    return JSON.stringify(value);
  } catch (cause) {
    throw new InputError(
      `${place} --keep: column "${name}": expected values nested less deep; drop --keep, which leaves rows as they came`,
      { cause },
    );
  }
}

function keptValue(row: Readonly<Record<string, unknown>>, name: string, place: string): unknown {
  const value = row[name];
  if (!Object.hasOwn(row, name))
    throw new InputError(`${place} --keep: expected a value for "${name}", got none; keep other columns`);
  if (Number.isInteger(value) && !Number.isSafeInteger(value))
    throw new InputError(
      `${place} --keep: column "${name}": expected integers of at most 2^53, got a larger one; drop --keep, which leaves rows as they came`,
    );
  return value;
}
