import { InputError } from "../errors/index.ts";
import { shown } from "./quote.ts";
import type { Selected } from "./selection.ts";

/**
 * The error about a value that a column must not contain: column, row from 1, value, remedy. Kinds are inferred from all
 * rows, so it is met where rows are scored: by then the kind of a column can only be changed by another fit.
 */
export function misfit(
  name: string,
  row: number,
  as: Selected["as"],
  value: unknown,
  from: "file" | "memory",
): InputError {
  const text = plainText(value);
  const at = `read: column ${JSON.stringify(name)}: row ${row}:`;
  if (as === "number" && /^\s*[+-]?\d{16,}\s*$/.test(text))
    return new InputError(
      `${at} expected an integer of at most 2^53, got ${text}; fit anew with --column ${name}=category`,
    );
  const expected = { number: "a number", boolean: "true or false", timestamp: "a time", text: "text" }[as];
  const remedy =
    from === "file"
      ? `pass --missing ${shown(text)} if it stands for a missing value`
      : "write null for a missing value";
  return new InputError(
    `${at} expected ${expected}, got ${shown(text)}; ${remedy}, leave such rows out, or fit anew with --column ${name}=category or --ignore ${name}`,
  );
}

function plainText(value: unknown): string {
  return typeof value === "object" && value !== null ? (Array.isArray(value) ? "a list" : "an object") : String(value);
}
