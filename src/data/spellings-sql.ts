/** The readings of `spellings.ts` as SQL expressions over a VARCHAR expression `t`. */
import { literal } from "./quote.ts";
import { booleanWords, falseWords, missingWords, numberOf, timePattern, trimmed, trueWords } from "./spellings.ts";

export const nan = "'nan'::DOUBLE";

const blanks = literal(" \t\n\v\f\r");
const trim = (t: string) => `trim(${t}, ${blanks})`;
// A pattern, not `IN (…)`: DuckDB turns lists into joins, which look at every row instead of the few that need it.
const oneOf = (t: string, words: readonly string[]) => {
  const choices = words.map((word) => word.replace(/[?/-]/g, "\\$&")).join("|");
  return `regexp_full_match(${t}, ${literal(`(?i)[ \\t\\n\\v\\f\\r]*(${choices})[ \\t\\n\\v\\f\\r]*`)})`;
};

/** Whether `t` is one of the default spellings of a missing value (null when `t` is). */
export function isMissingWordSql(t: string): string {
  return oneOf(t, missingWords);
}

/** `t`, and NULL where it is one of the spellings given by the user. */
export function withoutMissing(t: string, missing: readonly string[]): string {
  if (!missing.length) return t;
  const words = missing.map((word) => literal(trimmed(word))).join(", ");
  return `CASE WHEN list_contains([${words}], ${trim(t)}) THEN NULL ELSE ${t} END`;
}

/** A numeric `x`, and `otherwise` where it is one of the numbers among the spellings given by the user. */
export function withoutMissingNumbers(x: string, missing: readonly string[], otherwise: string): string {
  const numbers = missing.map(numberOf).filter((value) => value !== undefined && Number.isFinite(value));
  if (!numbers.length) return x;
  return `CASE WHEN list_contains([${numbers.map((n) => `'${n}'`).join(", ")}]::DOUBLE[], ${x}::DOUBLE) THEN ${otherwise} ELSE ${x} END`;
}

/** The number that `t` spells: NULL when it spells none, NaN for `nan`. DuckDB alone would read `1_000` as 1000. */
export function numberSql(t: string): string {
  return `CASE WHEN contains(${t}, '_') THEN NULL ELSE TRY_CAST(${t} AS DOUBLE) END`;
}

/** Whether `t` is written as an integer. */
export function isIntegerSql(t: string): string {
  return `regexp_full_match(${t}, '\\s*[+-]?\\d+\\s*')`;
}

/** 1, 0, or NULL when `t` is no spelling of a boolean. */
export function booleanSql(t: string): string {
  return `CASE WHEN ${oneOf(t, trueWords)} THEN 1::DOUBLE WHEN ${oneOf(t, falseWords)} THEN 0::DOUBLE END`;
}

/** Whether `t` is a word that only a boolean would be spelled with. */
export function isBooleanWordSql(t: string): string {
  return oneOf(t, booleanWords);
}

/** Seconds since 1970 UTC, or NULL when `t` is no time. A cast to TIMESTAMP would drop the zone: hence TIMESTAMPTZ, which wants seconds. */
export function secondsSql(t: string): string {
  const complete = `regexp_replace(${trim(t)}, '([T ]\\d{1,2}:\\d{2})( ?UTC|Z|[+-]|$)', '\\1:00\\2')`;
  const seconds = `epoch(TRY_CAST(${complete} AS TIMESTAMPTZ))`;
  return `CASE WHEN regexp_full_match(${trim(t)}, ${literal(timePattern)}) THEN ${seconds} END`;
}
