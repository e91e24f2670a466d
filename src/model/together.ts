import { type ColumnProfile, type Source, unknownColumn } from "../data/index.ts";
import { InputError } from "../errors/index.ts";

/** How rows hang together, a value a row: which group it is of, or when it was. */
export type Together =
  | { readonly kind: "groups"; readonly column: string; readonly values: readonly string[] }
  | { readonly kind: "time"; readonly column: string; readonly values: Float64Array };

interface Asked {
  readonly group?: string;
  readonly time?: string;
  readonly signal?: AbortSignal;
}

/** The column that was named by --group or --time, if any. Throws an InputError on both. */
export function togetherColumn({ group, time }: Omit<Asked, "signal">): string | null {
  if (group !== undefined && time !== undefined)
    throw new InputError(
      "fit: expected --group or --time, got both; pass --time where new rows come later, --group where they come from new groups",
    );
  return group ?? time ?? null;
}

/**
 * The groups or times of a source's rows, in their order; null when neither is asked for. Throws an InputError on a column
 * that is not there, on text where times are expected, and on a missing value, with its row (from 1, of the rows that
 * are learned from).
 */
export async function readTogether(source: Source, options: Asked): Promise<Together | null> {
  const column = togetherColumn(options);
  if (column === null) return null;
  const { group, signal } = options;
  const who = `fit: ${group === undefined ? "--time" : "--group"}`;
  const names = source.columns.map(({ name }) => name);
  if (!names.includes(column)) throw new InputError(`${who}: ${unknownColumn(column, names)}`);
  const as =
    group === undefined ? timeType(who, (await source.profile(signal)).find(({ name }) => name === column)!) : "text";
  const [{ values }] = (await source.read([{ name: column, as }], { signal })).columns;
  const missing = (value: string | number | null) => value === null || Number.isNaN(value);
  const row = Array.prototype.findIndex.call(values, missing);
  if (row >= 0) {
    const count = Array.prototype.filter.call(values, missing).length;
    throw new InputError(
      `${who}: column "${column}": ${count} of ${values.length} values ${count === 1 ? "is" : "are"} missing, first in row ${row + 1}; drop such rows with --where '"${column}" is not null', or fill them in with --sql`,
    );
  }
  if (group !== undefined) return { kind: "groups", column, values: values as readonly string[] };
  return { kind: "time", column, values: values as Float64Array };
}

/** The groups or times of some of the rows. */
export function takeTogether(together: Together, rows: Uint32Array): Together {
  if (together.kind === "groups") return { ...together, values: Array.from(rows, (row) => together.values[row]) };
  return { ...together, values: Float64Array.from(rows, (row) => together.values[row]) };
}

/** How a column tells time: by numbers, or by times. Throws an InputError on others. */
function timeType(who: string, profile: ColumnProfile): "number" | "timestamp" {
  const { name, type, rows, missing, missingWords, numeric, timestamps, beyondExact, float, examples } = profile;
  const typed = rows - missing - missingWords;
  const refuse = (got: string, remedy: string) =>
    new InputError(
      `${who}: column "${name}": expected numbers or times such as 2024-01-31 10:20:30, got ${got}; ${remedy}`,
    );
  if (type === "timestamp" || (typed > 0 && timestamps === typed)) return "timestamp";
  if (beyondExact > 0 && !float)
    throw refuse(
      "integers past 2^53",
      `make seconds of them: --sql 'select * replace ("${name}" / 1e9 as "${name}") from input'`,
    );
  if (type !== "boolean" && typed > 0 && numeric === typed) return "number";
  const texts = examples.slice(0, 3).map((text) => JSON.stringify(text));
  throw refuse(
    type === "nested" || type === "boolean"
      ? `${type === "nested" ? "lists or objects" : "booleans"}`
      : `text (${texts.join(", ")})`,
    "convert it with --sql, or name another column",
  );
}
