import { expect, it, test } from "vitest";
import {
  type ColumnKind,
  type Columns,
  inferSchema,
  openSource,
  type SchemaOverrides,
  type SourceOptions,
  selectionOf,
} from "./index.ts";

async function schemaOf(columns: Columns, overrides?: SchemaOverrides, options?: SourceOptions) {
  using source = await openSource(columns, options);
  return inferSchema(await source.profile(), overrides);
}

const n = 40;
const from = (value: (i: number) => unknown) => Array.from({ length: n }, (_, i) => value(i));

const kinds: [string, string, unknown[], ColumnKind, RegExp][] = [
  ["floats", "x", from((i) => Math.sin(i)), "numeric", /40 numbers, 40 different, from -0\.99/],
  ["increasing floats", "x", from((i) => i + 0.5), "numeric", /perhaps a clock/],
  ["few integers", "x", from((i) => i % 3), "numeric", /40 integers, 3 different, from 0 to 2/],
  ["numbers as text with missing words", "x", from((i) => (i % 9 ? `${i % 7}` : "n/a")), "numeric", /35 integers/],
  [
    "unique increasing integers",
    "x",
    from((i) => 1000 + 3 * i),
    "id",
    /each larger than the one before it; --column x=numeric would use it/,
  ],
  ["unique integers in disorder", "x", from((i) => (i * 17) % 41), "numeric", /integers/],
  ["the same, called id", "user_id", from((i) => (i * 17) % 41), "id", /name looks like an id/],
  ["seven increasing integers", "x", [1, 2, 3, 4, 5, 6, 7], "numeric", /7 integers/],
  ["texts that repeat", "x", from((i) => `c${i % 4}`), "category", /^4 distinct texts in 40 rows$/],
  [
    "nearly unique integers called id",
    "id",
    from((i) => (i === 39 ? 17 : (i * 17) % 41)),
    "id",
    /39 different among 40/,
  ],
  [
    "nearly unique integers called otherwise",
    "port",
    from((i) => (i === 39 ? 17 : (i * 17) % 41)),
    "numeric",
    /integers/,
  ],
  ["texts that all differ", "x", from((i) => `host-${i}`), "id", /they name the rows; --column x=category/],
  ["sentences", "x", from((i) => `the quick brown fox ${i}`), "text", /free text/],
  ["booleans", "x", from((i) => i % 2 === 0), "boolean", /40 booleans/],
  ["yes and no", "x", from((i) => (i % 5 ? "yes" : i % 2 ? "No" : "NA")), "boolean", /booleans/],
  [
    "times",
    "x",
    from((i) => `2024-01-01T00:00:${String(i).padStart(2, "0")}Z`),
    "timestamp",
    /each after the one before it/,
  ],
  ["dates", "x", from((i) => new Date(1e12 + (i % 9) * 1e6)), "timestamp", /40 times: /],
  ["one number", "x", from(() => 7), "constant", /one value \("7.*\) in 40 rows: any other will stand out/],
  [
    "one number called label",
    "label",
    from(() => 0),
    "constant",
    /the name is that of a label; --column label=numeric/,
  ],
  ["one boolean", "x", from(() => true), "constant", /any other will stand out/],
  ["one text", "x", from(() => "tcp"), "constant", /one value \("tcp"\) in 40 rows; --column x=category/],
  ["nothing", "x", from(() => null), "empty", /all 40 values are missing/],
  ["missing words only", "x", from((i) => (i % 2 ? "NA" : "-")), "empty", /missing \("-", "NA"\)/],
  ["objects", "x", from((i) => ({ i })), "nested", /--sql/],
  ["unique integers past 2^53", "x", from((i) => 2n ** 60n + BigInt((i * 17) % 41)), "id", /past 2\^53/],
  ["infinities", "x", from((i) => (i ? Math.sin(i) : Infinity)), "numeric", /1 infinite/],
];

test.each(kinds)("%s: column %s", async (_, name, values, kind, reason) => {
  const [column] = await schemaOf({ [name]: values });
  expect(column.kind).toBe(kind);
  expect(column.reason).toMatch(reason);
  expect(column.used).toBe(["numeric", "category", "boolean"].includes(kind) || column.as !== undefined);
});

const age = from((i) => (i === 5 ? "unknown" : i === 9 ? "none given" : `${i}`));

it("refuses numbers with text among them, unless told what they are", async () => {
  await expect(schemaOf({ age })).rejects.toThrow(
    'read: column "age": 2 of 40 values are text ("unknown", "none given"), first in row 6; pass --missing "unknown,none given", or --column age=category, or --ignore age',
  );
  expect((await schemaOf({ age }, {}, { missing: ["unknown", "none given"] }))[0]).toMatchObject({ missing: 2 });
  expect((await schemaOf({ age }, { columns: { age: "category" } }))[0]).toMatchObject({
    kind: "category",
    used: true,
    overridden: true,
  });
  expect((await schemaOf({ age }, { ignore: ["age"] }))[0]).toMatchObject({ used: false });
});

const refusals: [string, unknown[], SchemaOverrides, string][] = [
  [
    "an unknown column",
    [1, 2],
    { ignore: ["tme"] },
    'read: --ignore: expected the name of a column, got "tme"; did you mean "time"?',
  ],
  [
    "text as numbers",
    ["p", "q", "p"],
    { columns: { time: "numeric" } },
    'read: --column: time=numeric: expected numbers, got 3 texts ("p", "q"); pass --column time=category',
  ],
  [
    "text as times",
    ["p", "q"],
    { columns: { time: "timestamp" } },
    "read: --column: time=timestamp: expected times such as",
  ],
  [
    "text as booleans",
    ["p", "q"],
    { columns: { time: "boolean" } },
    "read: --column: time=boolean: expected true and false",
  ],
  [
    "repeated integers past 2^53",
    [2n ** 60n, 2n ** 61n, 2n ** 60n],
    {},
    'read: column "time": expected integers of at most 2^53, got 3 larger ones',
  ],
];

test.each(refusals)("refuses %s", async (_, time, overrides, message) => {
  await expect(schemaOf({ time }, overrides)).rejects.toThrow(message);
});

it("selects the used columns, each as its kind", async () => {
  const columns = {
    a: from((i) => i % 5),
    b: from((i) => `c${i % 3}`),
    c: from((i) => i % 2 > 0),
    d: from((i) => new Date(i)),
    e: from((i) => i),
  };
  expect(selectionOf(await schemaOf(columns, { columns: { d: "timestamp", e: "category" } }))).toEqual([
    { name: "a", as: "number" },
    { name: "b", as: "text" },
    { name: "c", as: "boolean" },
    { name: "d", as: "timestamp" },
    { name: "e", as: "text" },
  ]);
});

it("profiles numbers in text as it does numbers", async () => {
  const values = from((i) => (i * 7) % 11);
  using typed = await openSource({ x: values });
  using text = await openSource({ x: values.map(String) });
  const [[a], [b]] = [await typed.profile(), await text.profile()];
  for (const field of ["rows", "missing", "distinct", "numeric", "integers", "min", "max", "monotone"] as const)
    expect(b[field]).toEqual(a[field]);
});

test("constant numbers and booleans are used, constant texts and labels are not", async () => {
  const schema = await schemaOf({
    a: from(() => 7),
    b: from(() => true),
    c: from(() => "tcp"),
    label: from(() => 0),
    d: from((i) => i % 3),
  });
  expect(schema.map(({ name, kind, used }) => [name, kind, used])).toEqual([
    ["a", "constant", true],
    ["b", "constant", true],
    ["c", "constant", false],
    ["label", "constant", false],
    ["d", "numeric", true],
  ]);
  expect(selectionOf(schema)).toEqual([
    { name: "a", as: "number" },
    { name: "b", as: "boolean" },
    { name: "d", as: "number" },
  ]);
});
