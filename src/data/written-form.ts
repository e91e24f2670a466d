import type { ColumnKind } from "./column-kind.ts";
import { booleanOf, falseWords, secondsOf, timePattern, trimmed, trueWords } from "./spellings.ts";

/**
 * How a column writes its values, from texts of it: times by a pattern such as `YYYY/M/D hh:mm`, booleans by their two words,
 * `no/yes`; undefined for other kinds, and where the texts are neither. No value of the column is in it.
 */
export function writtenForm(kind: ColumnKind, examples: readonly string[]): string | undefined {
  const texts = examples.map(trimmed);
  if (kind === "timestamp") return texts.map(timeForm).reduce(commonForm, undefined);
  if (kind !== "boolean") return undefined;
  return texts.map(wordsForm).find((form) => form !== undefined);
}

const time = new RegExp(`^${timePattern}$`);

function timeForm(text: string): string | undefined {
  const match = time.exec(text);
  if (!match || secondsOf(text) === undefined) return undefined;
  const [, , month, day, clock, hour, , seconds, , fraction, zone] = match;
  const two = (digits: string, letter: string) => (digits.length === 2 ? letter.repeat(2) : letter);
  const date = `YYYY${text[4]}${two(month, "M")}${text[4 + 1 + month.length]}${two(day, "D")}`;
  if (clock === undefined) return date;
  const parts = [two(hour, "h"), ":mm", seconds && ":ss", fraction && `.${"f".repeat(fraction.length - 1)}`, zone];
  return `${date}${clock[0]}${parts.filter((part) => part !== undefined).join("")}`;
}

/** The form that fits both: where some months have one digit, all are written so; the finer clock otherwise. */
function commonForm(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const finer = b.length > a.length ? b : a;
  const one = (letter: string) => [a, b].some((form) => form.includes(letter) && !form.includes(letter.repeat(2)));
  return (["M", "D", "h"] as const).reduce(
    (form, letter) => (one(letter) ? form.replace(letter.repeat(2), letter) : form),
    finer,
  );
}

/** Seconds since 1970 UTC in a form of `writtenForm`, its zone kept; as ISO 8601 has it where the form would lose something. */
export function writeTime(seconds: number, form: string): string {
  const text = inForm(seconds, form);
  return secondsOf(text) === seconds ? text : new Date(Math.round(seconds * 1000)).toISOString();
}

function inForm(seconds: number, form: string): string {
  const offset = /([+-])(\d{2}):?(\d{2})?$/.exec(/h/.test(form) ? form : "");
  const zone = offset ? (Number(offset[2]) * 60 + Number(offset[3] ?? 0)) * 60 * (offset[1] === "-" ? -1 : 1) : 0;
  const date = new Date(Math.round((seconds + zone) * 1000));
  const values: Readonly<Record<string, number>> = {
    Y: date.getUTCFullYear(),
    M: date.getUTCMonth() + 1,
    D: date.getUTCDate(),
    h: date.getUTCHours(),
    m: date.getUTCMinutes(),
    s: date.getUTCSeconds(),
  };
  return form.replace(/Y+|M+|D+|h+|m+|s+|f+/g, (token) =>
    token.startsWith("f")
      ? String(date.getUTCMilliseconds()).padStart(3, "0").padEnd(token.length, "0").slice(0, token.length)
      : String(values[token[0]]).padStart(token.length, "0"),
  );
}

function wordsForm(text: string): string | undefined {
  if (booleanOf(text) === undefined) return undefined;
  const word = text.toLowerCase();
  const place = Math.max(trueWords.indexOf(word), falseWords.indexOf(word));
  const inCase = (other: string) =>
    text === word
      ? other
      : text === text.toUpperCase()
        ? other.toUpperCase()
        : other[0].toUpperCase() + other.slice(1).toLowerCase();
  return `${inCase(falseWords[place])}/${inCase(trueWords[place])}`;
}
