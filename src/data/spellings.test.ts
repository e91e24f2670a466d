import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Database, openDatabase } from "./database.ts";
import { literal } from "./quote.ts";
import { booleanOf, isMissingWord, numberOf, secondsOf } from "./spellings.ts";
import { booleanSql, isMissingWordSql, nan, numberSql, secondsSql } from "./spellings-sql.ts";

let database: Database;
beforeAll(async () => {
  database = await openDatabase((error) => error);
});
afterAll(() => database.close());

async function inSql(expression: (t: string) => string, texts: readonly string[]) {
  const list = texts.map((text, i) => `(${i}, ${literal(text)})`).join(", ");
  const rows = await database.run(`SELECT ${expression("t")} FROM (VALUES ${list}) v(i, t) ORDER BY i`);
  return rows.map(([value]) => value ?? undefined);
}

const blank = fc.constantFrom("", " ", "\t", " \r\n");
const around = (text: fc.Arbitrary<string>) => fc.tuple(blank, text, blank).map((parts) => parts.join(""));
const numberLike = around(
  fc.oneof(
    fc.double().map(String),
    fc.string({ unit: fc.constantFrom(..."0123456789.eE-_x,"), maxLength: 6 }),
    fc.constantFrom("inf", "+Infinity", "-INF", "1_000", "0x1F", "1e400", "-1e-400", "1d", "٣", "1,5", "true"),
  ),
).filter((text) => !/[+-]{2}/.test(text));

it("a number in SQL is a number in JavaScript", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(numberLike, { minLength: 1, maxLength: 50 }), async (texts) => {
      const found = await inSql((t) => `nullif(${numberSql(t)}, ${nan})`, texts);
      expect(found).toEqual(texts.map((text) => numberOf(text)));
    }),
  );
});

it("24 in minutes is no hour", async () => {
  expect(await inSql(secondsSql, ["1970-01-01 10:24:00", "1970-01-01 24:00:00"])).toEqual([37440, undefined]);
});

it("missing words and booleans in SQL are those in JavaScript", async () => {
  const word = around(
    fc.constantFrom("", "NA", "n/a", "Null", "NONE", "?", "-", "nan", "--", "yes", "T", "0", "No", "nope", "a?"),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(word, { minLength: 1 }), async (texts) => {
      expect(await inSql(isMissingWordSql, texts)).toEqual(texts.map(isMissingWord));
      expect(await inSql(booleanSql, texts)).toEqual(texts.map(booleanOf));
    }),
  );
});

it("a time in SQL is a time in JavaScript", async () => {
  const two = fc.integer({ min: 0, max: 62 }).map((i) => String(i).padStart(2, "0"));
  const time = fc
    .record({
      year: fc.integer({ min: 1000, max: 3000 }),
      month: fc.integer({ min: 0, max: 13 }),
      day: fc.integer({ min: 0, max: 32 }),
      separator: fc.constantFrom("-", "/"),
      clock: fc.oneof(
        fc.constant(""),
        fc.tuple(fc.constantFrom("T", " "), two, fc.constant(":"), two).map((p) => p.join("")),
      ),
      seconds: fc.oneof(
        fc.constant(""),
        two.map((s) => `:${s}`),
        two.map((s) => `:${s}.123456`),
      ),
      zone: fc.constantFrom("", "Z", "+02", "-0330", "+05:30", " UTC"),
    })
    .map(({ year, month, day, separator: s, clock, seconds, zone }) =>
      clock ? `${year}${s}${month}${s}${day}${clock}${seconds}${zone}` : `${year}${s}${month}${s}${day}`,
    );
  await fc.assert(
    fc.asyncProperty(fc.array(time, { minLength: 1, maxLength: 50 }), async (texts) => {
      const found = await inSql(secondsSql, texts);
      texts.forEach((text, i) => {
        const expected = secondsOf(text);
        if (expected === undefined) expect([text, found[i]]).toEqual([text, undefined]);
        else expect(found[i], text).toBeCloseTo(expected, 5);
      });
    }),
  );
});
