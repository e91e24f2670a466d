import { InputError } from "../errors/index.ts";
import type { Column, Table } from "../numeric/index.ts";
import type { ModelFile } from "./load.ts";

/**
 * The normal rows that a model file holds, raw, as a table with the manifest's columns in their order; null where it
 * holds none. They are rows of the calibration set: up to 512, drawn at random. The detector did not learn from them
 * where the manifest says `heldOut`.
 *
 * Throws an InputError where the file holds other columns, other counts or other kinds of values than its manifest
 * says, for nothing else has looked at them. O(rows × columns).
 */
export function readReferenceRows({ manifest, rows }: Pick<ModelFile, "manifest" | "rows">): Table | null {
  if (rows === null) return null;
  const { columns, referenceRows } = manifest;
  const stored = parsed(rows);
  const read = columns.map(({ name, kind }): Column => {
    const values = Object.hasOwn(stored, name) ? stored[name] : undefined;
    if (!Array.isArray(values)) return refuse(`no values of column ${JSON.stringify(name)}`);
    if (values.length !== referenceRows.rows)
      return refuse(
        `${values.length} values of column ${JSON.stringify(name)} where its manifest says ${referenceRows.rows}`,
      );
    if (kind === "category") return { name, type: "text", values: values.map((value) => textOf(value, name)) };
    return { name, type: "number", values: Float64Array.from(values, (value) => numberOf(value, name)) };
  });
  return { rows: referenceRows.rows, columns: read };
}

function parsed(rows: string): Readonly<Record<string, unknown>> {
  let json: unknown;
  try {
    json = JSON.parse(rows);
  } catch (cause) {
    return refuse("text that is not JSON", cause);
  }
  if (typeof json !== "object" || json === null) return refuse("no columns");
  return json as Readonly<Record<string, unknown>>;
}

function numberOf(value: unknown, name: string): number {
  if (value === null) return Number.NaN;
  if (typeof value === "number") return value;
  if (value === "Infinity") return Number.POSITIVE_INFINITY;
  if (value === "-Infinity") return Number.NEGATIVE_INFINITY;
  return refuse(`a value of column ${JSON.stringify(name)} that is no number`);
}

function textOf(value: unknown, name: string): string | null {
  if (value === null || typeof value === "string") return value;
  return refuse(`a value of column ${JSON.stringify(name)} that is no text`);
}

function refuse(what: string, cause?: unknown): never {
  throw new InputError(`load: the file's reference rows: ${what}; expected a file that \`unseen fit\` wrote`, {
    cause,
  });
}
