/**
 * What a text cell says: a number, a missing value, a boolean, a point in time.
 *
 * Each reading has a twin in SQL (`spellings-sql.ts`) that a test holds equal to it.
 */

/** Missing values in columns of numbers, booleans and times, in any case. In columns of text they are text. */
export const missingWords: readonly string[] = ["", "na", "n/a", "nan", "null", "none", "?", "-"];

export const trueWords: readonly string[] = ["true", "t", "yes", "y", "1"];
export const falseWords: readonly string[] = ["false", "f", "no", "n", "0"];

/** Words by which a text column shows that it holds booleans: 0, 1, y and n could mean something else. */
export const booleanWords: readonly string[] = ["true", "false", "yes", "no", "t", "f"];

const blanks = "[ \\t\\n\\v\\f\\r]*";
const number = new RegExp(`^${blanks}[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?${blanks}$`);
const infinity = new RegExp(`^${blanks}([+-]?)(inf|infinity)${blanks}$`, "i");
const outerBlanks = new RegExp(`^${blanks}|${blanks}$`, "g");

/** A date, or a date and a time with seconds, fraction and zone left out or not: ISO 8601, also with `/`. */
export const timePattern =
  "(\\d{4})[-/](\\d{1,2})[-/](\\d{1,2})([T ]([01]?\\d|2[0-3]):([0-5]\\d)(:([0-5]\\d)(\\.\\d+)?)?( ?UTC|Z|([+-])(\\d{2})(:?(\\d{2}))?)?)?";
const time = new RegExp(`^${timePattern}$`);

/** The text without blanks around it. */
export function trimmed(text: string): string {
  return text.replace(outerBlanks, "");
}

/** Whether the text is one of the default spellings of a missing value. */
export function isMissingWord(text: string): boolean {
  return missingWords.includes(trimmed(text).toLowerCase());
}

/** The number a text spells, ±∞ included; undefined when it spells none. `1_000`, `1,5` and `0x1F` are no numbers. */
export function numberOf(text: string): number | undefined {
  if (number.test(text)) return Number(trimmed(text));
  const match = infinity.exec(text);
  return match ? (match[1] === "-" ? -Infinity : Infinity) : undefined;
}

/** 1, 0, or undefined when the text is no spelling of a boolean. */
export function booleanOf(text: string): number | undefined {
  const word = trimmed(text).toLowerCase();
  return trueWords.includes(word) ? 1 : falseWords.includes(word) ? 0 : undefined;
}

/** Seconds since 1970 UTC; a time without a zone is UTC. Undefined when the text is no time. Cut to microseconds. */
export function secondsOf(text: string): number | undefined {
  const match = time.exec(trimmed(text));
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = [1, 2, 3, 5, 6, 8].map((i) => Number(match[i] ?? 0));
  if (month < 1 || month > 12 || day < 1 || day > new Date(Date.UTC(year, month, 0)).getUTCDate()) return undefined;
  const fraction = Math.floor(Number(`0${match[9] ?? ""}`) * 1e6 + 1e-3);
  const zone = (Number(match[12] ?? 0) * 60 + Number(match[14] ?? 0)) * 60 * (match[11] === "-" ? -1 : 1);
  const start = new Date(0);
  start.setUTCFullYear(year, month - 1, day);
  const whole = start.getTime() / 1000 + hour * 3600 + minute * 60 + second - zone;
  return (whole * 1e6 + fraction) / 1e6;
}
