/** One value from memory as a selected column wants it. Undefined: the value does not fit. */
import { booleanOf, isMissingWord, numberOf, secondsOf, trimmed } from "./spellings.ts";
import { timeText } from "./time-text.ts";

const exact = 9007199254740992n;

/** A number, NaN when missing. Booleans are 0 and 1, dates are seconds, texts are read; bigints past 2^53 do not fit. */
export function numberCell(value: unknown, missing: readonly string[]): number | undefined {
  if (typeof value === "number") return value;
  if (value === null || value === undefined) return Number.NaN;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "bigint") return value <= exact && value >= -exact ? Number(value) : undefined;
  if (value instanceof Date) return value.getTime() / 1000;
  if (typeof value !== "string") return undefined;
  return isMissing(value, missing) ? Number.NaN : numberOf(value);
}

/** 0 or 1, NaN when missing. */
export function booleanCell(value: unknown, missing: readonly string[]): number | undefined {
  if (typeof value !== "string") {
    const number = value instanceof Date ? undefined : numberCell(value, missing);
    return number === undefined || number === 0 || number === 1 || Number.isNaN(number) ? number : undefined;
  }
  return isMissing(value, missing) ? Number.NaN : booleanOf(value);
}

/** Seconds since 1970 UTC, NaN when missing. Numbers are taken as seconds. */
export function timestampCell(value: unknown, missing: readonly string[]): number | undefined {
  if (typeof value !== "string") return typeof value === "boolean" ? undefined : numberCell(value, missing);
  return isMissing(value, missing) ? Number.NaN : secondsOf(value);
}

/** A text, null when missing. Numbers and booleans are written as JavaScript writes them. */
export function textCell(value: unknown, missing: readonly string[]): string | null | undefined {
  if (value === null || value === undefined || Number.isNaN(value)) return null;
  if (value instanceof Date) return timeText(value);
  if (typeof value === "object" || typeof value === "function" || typeof value === "symbol") return undefined;
  const text = String(value);
  return missing.length && missing.some((word) => trimmed(word) === trimmed(text)) ? null : text;
}

function isMissing(text: string, missing: readonly string[]): boolean {
  return isMissingWord(text) || missing.some((word) => trimmed(word) === trimmed(text));
}
