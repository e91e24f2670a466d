import { InputError } from "../errors/index.ts";
import { shown } from "./quote.ts";
import type { Selected } from "./selection.ts";

/** The error about a value that a column must not contain: column, row from 1, value, remedy. */
export function misfit(name: string, row: number, as: Selected["as"], value: unknown): InputError {
  const text = typeof value === "string" ? value : String(value);
  const at = `read: column ${JSON.stringify(name)}: row ${row}:`;
  if (as === "number" && /^\s*[+-]?\d{16,}\s*$/.test(text))
    return new InputError(`${at} expected an integer of at most 2^53, got ${text}; pass --column ${name}=category`);
  const expected = { number: "a number", boolean: "true or false", timestamp: "a time", text: "text" }[as];
  return new InputError(
    `${at} expected ${expected}, got ${shown(value)}; pass --missing ${shown(value)} if it stands for a missing value, or --column ${name}=category, or --ignore ${name}`,
  );
}
