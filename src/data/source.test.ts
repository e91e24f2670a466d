import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, expect, it, test } from "vitest";
import type { Table } from "../numeric/index.ts";
import { type Input, openSource, type Selected, type SourceOptions, writeScored } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "unseen-test-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

function file(content: string | Uint8Array, ending = ".csv"): string {
  const path = join(folder, `f${files++}${ending}`);
  writeFileSync(path, content);
  return path;
}

/** All rows as arrays of the columns, each read as text unless said. */
async function rowsOf(input: Input, options?: SourceOptions, as: Record<string, Selected["as"]> = {}) {
  using source = await openSource(input, options);
  const selection = source.columns.map(({ name }) => ({ name, as: as[name] ?? "text" }));
  return { names: source.columns.map(({ name }) => name), rows: transposed(await source.read(selection)), source };
}

function transposed(table: Table): unknown[][] {
  return Array.from({ length: table.rows }, (_, i) => table.columns.map(({ values }) => values[i]));
}

const failure = async (input: Input, options?: SourceOptions) =>
  rowsOf(input, options).then(
    () => "no error",
    (error: Error) => `${error.name} ${error.message.replaceAll(folder, "")}`,
  );

const readings: [string, string | Uint8Array, string, SourceOptions, string[], unknown[][]][] = [
  [
    "plain",
    "a,b\n1,x\n2,y\n",
    ".csv",
    {},
    ["a", "b"],
    [
      ["1", "x"],
      ["2", "y"],
    ],
  ],
  ["byte order mark and CRLF", "\uFEFFa,b\r\n1,x\r\n", ".csv", {}, ["a", "b"], [["1", "x"]]],
  [
    "byte order mark, quoted first name, CRLF",
    '\uFEFF"a",b\r\n1,x\r\n2,y\r\n',
    ".csv",
    {},
    ["a", "b"],
    [
      ["1", "x"],
      ["2", "y"],
    ],
  ],
  [
    "line end in a quoted name",
    '\uFEFF"a\nb",c\r\n1,2\r\n3,4\r\n',
    ".csv",
    {},
    ["a\nb", "c"],
    [
      ["1", "2"],
      ["3", "4"],
    ],
  ],
  [
    "line ends in quoted cells",
    'a,b\r\n1,"x\ny"\r\n2,"p,""q"""\r\n',
    ".csv",
    {},
    ["a", "b"],
    [
      ["1", "x\ny"],
      ["2", 'p,"q"'],
    ],
  ],
  [
    "old line ends",
    "a,b\r1,2\r3,4\r",
    ".csv",
    {},
    ["a", "b"],
    [
      ["1", "2"],
      ["3", "4"],
    ],
  ],
  ["no line end at the end", "a,b\n1,2", ".csv", {}, ["a", "b"], [["1", "2"]]],
  [
    "no header",
    "1,x\n2,y\n",
    ".csv",
    {},
    ["column1", "column2"],
    [
      ["1", "x"],
      ["2", "y"],
    ],
  ],
  ["header said to be numbers", "1,2\n3,4\n", ".csv", { header: "yes" }, ["1", "2"], [["3", "4"]]],
  [
    "all text, header said to be none",
    "a,b\nc,d\n",
    ".csv",
    { header: "no" },
    ["column1", "column2"],
    [
      ["a", "b"],
      ["c", "d"],
    ],
  ],
  ["semicolons and decimal commas", "a;b\n1,5;2\n", ".csv", {}, ["a", "b"], [["1,5", "2"]]],
  ["tabs by ending", "a\tb\n1,2\t\n", ".tsv", {}, ["a", "b"], [["1,2", null]]],
  ["given delimiter", "a~b\n1~2\n", ".csv", { delimiter: "~" }, ["a", "b"], [["1", "2"]]],
  ["empty name", ",b\n1,2\n", ".csv", {}, ["column1", "b"], [["1", "2"]]],
  ["odd names", '"it\'s ""q""",größe,日本\n1,2,3\n', ".csv", {}, ['it\'s "q"', "größe", "日本"], [["1", "2", "3"]]],
  [
    "empty cells, quoted or not, are missing; blanks are text",
    'a,b\n,x\n"",\n  ,y\n',
    ".csv",
    {},
    ["a", "b"],
    [
      [null, "x"],
      [null, null],
      ["  ", "y"],
    ],
  ],
  [
    "missing words stay text in text",
    "a,b\nNA,1\n-,2\n",
    ".csv",
    { missing: ["-"] },
    ["a", "b"],
    [
      ["NA", "1"],
      [null, "2"],
    ],
  ],
  ["gzip", gzipSync("a,b\n1,x\n"), ".csv.gz", {}, ["a", "b"], [["1", "x"]]],
  ["format by option", "a,b\n1,x\n", ".dat", { format: "csv" }, ["a", "b"], [["1", "x"]]],
  [
    "JSON Lines with absent keys",
    '{"a":1,"b":"x"}\n\n{"b":"","c":true}\n',
    ".jsonl",
    {},
    ["a", "b", "c"],
    [
      ["1", "x", null],
      [null, "", "true"],
    ],
  ],
  ["JSON Lines with mixed types", '{"a":1}\n{"a":"x"}\n', ".jsonl", {}, ["a"], [["1"], ["x"]]],
  [
    "where keeps the order",
    "a,b\n3,x\n1,y\n2,x\n",
    ".csv",
    { where: "b = 'x'" },
    ["a", "b"],
    [
      ["3", "x"],
      ["2", "x"],
    ],
  ],
  [
    "sql",
    "a,b\n3,x\n1,y\n",
    ".csv",
    { sql: "select b, a::int * 2 as c from input order by c -- done" },
    ["b", "c"],
    [
      ["y", "2"],
      ["x", "6"],
    ],
  ],
];

test.each(readings)("reads: %s", async (_, content, ending, options, names, rows) => {
  const read = await rowsOf(file(content, ending), options);
  expect(read.names).toEqual(names);
  expect(read.rows).toEqual(rows);
});

const refusals: [string, () => Input, SourceOptions, RegExp][] = [
  ["no file", () => join(folder, "none.csv"), {}, /^InputError read: \/none\.csv: no such file/],
  ["a folder", () => folder, {}, /expected a file, got a folder; pass a pattern/],
  ["a pattern without match", () => join(folder, "none*.csv"), {}, /got no match/],
  ["a sheet", () => file("PK", ".xlsx"), {}, /got \.xlsx; save the sheet as CSV/],
  ["Arrow", () => file("x", ".arrow"), {}, /got \.arrow; write it as Parquet/],
  ["an address", () => "https://a.b/c.csv", {}, /expected a local file/],
  ["an empty file", () => file(""), {}, /got an empty file/],
  ["a header only", () => file("a,b\n"), {}, /expected rows, got only the names of columns/],
  ["no rows after where", () => file("a\n1\n"), { where: "a > '5'" }, /expected rows, got none after --where a > '5'/],
  ["equal names", () => file("a,b,a\n1,2,3\n"), {}, /got "a" at position 1 and "a" at position 3; rename one/],
  ["names that differ in case", () => file("a,A\n1,2\n"), {}, /"a" at position 1 and "A" at position 2/],
  ["a long row", () => file("a,b\n1,2\n3,4,5\n"), {}, /line 3: expected 2 cells, got 3 \("3,4,5"\)/],
  ["a short row", () => file("a,b\n1,2\n6\n"), {}, /line 3: expected 2 cells, got 1 \("6"\)/],
  ["an open quote", () => file('a,b\n1,2\n"3,4\n5,6\n'), {}, /line 3: expected a closing quote/],
  ["mixed line ends", () => file("a,b\r\n1,2\n3,4\r\n"), {}, /all lines to end alike/],
  ["Latin-1", () => file(Uint8Array.of(97, 10, 0xe9, 10)), {}, /line 2: expected text in UTF-8/],
  ["UTF-16", () => file(Buffer.from("\uFEFFa\n1\n", "utf16le")), {}, /got UTF-16/],
  [
    "a damaged Parquet file",
    () => file("PAR1 no", ".parquet"),
    {},
    /^InputError read: .*expected a whole file, got a damaged one/,
  ],
  ["a damaged gzip file", () => file("a,b\n1,2\n", ".csv.gz"), {}, /got "incorrect header check"/],
  [
    "a bad JSON line",
    () => file('{"a":1}\n{"a":2\n{"a":3}\n', ".jsonl"),
    {},
    /line 2: expected one JSON object, got "\{\\"a\\":2"/,
  ],
  ["a JSON list", () => file('{"a":1}\n[1]\n', ".jsonl"), {}, /line 2: expected one JSON object/],
  [
    "where with a wrong name",
    () => file("age,b\n1,2\n"),
    { where: "ag > 3" },
    /^InputError --where: Binder Error: .*"ag".*near are: "age"/,
  ],
  ["where with bad syntax", () => file("a\n1\n"), { where: "a >" }, /^InputError --where: Parser Error/],
  [
    "where that fails on a value",
    () => file("a\n1\nx\n"),
    { where: "a::int > 0" },
    /^InputError --where: Conversion Error/,
  ],
  [
    "sql with two statements",
    () => file("a\n1\n"),
    { sql: "select 1); select (2" },
    /^InputError --sql: expected one SELECT, got 2/,
  ],
  [
    "sql that reads other files",
    () => file("a\n1\n"),
    { sql: "select * from read_text('/etc/passwd')" },
    /^InputError --sql: Permission Error.*only `input`/,
  ],
  ["unequal columns", () => ({ a: [1, 2], b: [1] }), {}, /column "b": expected 2 values as in "a", got 1/],
  ["no rows in memory", () => [], {}, /expected rows, got none/],
];

test.each(refusals)("refuses: %s", async (_, input, options, message) => {
  expect(await failure(input(), options)).toMatch(message);
});

it("names column, row and value where a number is expected", async () => {
  using source = await openSource(file("a,b\n1,2\n2,x y\n"));
  await expect(source.read([{ name: "b", as: "number" }])).rejects.toThrow(
    'read: column "b": row 2: expected a number, got "x y"; pass --missing "x y" if it stands for a missing value, leave such rows out, or fit anew with --column b=category or --ignore b',
  );
  await expect(source.read([{ name: "bb", as: "number" }])).rejects.toThrow(/got "bb"; did you mean "b"/);
});

it("reads numbers as JavaScript would, and missing words as NaN", async () => {
  const texts = ["1", " 2.5 ", "-3e2", ".5", "5.", "inf", "-Infinity", "NaN", "NA", "n/a", "?", "-", "", "null"];
  const { rows } = await rowsOf(file(`a,b\n${texts.map((text) => `${text},x\n`).join("")}`), {}, { a: "number" });
  expect(rows.map(([a]) => a)).toEqual([1, 2.5, -300, 0.5, 5, Infinity, -Infinity, ...Array(7).fill(Number.NaN)]);
});

it("reads booleans as 0 and 1 and times as seconds with their zone", async () => {
  const path = file("a,b\nyes,2024-01-01T00:00:00+02:00\nF,2024-01-01 00:00:00.25\nNA,-\n");
  const { rows } = await rowsOf(path, {}, { a: "boolean", b: "timestamp" });
  expect(rows).toEqual([
    [1, 1704060000],
    [0, 1704067200.25],
    [Number.NaN, Number.NaN],
  ]);
});

it("takes numbers given as missing out of columns of numbers", async () => {
  const { rows } = await rowsOf({ a: [1, -999, 3] }, { missing: ["-999"] }, { a: "number" });
  expect(rows.map(([a]) => a)).toEqual([1, Number.NaN, 3]);
});

it("refuses integers past 2^53 in a column of integers", async () => {
  using source = await openSource({ a: [1n, 9007199254740993n] });
  await expect(source.read([{ name: "a", as: "number" }])).rejects.toThrow(
    'read: column "a": row 2: expected an integer of at most 2^53, got 9007199254740993; fit anew with --column a=category',
  );
  expect((await source.read([{ name: "a", as: "text" }])).columns[0].values).toEqual(["1", "9007199254740993"]);
});

it("reads files of a pattern by name of column, and refuses those that differ", async () => {
  mkdirSync(join(folder, "many"));
  writeFileSync(join(folder, "many", "a.csv"), "x,y\n1,2\n");
  writeFileSync(join(folder, "many", "b.csv"), "y;x\n4;3\n");
  const read = await rowsOf(join(folder, "many", "*.csv"));
  expect(read.rows).toEqual([
    ["1", "2"],
    ["3", "4"],
  ]);
  expect(read.source.description).toContain("2 files, CSV");
  writeFileSync(join(folder, "many", "c.csv"), "x,z\n1,2\n");
  expect(await failure(join(folder, "many", "*.csv"))).toMatch(
    /c\.csv: expected the columns of .*a\.csv, got none called "y"/,
  );
});

it("takes a path with brackets as it is", async () => {
  writeFileSync(join(folder, "g[1].csv"), "x\n1\n");
  writeFileSync(join(folder, "g1.csv"), "x\n2\n");
  expect((await rowsOf(join(folder, "g[1].csv"))).rows).toEqual([["1"]]);
});

it("refuses a ragged row far down while streaming, instead of ending early", async () => {
  using source = await openSource(file(`a,b\n${"1,2\n".repeat(300_000)}3,4,5\n`));
  await expect(source.read([{ name: "a", as: "number" }])).rejects.toThrow(/line 300002: expected 2 cells, got 3/);
});

it("keeps the order of rows, with and without where, in chunks as in whole", async () => {
  const n = 30_000;
  const path = file(`i,k\n${Array.from({ length: n }, (_, i) => `${i},${i % 3}\n`).join("")}`);
  for (const where of [undefined, "k <> '1'"]) {
    using source = await openSource(path, { where });
    const selection: Selected[] = [
      { name: "i", as: "number" },
      { name: "k", as: "text" },
    ];
    const whole = transposed(await source.read(selection));
    const expected = Array.from({ length: n }, (_, i) => [i, String(i % 3)]).filter(([, k]) => !where || k !== "1");
    expect(whole).toEqual(expected);
    const parts: unknown[][] = [];
    for await (const table of source.chunks(selection, { rows: 1000 })) {
      expect(table.rows).toBeLessThanOrEqual(1000);
      parts.push(...transposed(table));
    }
    expect(parts).toEqual(expected);
    expect(await source.countRows()).toBe(expected.length);
  }
});

it("stops when the signal fires, and may be left in the middle of a stream", async () => {
  using source = await openSource({ a: new Float64Array(100_000) });
  const stop = new AbortController();
  const selection: Selected[] = [{ name: "a", as: "number" }];
  await expect(async () => {
    for await (const _ of source.chunks(selection, { rows: 2048, signal: stop.signal })) stop.abort();
  }).rejects.toMatchObject({ name: "Interrupted" });
  for await (const table of source.chunks(selection)) {
    expect(table.rows).toBeGreaterThan(0);
    break;
  }
});

const cell = fc.string({ unit: "grapheme", maxLength: 8 }).filter((text) => !text.includes("\0"));
const numbers = fc.oneof(fc.double({ noNaN: false }), fc.integer().map(Number));

it("columns → CSV, Parquet → read gives the same", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ n: numbers, t: fc.option(cell), b: fc.option(fc.boolean()) }), {
        minLength: 1,
        maxLength: 30,
      }),
      async (rows) => {
        const selection: Selected[] = [
          { name: "n", as: "number" },
          { name: "t", as: "text" },
        ];
        using source = await openSource({
          n: rows.map(({ n }) => n),
          t: rows.map(({ t }) => t),
          b: rows.map(({ b }) => b),
        });
        const scores = await source.openScores();
        await scores.append(new Float64Array(rows.length), new Float64Array(rows.length));
        const before = await source.read(selection);
        for (const ending of [".csv", ".csv.zst", ".parquet"]) {
          const path = join(folder, `round${ending}`);
          await writeScored(source, scores, { path, flagged: 0.5 });
          using back = await openSource(path, { header: "yes" });
          const after = transposed(await back.read(selection));
          const expected = transposed(before).map(([n, t]) => [
            n === 0 ? 0 : n,
            ending.startsWith(".csv") && t === "" ? null : t,
          ]);
          expect(after.map(([n, t]) => [n === 0 ? 0 : n, t])).toEqual(expected);
        }
      },
    ),
    { numRuns: 25 },
  );
});

it("reads the same from memory as from a file", async () => {
  const rows = [
    { a: 1.5, b: "x", c: true },
    { a: null, b: "y", c: false },
    { a: 3, b: null, c: true },
  ];
  const path = file(rows.map((row) => JSON.stringify(row)).join("\n"), ".jsonl");
  const as: Record<string, Selected["as"]> = { a: "number", c: "boolean" };
  expect((await rowsOf(rows, {}, as)).rows).toEqual((await rowsOf(path, {}, as)).rows);
});

it("may be closed while it works: what runs is interrupted", async () => {
  const path = file(`a,b\n${"1,2\n".repeat(300_000)}`);
  for (let k = 0; k < 5; k++) {
    const source = await openSource(path);
    const work = [source.profile(), source.countRows(), source.read([{ name: "a", as: "number" }])];
    setTimeout(() => source[Symbol.dispose](), 10 * k);
    for (const result of await Promise.allSettled(work))
      if (result.status === "rejected") expect(String(result.reason)).toMatch(/interrupted|the source is closed/);
    source[Symbol.dispose]();
  }
});

it("leaves no folder behind", async () => {
  // A folder of its own: tests that run beside this one leave and remove theirs.
  const [own, usual] = [mkdtempSync(join(tmpdir(), "source-test-")), process.env["TMPDIR"]];
  process.env["TMPDIR"] = own;
  try {
    (await openSource({ a: [1] }))[Symbol.dispose]();
    expect(readdirSync(own)).toEqual([]);
  } finally {
    if (usual === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = usual;
    rmSync(own, { recursive: true });
  }
});

const data = process.env["UNSEEN_DATA"] ?? join(import.meta.dirname, "../../../shared/data");
const real = join(data, "adbench/pima.parquet");
it.skipIf(!existsSync(real))(`reads ${real} (skipped when it is not there)`, async () => {
  using source = await openSource(real);
  const profiles = await source.profile();
  expect(profiles.length).toBe(source.columns.length);
  expect(profiles[0].rows).toBeGreaterThan(100);
});
