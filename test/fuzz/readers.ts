import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { inferSchema, openSource, type SourceOptions, selectionOf, writeScored } from "../../src/data/index.ts";
import { edited, edits } from "./edits.ts";

/** A file of some bytes and the options that it is read with. */
export interface ReaderInput {
  readonly ending: string;
  readonly bytes: Uint8Array;
  readonly options: SourceOptions;
  readonly output: string | null;
}

const word = fc.oneof(
  fc.constantFrom("a", "b", "", " ", "NA", "?", "-", "null", "true", "no", "score", "row", "input", "__proto__"),
  fc.string({ maxLength: 8 }),
  fc.string({ unit: "binary", maxLength: 6 }),
);
const number = fc.oneof(
  fc.constantFrom("0", "-0", "1e300", "1e400", "-inf", "nan", "9007199254740993", "0x1F", "1_000", "1,5", ".5", "5."),
  fc.double().map(String),
  fc.bigInt().map(String),
);
const time = fc.oneof(
  fc.date().map(String),
  fc.constantFrom("2024-02-30", "2024-01-01T25:00", "294247-01-10", "infinity", "10:20"),
);
const cell = fc.oneof(word, number, number, time);
const quoted = fc.string({ unit: fc.constantFrom('"', '""', ",", "\n", "\r", "x"), maxLength: 6 });

const csv = fc
  .record({
    delimiter: fc.constantFrom(",", ",", ";", "\t", "|", "x"),
    end: fc.constantFrom("\n", "\n", "\r\n", "\r"),
    start: fc.constantFrom("", "", "", "", "\ufeff", "\n", "# note\n"),
    named: fc.constantFrom(true, true, false),
    width: fc.nat(5),
    cells: fc.array(fc.array(fc.oneof({ weight: 9, arbitrary: cell }, quoted), { minLength: 6, maxLength: 6 }), {
      maxLength: 12,
    }),
  })
  .map(({ delimiter, end, start, named, width, cells }) => {
    const rows = named ? [["a", "b", "c d", "e", "score", "x0"], ...cells] : cells;
    const lines = rows.map((row) => row.slice(0, width + 1).join(delimiter) + end);
    return start + lines.join("");
  });

const object = fc.record(
  { a: fc.oneof(fc.double(), number), b: fc.oneof(cell, fc.constant(null)), c: fc.oneof(fc.jsonValue(), fc.boolean()) },
  { requiredKeys: ["a"] },
);
const anything = fc.oneof(
  { weight: 5, arbitrary: fc.dictionary(word, fc.oneof(cell, fc.double(), fc.boolean()), { maxKeys: 4 }) },
  { weight: 1, arbitrary: object },
  { weight: 1, arbitrary: fc.jsonValue() },
);
const json = fc
  .oneof(fc.array(object, { minLength: 1, maxLength: 8 }), fc.array(anything, { maxLength: 8 }))
  .map((rows) => rows.map((row) => `${JSON.stringify(row)}\n`).join(""));

const nested = fc
  .tuple(fc.nat(20_000), fc.constantFrom("[", '{"a":', '[{"a":'))
  .map(([depth, open]) => `{"a":${open.repeat(depth)}\n`);

const text = fc.oneof({ weight: 6, arbitrary: csv }, { weight: 4, arbitrary: json }, { weight: 1, arbitrary: nested });

const columns = ["a", "b", '"a"', "input", "column1", "x0"];
const condition = fc.oneof(
  fc
    .tuple(fc.constantFrom(...columns), fc.constantFrom("=", ">", "is", "like", "in"), fc.constantFrom(...columns, "1"))
    .map((parts) => parts.join(" ")),
  fc.constantFrom("true", "1", "a > 0", "random() < 0.5", "a = 'x' --", "true) or (true", "count(*) > 1", "?", "$1"),
  fc.string({ unit: fc.constantFrom("a", "(", ")", "'", '"', ";", " ", "--", "/*", "1", "*", "$"), maxLength: 12 }),
);
const query = fc.oneof(
  fc.constantFrom(
    "select * from input",
    "select a, a as b from input",
    "select count(*) as n, sum(1) as s from input",
    "select * from input limit 0",
    "select 1",
    "select a from input group by all order by all",
    "from input",
    "with t as (select * from input) select *, row_number() over () as r from t",
    "select [1, 2] as l, {'x': 1} as s, interval 1 day as i, 'a'::blob as b, uuid() as u from input",
    "select * from 'good.csv'",
    "pragma version",
    "select error('no')",
    "describe input",
    "select unnest([1, null]) as a from input",
    "select 1 as a, 2 as A from input",
  ),
  condition.map((where) => `select * from input where ${where}`),
  fc.string({ maxLength: 20 }),
);
const options = fc.record(
  {
    sql: query,
    where: condition,
    delimiter: fc.oneof(fc.constantFrom(",", ";", "\t", "\0", "", "ab", "é", "𝒳", '"', "\n"), fc.string()),
    header: fc.constantFrom("auto", "yes", "no"),
    missing: fc.array(fc.oneof(word, number), { maxLength: 3 }),
    format: fc.constantFrom("csv", "tsv", "jsonl", "parquet"),
  },
  { requiredKeys: [] },
);

/** Files near those that are read, by a Parquet file to start from. */
export function readerInputs(parquet: Uint8Array): fc.Arbitrary<ReaderInput> {
  const bytesOf = (texts: fc.Arbitrary<string>) => texts.map((value) => new TextEncoder().encode(value));
  const utf8 = bytesOf(text);
  const content = fc.oneof(
    { weight: 6, arbitrary: fc.tuple(fc.constantFrom("csv", "csv", "txt"), bytesOf(csv), edits(0)) },
    { weight: 6, arbitrary: fc.tuple(fc.constant("jsonl"), bytesOf(json), edits(1)) },
    { weight: 3, arbitrary: fc.tuple(fc.constantFrom("csv.gz", "tsv.gz"), bytesOf(csv).map(packed), edits(0)) },
    { weight: 4, arbitrary: fc.tuple(fc.constantFrom("csv", "tsv", "jsonl", "parquet", "txt"), utf8, edits(3)) },
    { weight: 2, arbitrary: fc.tuple(fc.constant("parquet"), fc.constant(parquet), edits(2)) },
    {
      weight: 2,
      arbitrary: fc.tuple(fc.constantFrom("csv.gz", "jsonl.gz", "jsonl.gz", "csv.zst"), utf8.map(packed), edits(2)),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(
        fc.constantFrom("csv", "tsv", "jsonl", "parquet", "csv.gz", "csv.zst"),
        fc.uint8Array({ maxLength: 300 }),
        edits(0),
      ),
    },
  );
  return fc
    .record({
      content,
      options: fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, options),
      output: fc.option(fc.constantFrom("csv", "csv.gz", "jsonl", "parquet"), { freq: 2 }),
    })
    .map(({ content: [ending, bytes, changes], ...rest }) => ({ ending, bytes: edited(bytes, changes), ...rest }));
}

const packed = (bytes: Uint8Array): Uint8Array => gzipSync(bytes);

/** Reads a file in every way that the commands do, and writes it again. Throws what they would throw. */
export async function readEverything({ ending, bytes, options, output }: ReaderInput, folder: string): Promise<void> {
  const path = join(folder, `in.${ending}`);
  const written = join(folder, `out.${output ?? ""}`);
  writeFileSync(path, bytes);
  try {
    using source = await openSource(path, options);
    await source.estimateRows();
    const rows = await source.countRows();
    const all = source.columns
      .filter(({ type }) => type !== "nested")
      .map(({ name }) => ({ name, as: "text" as const }));
    let read = 0;
    for await (const table of source.chunks(all)) read += table.rows;
    if (all.length > 0 && read !== rows) throw new Error(`${read} of ${rows} rows were read`);
    const store = await source.openScores();
    if (output !== null) {
      await store.append(new Float64Array(rows), new Float64Array(rows).fill(0.5));
      await writeScored(source, store, { path: written, flagged: 0.1, prefix: "unseen_" });
    }
    const selection = selectionOf(inferSchema(await source.profile(), {}));
    await source.read(selection);
  } finally {
    rmSync(path, { force: true });
    if (existsSync(written)) rmSync(written);
  }
}
