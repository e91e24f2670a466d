import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { capturedRun } from "../src/cli/captured-run.ts";
import { encode, float64, input, multiply } from "../src/graph/index.ts";
import { key, normal } from "../src/numeric/index.ts";

/**
 * Tables as people have them, through the real command line: each works as documented, or exits with 2 and one message
 * that names place and remedy; no stack trace, nothing on standard output, no file left behind.
 */

const home = process.cwd();
const folder = mkdtempSync(join(tmpdir(), "unseen-bad-input-"));
const draw = normal(key(1));
const colors = ["red", "green", "blue"];

/** 60 rows of numbers a and b and of a color. */
const rows = Array.from({ length: 60 }, () => [
  draw().toFixed(3),
  (10 + draw()).toFixed(3),
  colors[Math.floor(9 * Math.abs(draw())) % 3],
]);
const csv = (names: readonly string[], data: readonly (readonly string[])[] = rows, delimiter = ",", end = "\n") =>
  [names, ...data].map((row) => row.join(delimiter) + end).join("");
const abc = ["a", "b", "color"];
const good = csv(abc);
/** The good rows with one cell changed. */
const with_ = (row: number, column: number, text: string) =>
  csv(
    abc,
    rows.map((cells, i) => (i === row ? cells.with(column, text) : cells)),
  );
const column = (values: readonly (string | number)[]) =>
  csv(
    ["x", "b"],
    rows.map(([, b], i) => [String(values[i % values.length]), b]),
  );
const labelled = csv(
  [...abc, "Label"],
  rows.map((row, i) => [...row, i % 10 === 0 ? "ATTACK" : "BENIGN"]),
);
const objects = rows.map(([a, b, color]) => ({ a: Number(a), b: Number(b), color }));
const lines = (values: readonly unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join("");
const noise = Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * 7919 + (i >> 3) * 31) % 251));
let model: Buffer;

beforeAll(async () => {
  process.chdir(folder);
  writeFileSync("good.csv", good);
  const { code } = await capturedRun(["fit", "good.csv", "--detector", "mahalanobis", "-o", "model.onnx"]);
  expect(code).toBe(0);
  model = readFileSync("model.onnx");
  mkdirSync("folder.csv");
  mkdirSync("folder.onnx");
});
afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true, force: true });
});

/** The input `in.csv`, or files by name. */
type Files = string | Buffer | Readonly<Record<string, string | Buffer>>;

const write = (files: Files) => {
  const byName = typeof files === "string" || Buffer.isBuffer(files) ? { "in.csv": files } : files;
  for (const [name, text] of Object.entries(byName)) writeFileSync(name, text);
  return Object.keys(byName);
};
const snapshot = () =>
  new Map(readdirSync(".").map((name) => [name, name.startsWith("folder.") ? "" : readFileSync(name, "latin1")]));

/** Runs a command line; what it leaves in the folder is told and taken away. */
async function run(argv: readonly string[], stdin = "") {
  const before = snapshot();
  const result = await capturedRun(argv, { stdin: [stdin] });
  const after = snapshot();
  const written = [...after].filter(([name, bytes]) => before.get(name) !== bytes).map(([name]) => name);
  const outputs = Object.fromEntries(written.map((name) => [name, after.get(name)!]));
  for (const name of written) if (!before.has(name)) rmSync(name);
  return { ...result, outputs };
}

const fit = (...flags: string[]) => ["fit", "in.csv", "--detector", "mahalanobis", "-o", "out.onnx", ...flags];
const fitOf = (file: string, ...flags: string[]) => fit(...flags).with(1, file);
const score = (...flags: string[]) => ["score", "in.csv", "-m", "model.onnx", "-o", "out.csv", ...flags];
const pipe = (...flags: string[]) => ["score", "-", "-m", "model.onnx", ...flags];

async function refuses(argv: readonly string[], patterns: readonly RegExp[], stdin?: string, prints = "") {
  const { code, stdout, stderr, outputs } = await run(argv, stdin);
  for (const pattern of patterns) expect(stderr).toMatch(pattern);
  expect(stderr).toMatch(/^error: [^\n]*\n$/);
  expect(stderr).not.toMatch(/\n {4}at |undefined|\[object|NaN(?!")/);
  if (prints === "") expect(stdout).toBe("");
  else expect(stdout.trim().split("\n")).toHaveLength(Number(prints));
  expect(outputs).toEqual({});
  expect(code).toBe(2);
}

async function works(argv: readonly string[], patterns: readonly RegExp[] = [], stdin?: string) {
  const result = await run(argv, stdin);
  for (const pattern of patterns) expect(result.stderr).toMatch(pattern);
  expect(result.stderr).not.toMatch(/\n {4}at |undefined|\[object/);
  const at = argv.indexOf("-o");
  expect(Object.keys(result.outputs)).toEqual(at < 0 ? [] : [argv[at + 1]]);
  expect(result.code).toBe(0);
  return result;
}

type Case = readonly [name: string, files: Files, argv: readonly string[], ...patterns: RegExp[]];

const tables: readonly Case[] = [
  ["an empty file has no rows to learn from", "", fit(), /in\.csv: expected rows, got an empty file/],
  ["an empty file has no rows to score", "", score(), /in\.csv: expected rows, got an empty file/],
  ["a file of blank lines is an empty one", "\n \n\n", fit(), /in\.csv: expected rows, got an empty file/],
  ["a header without rows is refused by fit", "a,b,color\n", fit(), /in\.csv: expected rows, got only the names/],
  ["a header without rows is refused by score", "a,b,color\n", score(), /in\.csv: expected rows, got only the names/],
  ["one row is too few to learn from", csv(abc, rows.slice(0, 1)), fit(), /in\.csv.*at least 3 normal rows, got 1/],
  ["two rows are too few to learn from", csv(abc, rows.slice(0, 2)), fit(), /in\.csv.*at least 3 normal rows, got 2/],
  [
    "a wrong delimiter makes one column, and fit says so",
    good,
    fit("--delimiter", ";"),
    /"a,b,color" is id.*check --delimiter/,
  ],
  [
    "a wrong delimiter makes one column, and score says so",
    good,
    score("--delimiter", ";"),
    /none called "a", "b", "color".*check --delimiter/,
  ],
  ["a delimiter is one character", good, fit("--delimiter", ";;"), /--delimiter: expected one character, got ";;"/],
  [
    "few texts among numbers are named at fit",
    with_(3, 0, "n.d."),
    fit(),
    /column "a": 1 of 60 values are text \("n\.d\."\), first in row 4/,
    /--missing "n\.d\."/,
    /--column a=category/,
    /--ignore a/,
  ],
  [
    "a text among numbers is named at scoring",
    with_(3, 0, "n.d."),
    score(),
    /column "a": row 4: expected a number, got "n\.d\."/,
    /--missing "n\.d\."/,
    /fit anew with --column a=category/,
  ],
  [
    "all columns missing or constant leave nothing to learn",
    csv(
      ["a", "b"],
      rows.map(() => ["", "7"]),
    ),
    fit(),
    /"a" is empty, "b" is constant.*--column/,
  ],
  [
    "constant columns leave nothing to learn",
    csv(
      ["a", "b"],
      rows.map(() => ["1", "x"]),
    ),
    fit(),
    /"a" is constant, "b" is constant.*--column/,
  ],
  [
    "ignoring all columns leaves nothing to learn",
    good,
    fit("--ignore", abc.join()),
    /"a" is left aside.*leave fewer aside/,
  ],
  [
    "integers past 2^53 that repeat are no numbers",
    column(["9007199254740993", "9007199254740995"]),
    fit(),
    /column "x": expected integers of at most 2\^53, got 60 larger/,
    /--column x=category/,
    /--ignore x/,
  ],
  [
    "equal names of columns are refused with their positions",
    csv(["a", "b", "a"]),
    fit(),
    /in\.csv.*"a" at position 1 and "a" at position 3; rename one/,
  ],
  [
    "names that differ by case only are refused",
    csv(["a", "A", "b"]),
    fit(),
    /"a" at position 1 and "A" at position 2/,
  ],
  [
    "a missing column is named at scoring",
    csv(
      ["a", "color"],
      rows.map((r) => [r[0], r[2]]),
    ),
    score(),
    /in\.csv.*none called "b"; .*--sql/,
  ],
  [
    "a column that is called almost alike is pointed to",
    csv(["a", "b", "colour"]),
    score(),
    /none called "color"; is "color" called "colour" here\?/,
  ],
  [
    "a ragged row is named by its line",
    with_(17, 2, "red,extra"),
    fit(),
    /in\.csv: line 19: expected 3 cells, got 4 .*mend the line/,
  ],
  [
    "a ragged row is named at scoring",
    with_(17, 2, "red,extra"),
    score(),
    /in\.csv: line 19: expected 3 cells, got 4 .*mend the line/,
  ],
  [
    "a short row is named by its line",
    csv(
      abc,
      rows.map((r, i) => (i === 5 ? r.slice(0, 2) : r)),
    ),
    fit(),
    /line 7: expected 3 cells, got 2/,
  ],
  [
    "a quote that is not closed is named by its line",
    with_(17, 2, '"red'),
    fit(),
    /in\.csv: line 19: expected a closing quote/,
  ],
  [
    "a quote that is not closed in the header is named",
    `a,"b,color\n${csv(["1", "2", "red"])}`,
    fit(),
    /line 1: expected a closing quote/,
  ],
  [
    "UTF-16 with a byte order mark is named, with the way to UTF-8",
    Buffer.from(`\ufeff${good}`, "utf16le"),
    fit(),
    /UTF-16; convert it: iconv/,
  ],
  ["UTF-16 without a byte order mark is named", Buffer.from(good, "utf16le"), fit(), /UTF-16; convert it: iconv/],
  [
    "Latin-1 in a cell is named by its line",
    Buffer.from(with_(40, 2, "weiß"), "latin1"),
    fit(),
    /line 42: expected text in UTF-8; convert it: iconv/,
  ],
  [
    "Latin-1 in the header is refused, not garbled",
    Buffer.from(csv(["a", "b", "größe"]), "latin1"),
    fit(),
    /line 1: expected text in UTF-8; convert it: iconv/,
  ],
  [
    "a .gz that is not packed says how to go on",
    { "in.csv.gz": good },
    fitOf("in.csv.gz"),
    /in\.csv\.gz: .*gzip.*rename it/,
  ],
  [
    "a .zst that is not packed says how to go on",
    { "in.csv.zst": good },
    fitOf("in.csv.zst"),
    /in\.csv\.zst: .*zstd.*rename it/,
  ],
  [
    "a packed file without .gz says how to go on",
    gzipSync(good),
    fit(),
    /packed with gzip; rename it, so that it ends in \.gz/,
  ],
  [
    "a packed file that was cut off is refused, not read in part",
    { "in.csv.gz": gzipSync(good).subarray(0, -4) },
    fitOf("in.csv.gz"),
    /cut off; copy it again/,
  ],
  [
    "a damaged Parquet file is refused",
    { "in.parquet": Buffer.concat([Buffer.from("PAR1"), noise, Buffer.from("PAR1")]) },
    fitOf("in.parquet"),
    /in\.parquet: expected a whole file, got a damaged one.*write it anew/,
  ],
  [
    "a Parquet file that was cut off is refused",
    { "in.parquet": Buffer.concat([Buffer.from("PAR1"), noise]) },
    fitOf("in.parquet"),
    /in\.parquet: expected a whole file, got a damaged one.*write it anew/,
  ],
  [
    "more columns than a model may take are refused",
    csv(
      Array.from({ length: 20_001 }, (_, j) => `c${j}`),
      [Array.from({ length: 20_001 }, () => "1")],
    ),
    fit(),
    /in\.csv: expected at most 20000 columns, got 20001/,
  ],
  [
    "a name of more than 10,000 characters is refused",
    csv(["h".repeat(10_001), "b", "color"]),
    fit(),
    /in\.csv: expected names of columns of at most 10000 characters, got 10001 at position 1/,
  ],
  [
    "a second byte order mark is refused, not taken for a name",
    `\ufeff\ufeff${good}`,
    fit(),
    /in\.csv: expected the name of a column to be plain text/,
  ],
  [
    "lines that end in different ways are refused, with the way to mend them",
    csv(abc).replace("\n", "\r\n"),
    fit(),
    /in\.csv: .*lines to end alike.*dos2unix/,
  ],
  [
    "a NUL byte in a table of text is refused",
    with_(3, 2, "re\0d"),
    fit(),
    /in\.csv: expected text, got a binary file/,
  ],
  [
    "a NUL byte far down is a text like others, and named among numbers",
    csv(abc, [...new Array(10).fill(rows).flat(), ["1\0", "2", "red"]]),
    fit(),
    /column "a": 1 of 601 values are text \("1\\u0000"\), first in row 601/,
  ],
  [
    "a line of more than 16 MB is refused",
    with_(3, 2, "x".repeat(17_000_000)),
    fit(),
    /in\.csv: line 5: expected lines of at most 16 MB/,
  ],
  [
    "rows of JSON nested deeper than 1,000 levels are refused, before they end the process",
    { "in.jsonl": `${lines(objects)}{"a":1,"b":2,"color":"red","deep":${"[".repeat(99_999)}${"]".repeat(99_999)}}\n` },
    fitOf("in.jsonl"),
    /in\.jsonl: line 61: expected values nested at most 1000 levels deep/,
  ],
  [
    "objects without keys are no rows",
    { "in.jsonl": "{}\n{}\n" },
    fitOf("in.jsonl"),
    /in\.jsonl: expected objects with keys/,
  ],
  [
    "text called .parquet is refused with --format",
    { "in.parquet": good },
    fitOf("in.parquet"),
    /in\.parquet: .*magic bytes.*--format/,
  ],
  [
    "Parquet called .csv is refused with --format",
    Buffer.concat([Buffer.from("PAR1"), noise]),
    fit(),
    /a Parquet file; pass --format parquet/,
  ],
  [
    "an Excel sheet called .csv is told to be saved as CSV",
    Buffer.concat([Buffer.from("PK\x03\x04"), noise]),
    fit(),
    /Excel sheet; .*save the sheet as CSV/,
  ],
  ["a sheet is told to be saved as CSV", { "in.xlsx": noise }, fitOf("in.xlsx"), /in\.xlsx: .*save the sheet as CSV/],
  [
    "a file without an ending asks for its format",
    { data: good },
    fitOf("data"),
    /data: expected \.csv.*pass --format/,
  ],
  ["noise is no table", noise, fit(), /in\.csv: .*(UTF-8|binary file)/],
  [
    "nested values alone are pointed to --sql",
    { "in.jsonl": lines(objects.map(({ a }) => ({ p: { a } }))) },
    fitOf("in.jsonl"),
    /"p" is nested.*--sql/,
  ],
  [
    "a JSON array instead of lines says how to make lines",
    { "in.jsonl": JSON.stringify(objects) },
    fitOf("in.jsonl"),
    /in\.jsonl: line 1: expected one JSON object.*jq -c '\.\[\]'/,
  ],
  [
    "a .json file says how to make lines",
    { "in.json": JSON.stringify(objects) },
    fitOf("in.json"),
    /in\.json: .*jq -c '\.\[\]'/,
  ],
  [
    "objects over several lines say how to make lines",
    { "in.jsonl": JSON.stringify(objects[0], null, 2) },
    fitOf("in.jsonl"),
    /line 1: expected one JSON object, got "\{".*jq -c \./,
  ],
  [
    "a bad line of JSON is named by its number",
    { "in.jsonl": `${lines(objects.slice(0, 5))}{oops\n${lines(objects)}` },
    fitOf("in.jsonl"),
    /in\.jsonl: line 6: expected one JSON object, got "\{oops"/,
  ],
  [
    "a byte order mark before JSON is refused, with the way to take it away",
    { "in.jsonl": `\ufeff${lines(objects)}` },
    fitOf("in.jsonl"),
    /in\.jsonl: .*byte order mark.*tail -c \+4/,
  ],
  ["a pattern without a match is refused", {}, fitOf("none-*.csv"), /none-\*\.csv: .*no match; check it/],
  [
    "files of one pattern have the same columns",
    { "g1.csv": good, "g2.csv": csv(["a", "c", "color"]) },
    fitOf("g?.csv"),
    /g2\.csv: expected the columns of .*g1\.csv, got none called "b"/,
  ],
  [
    "a label column that is not there is refused, with the near one",
    labelled,
    fit("--label", "Labl", "--normal", "BENIGN"),
    /"Labl"; did you mean "Label"\?/,
  ],
  [
    "a label column that is not there is refused at scoring",
    labelled,
    score("--label", "Labl", "--normal", "BENIGN"),
    /"Labl"; did you mean "Label"\?/,
  ],
  [
    "a --normal that matches nothing lists what there is",
    labelled,
    fit("--label", "Label", "--normal", "benign"),
    /BENIGN \(54\), ATTACK \(6\)/,
  ],
  [
    "a --label without --normal lists what there is",
    labelled,
    fit("--label", "Label"),
    /BENIGN \(54\), ATTACK \(6\).*--normal/,
  ],
  ["a --normal without --label is refused", labelled, fit("--normal", "BENIGN"), /--normal: expected --label/],
  [
    "labels that are all normal leave nothing to compare",
    labelled.replaceAll("ATTACK", "BENIGN"),
    score("--label", "Label", "--normal", "BENIGN"),
    /60 normal and 0 anomalous; drop --label/,
  ],
  [
    "a column called score clashes with the output, --prefix is the remedy",
    csv(
      [...abc, "score"],
      rows.map((r) => [...r, "1"]),
    ),
    score(),
    /column "score": expected a free name.*--prefix/,
  ],
  [
    "a column called score cannot be learned from",
    csv(
      ["a", "b", "score"],
      rows.map(([a, b]) => [a, b, b]),
    ),
    fit(),
    /column "score": .*--ignore score/,
  ],
];

const commands: readonly Case[] = [
  [
    "--where that no row meets is refused by fit",
    good,
    fit("--where", "color = 'mauve'"),
    /expected rows, got none after --where color = 'mauve'/,
  ],
  [
    "--where that no row meets is refused by score",
    good,
    score("--where", "a > 100"),
    /expected rows, got none after --where a > 100/,
  ],
  [
    "--sql that gives no row is refused",
    good,
    fit("--sql", "select * from input limit 0"),
    /expected rows, got none after --sql/,
  ],
  [
    "--where with a syntax error says what a condition is",
    good,
    score("--where", "a >"),
    /--where: .*syntax error.*write one condition/,
  ],
  [
    "--where with an unknown column names the near one",
    good,
    fit("--where", "colr = 'red'"),
    /--where: .*"colr" not found.*"color"/,
  ],
  [
    "--where with a text in double quotes says single ones",
    good,
    fit("--where", 'color = "red"'),
    /--where: .*single quotes/,
  ],
  [
    "--sql with a syntax error says what a query is",
    good,
    score("--sql", "selec * from input"),
    /--sql: .*syntax error.*write one SELECT over input/,
  ],
  [
    "--sql with a second statement is refused",
    good,
    score("--sql", "select * from input; drop view input"),
    /--sql: .*one SELECT/,
  ],
  [
    "--where that closes its parenthesis is refused",
    good,
    score("--where", "true); drop view input; select (1"),
    /--where: expected one condition, got 3 statements/,
  ],
  [
    "--sql over another table is told its name",
    good,
    fit("--sql", "select * from flows"),
    /--sql: .*flows does not exist.*input/,
  ],
  ["--sql may not read other files", good, fit("--sql", "select * from 'good.csv'"), /--sql: .*only `input`/],
  ["--sql that is blank is refused", good, fit("--sql", " "), /--sql: expected SQL, got nothing/],
  [
    "noise is no model",
    { "bad.onnx": noise },
    ["score", "good.csv", "-m", "bad.onnx"],
    /bad\.onnx: the file .*unseen fit/,
  ],
  [
    "an empty file is no model",
    { "bad.onnx": "" },
    ["score", "good.csv", "-m", "bad.onnx"],
    /bad\.onnx: the file .*unseen fit/,
  ],
  ["a CSV file is no model", {}, ["score", "good.csv", "-m", "good.csv"], /good\.csv: the file .*unseen fit/],
  [
    "an ONNX file of others is no model of ours",
    { "other.onnx": Buffer.from(encode({ y: multiply(input("x", "float64", ["rows"]), float64([2])) })) },
    ["score", "good.csv", "-m", "other.onnx"],
    /other\.onnx: the file .*without Unseen's manifest.*unseen fit/,
  ],
  ["a model that is not there is refused", {}, ["score", "good.csv", "-m", "none.onnx"], /none\.onnx: .*no such file/],
  ["a folder is no model", {}, ["inspect", "folder.onnx"], /folder\.onnx: .*it is a folder/],
  ["a model is no input", {}, ["score", "model.onnx", "-m", "model.onnx"], /model\.onnx: expected \.csv.*-m/],
  [
    "an input that is not there is refused",
    {},
    ["score", "none.csv", "-m", "model.onnx"],
    /none\.csv: no such file; check the path/,
  ],
  ["a folder is no input", {}, fitOf("folder.csv"), /folder\.csv: expected a file, got a folder; pass a pattern/],
  ["an address is no input", {}, fitOf("https://example.com/x.csv"), /expected a local file; download it first/],
  ["a pipe is no input to learn from", {}, fitOf("-"), /got a pipe.*save them first/],
  ["a pipe is no input to inspect", {}, ["inspect", "-"], /got a pipe.*save the rows first/],
  [
    "an output in a folder that is not there is refused",
    good,
    score("-o", "no/out.csv"),
    /no\/out\.csv: expected an existing folder/,
  ],
  [
    "a model in a folder that is not there is refused",
    good,
    fit("-o", "no/out.onnx"),
    /no\/out\.onnx: expected an existing folder/,
  ],
  [
    "an output that is a folder is refused",
    good,
    score("-o", "folder.csv"),
    /folder\.csv: expected a file, got a folder/,
  ],
  [
    "a model that is a folder is refused",
    good,
    fit("-o", "folder.onnx"),
    /folder\.onnx: expected a file, got a folder/,
  ],
  [
    "an output where the system lets no file be made is refused",
    good,
    score("-o", "/proc/out.csv"),
    /\/proc\/out\.csv: expected/,
  ],
  [
    "an output that is the input is refused",
    good,
    score("-o", "./in.csv"),
    /in\.csv: expected another path than the input's/,
  ],
  [
    "an output that is the model is refused",
    good,
    score("-o", "./model.onnx", "--output-format", "csv"),
    /model\.onnx: expected another path than the model's/,
  ],
  [
    "an output of unknown ending is refused",
    good,
    score("-o", "out.xlsx"),
    /out\.xlsx: expected a path that ends in .*--output-format/,
  ],
  [
    "a model of unknown ending is refused",
    good,
    fit("-o", "model"),
    /ends in \.onnx, got "model"; pass -o model\.onnx/,
  ],
  [
    "an unknown detector is refused with the shelf",
    good,
    fit("--detector", "knnn"),
    /--detector: expected auto, knn.*got "knnn"/,
  ],
  [
    "an option of another detector says whose it is",
    good,
    fit("--k", "5"),
    /--k: unknown option; it belongs to .*\bknn\b/,
  ],
  [
    "an unknown option of a detector names the near one",
    good,
    fit("--shrinkag", "none"),
    /--shrinkag: unknown option; did you mean --shrinkage/,
  ],
  [
    "an option out of range names its range",
    good,
    fit("--detector", "knn", "--k", "0"),
    /k: expected an integer from 1 to \d+, got 0/,
  ],
  [
    "an option that is no number names its range",
    good,
    fit("--detector", "knn", "--k", "five"),
    /k: expected an integer from 1 to \d+, got "five"/,
  ],
  ["an option without a value is refused", good, fit("--shrinkage"), /--shrinkage: expected a value, got none/],
  ["an unknown flag names the near one", good, score("--fd", "0.1"), /unknown option '--fd'; did you mean --fdr\?/],
  [
    "--fdr below what the calibration rows resolve names the number that would do",
    good,
    score("--fdr", "0.001"),
    /--fdr: 0\.001 is below 1\/\(60 \+ 1\).*at least 999 calibration rows.*--fdr 0\.02/,
  ],
  [
    "--fdr and --false-alarm-rate are two rules",
    good,
    score("--fdr", "0.05", "--false-alarm-rate", "0.1"),
    /expected --fdr or --false-alarm-rate, got both; drop one/,
  ],
  ["--fdr 2 is no rate", good, score("--fdr", "2"), /--fdr: expected a number between 0 and 1, got 2; give 0\.05/],
  [
    "--fdr 5% is no number",
    good,
    score("--fdr", "5%"),
    /--fdr: expected a number between 0 and 1, got "5%"; give --fdr 0\.05/,
  ],
  [
    "a false alarm rate of 0 is refused",
    good,
    score("--false-alarm-rate", "0"),
    /--false-alarm-rate: expected a number between 0 and 1, got 0/,
  ],
  ["random ties need a key", good, score("--ties", "random"), /--ties: .*pass --key 7/],
  [
    "--column for an unknown column names the near one",
    csv(["alpha", "b", "c"]),
    fit("--column", "alpa=category"),
    /"alpa"; did you mean "alpha"\?/,
  ],
  [
    "--column of unknown kind lists the kinds",
    good,
    fit("--column", "a=nonsense"),
    /a: expected numeric, category, boolean, timestamp or image, got "nonsense"/,
  ],
  [
    "--column that does not fit the values is refused",
    good,
    fit("--column", "color=numeric"),
    /color=numeric: expected numbers, got 60 texts.*color=category/,
  ],
  ["--column without a kind is refused", good, fit("--column", "a"), /--column: expected name=kind, got "a"/],
  [
    "--ignore of an unknown column lists the columns",
    good,
    fit("--ignore", "xyz"),
    /"xyz"; there are "a", "b", "color"/,
  ],
  ["--ignore of nothing is refused", good, fit("--ignore", "a,,b"), /--ignore: expected names with commas/],
  ["--keep of an unknown column is refused", good, score("--keep", "colr"), /"colr"; did you mean "color"\?/],
  ["an unknown command names the near one", {}, ["fitt", "good.csv"], /unknown command 'fitt'; did you mean fit\?/],
  ["fit without -o says what to pass", {}, ["fit", "good.csv"], /--output: .*pass -o model\.onnx/],
  ["score without -m says what to pass", {}, ["score", "good.csv"], /--model: .*pass -m model\.onnx/],
  ["score without a file says so", {}, ["score", "-m", "model.onnx"], /missing required argument 'file'; /],
  [
    "two files are a pattern without quotes",
    {},
    ["fit", "good.csv", "good.csv", "-o", "out.onnx"],
    /expected one file, got 2; quote a pattern/,
  ],
];

const awkward: readonly Case[] = [
  ["a file with semicolons is read", csv(abc, rows, ";"), score(), /delimiter ";"/, /of 60 rows/],
  ["a file with tabs is read", csv(abc, rows, "\t"), score(), /delimiter "\\t"/, /of 60 rows/],
  ["a file with bars is read", csv(abc, rows, "|"), score(), /delimiter "\|"/, /of 60 rows/],
  ["a wrong ending is overruled by --format", { "in.dat": good }, fitOf("in.dat", "--format", "csv"), /60 rows/],
  [
    "the usual spellings of missing values are known",
    column(["", "NA", "n/a", "?", "null", "NaN", "None", "-1.5", "2", "7"]),
    fit(),
    /x: 42 missing values became the median/,
  ],
  ["a column of missing values alone is left aside", column(["NA", ""]), fit(), /left aside +empty: x/],
  [
    "NaN and infinities are learned from",
    column(["NaN", "inf", "-Infinity", "1", "2", "3", "5"]),
    fit(),
    /missing values became/,
    /infinite\s+values became/,
  ],
  [
    "NaN, infinities and numbers beyond doubles are scored",
    "a,b,color\nNaN,inf,red\n-inf,1e308,blue\n1e400,-1e999,red\n",
    score(),
    /flagged 3 of 3 rows/,
  ],
  [
    "integers past 2^53 that name the rows are left aside",
    column(rows.map((_, i) => String(9007199254740993n + BigInt((i * 7919) % 1000)))),
    fit(),
    /left aside +id: x/,
  ],
  [
    "integers past 2^53 are categories on request",
    column(["9007199254740993", "9007199254740995"]),
    fit("--column", "x=category"),
    /x: 2 categories/,
  ],
  [
    "a column without a name is called by its position",
    csv(["a", "", "color"]),
    fit(),
    /1 without a name, called column1/,
  ],
  [
    "further columns are kept and not used",
    csv(
      ["zzz", ...abc],
      rows.map((r) => ["q", ...r]),
    ),
    score(),
    /of 60 rows/,
  ],
  [
    "columns may stand in another order",
    csv(
      ["color", "b", "a"],
      rows.map((r) => r.toReversed()),
    ),
    score(),
    /of 60 rows/,
  ],
  ["a new category is anomalous, no error", "a,b,color\n0.1,10,purple\n0.1,10,red\n", score(), /flagged 1 of 2 rows/],
  [
    "numbers of 10^300 are learned from",
    csv(
      abc,
      rows.map(([a, b, color]) => [`${a}e300`, b, color]),
    ),
    fit(),
    /3 used/,
  ],
  ["numbers of 10^300 are scored", "a,b,color\n1e300,10,red\n-1e300,1e-300,red\n", score(), /flagged 2 of 2 rows/],
  [
    "of 5,000 columns those are taken that the model learned from",
    csv(
      [...abc, ...Array.from({ length: 4997 }, (_, j) => `c${j}`)],
      rows.slice(0, 9).map((row) => [...row, ...new Array<string>(4997).fill("1.5")]),
    ),
    score(),
    /of 9 rows/,
  ],
  ["a name may have 10,000 characters", csv(["h".repeat(10_000), "b", "color"]), fit(), /3 used/],
  ["a cell may have 2 MB", with_(3, 2, "x".repeat(2_000_000)), score(), /of 60 rows/],
  [
    "brackets within texts are no nesting",
    { "in.jsonl": lines(objects.map((row) => ({ ...row, t: '["{'.repeat(2000) }))) },
    score().with(1, "in.jsonl"),
    /of 60 rows/,
  ],
  ["one row can be scored", csv(abc, rows.slice(0, 1)), score(), /of 1 row /],
  ["three rows are enough to learn from", csv(abc, rows.slice(0, 3)), fit(), /3 rows/],
  [
    "quoted line ends, delimiters and quotes are read",
    csv(
      abc,
      rows.map((r, i) => r.with(2, i % 2 ? '"light\nblue"' : '"say ""hi"", you"')),
    ),
    fit(),
    /color: 2 categories/,
  ],
  ["lines may end in CR LF", csv(abc, rows, ",", "\r\n"), score(), /of 60 rows/],
  ["lines may end in CR", csv(abc, rows, ",", "\r"), score(), /of 60 rows/],
  ["a byte order mark is no part of a name", `\ufeff${good}`, score(), /of 60 rows/],
  ["names may be of any language", csv(["温度", "größe 🌡", "цвет"]), fit(), /цвет: 3 categories/],
  [
    "without a header columns are called by position",
    csv(rows[0], rows.slice(1)),
    fit(),
    /no header: columns are called column1 to column3/,
    /60 rows/,
  ],
  ["--header yes takes numbers as names", csv(["1", "2", "3"]), fit("--header", "yes"), /3: 3 categories/],
  ["a packed file is unpacked", { "in.csv.gz": gzipSync(good) }, fitOf("in.csv.gz"), /60 rows/],
  [
    "nested values are left aside",
    { "in.jsonl": lines(objects.map((row) => ({ ...row, at: { x: 1 } }))) },
    fitOf("in.jsonl"),
    /left aside +nested: at/,
  ],
  [
    "an empty key of JSON is called by its position",
    { "in.jsonl": lines(objects.map(({ a, b }) => ({ "": a, b }))) },
    fitOf("in.jsonl"),
    /2 used/,
  ],
  ["--key takes a text", good, fit("--key", "seven"), /key +seven/],
  ["the empty text is a key", good, fit("--key", ""), /60 rows/],
  [
    "a column called row or flagged is learned from",
    csv(["row", "flagged", "color"]),
    fit("--column", "row=numeric"),
    /3 used/,
  ],
];

const named = (cases: readonly Case[]) =>
  cases.map(([name, files, argv, ...patterns]) => [name, { files, argv, patterns }] as const);

describe("a table that cannot be read or learned from is refused with place and remedy", () => {
  test.each(named(tables))("%s", async (_name, { files, argv, patterns }) => {
    const names = write(files);
    await refuses(argv, patterns);
    for (const name of names) rmSync(name);
  });
});

describe("a command that cannot be followed is refused with place and remedy", () => {
  test.each(named(commands))("%s", async (_name, { files, argv, patterns }) => {
    const names = write(files);
    await refuses(lastOutput(argv), patterns);
    for (const name of names) rmSync(name);
    expect(readFileSync("model.onnx").equals(model)).toBe(true);
  });

  test.each([0.02, 0.3, 0.9, 0.999])("a model cut off after %f of its bytes is refused", async (share) => {
    writeFileSync("cut.onnx", model.subarray(0, Math.floor(model.length * share)));
    await refuses(["score", "good.csv", "-m", "cut.onnx"], [/cut\.onnx: the file .*unseen fit/]);
    rmSync("cut.onnx");
  });

  test("a changed byte anywhere in a model is refused or harmless, never a crash", async () => {
    const place = normal(key(3));
    for (let i = 0; i < 40; i++) {
      const bytes = Buffer.from(model);
      bytes[Math.floor(Math.abs(place()) * 1e6) % bytes.length] ^= 1 << (i % 8);
      writeFileSync("bent.onnx", bytes);
      const { code, stderr } = await capturedRun(["score", "good.csv", "-m", "bent.onnx", "-o", "bent.csv"]);
      expect([0, 2], stderr).toContain(code);
    }
    rmSync("bent.onnx");
    rmSync("bent.csv", { force: true });
  });
});

describe("an awkward table works", () => {
  test.each(named(awkward))("%s", async (_name, { files, argv, patterns }) => {
    const names = write(files);
    await works(argv, patterns);
    for (const name of names) rmSync(name);
  });

  test.each(["__proto__", "constructor", "toString", 'say "hi"', "it's, b", "two\nlines", "--flag", "a=b", " x "])(
    "a column may be called %j, from fit to file, pipe and inspect",
    async (name) => {
      const quoted = `"${name.replaceAll('"', '""')}"`;
      write(csv([quoted, "b", "color"]));
      const learned = await works(fit("--column", `${name}=numeric`), [/3 used/]);
      writeFileSync("odd.onnx", Buffer.from(learned.outputs["out.onnx"], "latin1"));
      const { stdout } = await works(["score", "in.csv", "-m", "odd.onnx", "--output-format", "jsonl"], [/of 60 rows/]);
      const line = `{${JSON.stringify(name)}:0.5,"b":10,"color":"red"}\n`;
      const piped = await works(["score", "-", "-m", "odd.onnx"], [/of 1 row/], line);
      expect(Object.keys(JSON.parse(piped.stdout))[0]).toBe(name);
      expect(stdout.split("\n", 1)[0]).toContain(JSON.stringify(name));
      await refuses(["score", "-", "-m", "odd.onnx"], [/line 1: .*got none; add it/], '{"b":10,"color":"red"}\n');
      await works(["inspect", "odd.onnx"]);
      await works(["inspect", "in.csv", "--json"]);
      await works(fit("--ignore", quoted), [/2 used/]);
      rmSync("odd.onnx");
    },
  );

  test("1,500 columns of 20 rows are learned and scored", async () => {
    const names = Array.from({ length: 1500 }, (_, j) => `c${j}`);
    write(
      csv(
        names,
        Array.from({ length: 20 }, () => names.map(() => draw().toFixed(3))),
      ),
    );
    const learned = await works(fit("--detector", "knn", "--calibration", "split"), [/1500 used/]);
    writeFileSync("wide.onnx", Buffer.from(learned.outputs["out.onnx"], "latin1"));
    await works(["score", "in.csv", "-m", "wide.onnx", "-o", "out.csv"], [/of 20 rows/]);
    rmSync("wide.onnx");
  }, 120_000);
});

describe("a remedy works when it is followed", () => {
  test("--missing, where a text stands for a missing value", async () => {
    write(with_(3, 0, "n.d."));
    await works(fit("--missing", "n.d."), [/a: 1 missing value became the median/]);
    await works(score("--missing", "n.d."), [/of 60 rows/]);
    await works(score("--where", "a <> 'n.d.'"), [/of 59 rows/]);
  });

  test("--column and --ignore, where numbers have text among them", async () => {
    write(with_(3, 0, "n.d."));
    await works(fit("--column", "a=category"), [/a: \d+ categories/]);
    await works(fit("--ignore", "a"), [/by --ignore: a/]);
  });

  test("--sql, where a column is called otherwise or is not there", async () => {
    write(csv(["a", "b", "colour"]));
    const { stderr } = await run(score());
    const [, sql] = /--sql '(.*)'/.exec(stderr)!;
    await works(score("--sql", sql), [/of 60 rows/]);
    write(
      csv(
        ["a", "color"],
        rows.map((r) => [r[0], r[2]]),
      ),
    );
    const [, added] = /--sql '(.*)'/.exec((await run(score())).stderr)!;
    await works(score("--sql", added), [/of 60 rows/]);
  });

  test("--prefix, where the input has a column called score", async () => {
    write(
      csv(
        [...abc, "score"],
        rows.map((r) => [...r, "1"]),
      ),
    );
    const { outputs } = await works(score("--prefix", "unseen_"));
    expect(outputs["out.csv"].split("\n", 1)[0]).toBe("a,b,color,score,unseen_score,unseen_p_value,unseen_flagged");
  });

  test("the rate that the message names", async () => {
    write(good);
    const [, rate] = /or --fdr ([\d.]+) or more/.exec((await run(score("--fdr", "0.001"))).stderr)!;
    await works(score("--fdr", rate), [/false discovery rate/]);
  });

  test("--column NAME=category, where every column is constant", async () => {
    write(
      csv(
        ["a", "b"],
        rows.map(() => ["1", "x"]),
      ),
    );
    await works(fit("--column", "b=category"), [/2 used/]);
  });

  test("conversion to UTF-8, and renaming a packed file", async () => {
    write({ "in.csv": Buffer.from(good, "utf8"), "in.csv.gz": gzipSync(good) });
    await works(fit(), [/60 rows/]);
    await works(fitOf("in.csv.gz"), [/60 rows/]);
    rmSync("in.csv.gz");
  });
});

describe("a pipe", () => {
  const text = lines(objects.slice(0, 5));

  test("keeps order and appends to each row", async () => {
    const { stdout } = await works(pipe(), [/of 5 rows/], text);
    const out = stdout.trim().split("\n");
    expect(out.map((line) => JSON.parse(line).a)).toEqual(objects.slice(0, 5).map(({ a }) => a));
  });

  test.each([
    [
      "a malformed line is named, the rows before it are written",
      [objects[0], objects[1]],
      "{bad\n",
      /line 3: expected one JSON object, got "\{bad"/,
    ],
    [
      "a text for a number is named, the rows before it are written",
      [objects[0], objects[1]],
      '{"a":"n.d.","b":1,"color":"red"}\n',
      /line 3: column "a": expected a number, got "n\.d\."; write null/,
    ],
    [
      "an absent key is named, the rows before it are written",
      [objects[0], objects[1]],
      '{"a":1,"color":"red"}\n',
      /line 3: expected a value for "b", got none; add it, with null/,
    ],
    [
      "a key called score is named, --prefix is the remedy",
      [],
      '{"a":1,"b":1,"color":"red","score":1}\n',
      /line 1: column "score": .*--prefix/,
    ],
    [
      "a list for a number is named, however deep it is",
      [objects[0]],
      `{"a":${"[".repeat(99_999)}${"]".repeat(99_999)},"b":1,"color":"red"}\n`,
      /line 2: column "a": expected a number, got "a list"/,
    ],
    ["an array is named", [], "[]\n", /line 1: expected one JSON object.*jq -c '\.\[\]'/],
    ["CSV is named", [], "a,b,color\n1,2,red\n", /line 1: expected one JSON object, got "a,b,color"/],
    ["no rows at all are refused", [], "", /standard input: expected rows, got none/],
  ] as const)("%s", async (_name, before, bad, pattern) => {
    await refuses(pipe(), [pattern], lines(before) + bad, before.length === 0 ? "" : String(before.length));
  });

  test("values that are nested too deep to be written anew are refused with --keep, and pass without", async () => {
    const deep = `{"a":1,"b":1,"color":"red","deep":${"[".repeat(99_999)}${"]".repeat(99_999)}}\n`;
    await refuses(pipe("--keep", "deep"), [/line 1: --keep: column "deep": .*nested less deep; drop --keep/], deep);
    const { stdout } = await works(pipe(), [/of 1 row/], deep);
    expect(stdout.startsWith(deep.slice(0, -2))).toBe(true);
  });

  test("--fdr needs all rows: --false-alarm-rate is the remedy, and works", async () => {
    await refuses(pipe("--fdr", "0.05"), [/--fdr: .*got a pipe; pass --false-alarm-rate 0\.05/], text);
    await works(pipe("--false-alarm-rate", "0.05"), [/of 5 rows/], text);
  });
});

describe("the program", () => {
  const tsx = createRequire(import.meta.url).resolve("tsx");
  const main = join(home, "src/cli/main.ts");
  const start = (...argv: readonly string[]) => {
    const child = spawn(process.execPath, ["--import", tsx, main, ...argv], { cwd: folder });
    child.stdin.on("error", () => {});
    const closed = new Promise<number | null>((resolve) => child.on("close", resolve));
    let stderr = "";
    child.stderr.on("data", (data) => {
      stderr += data;
    });
    return { child, closed, stderr: () => stderr };
  };
  const listing = () => readdirSync(folder).toSorted();
  const long = () => {
    const names = Array.from({ length: 12 }, (_, j) => `x${j}`);
    const row = () => names.map(() => draw().toFixed(4));
    return csv(names, Array.from({ length: 6000 }, row));
  };

  test("SIGINT in a long fit ends it with 130 within two seconds and leaves nothing", async () => {
    write({ "long.csv": long() });
    const before = listing();
    const { child, closed, stderr } = start("fit", "long.csv", "-o", "long.onnx", "--json");
    let asked = 0;
    child.stderr.on("data", () => {
      if (asked > 0 || !stderr().includes("compare normal rows")) return;
      asked = performance.now();
      child.kill("SIGINT");
    });
    expect([await closed, stderr().trim().split("\n").at(-1)]).toEqual([130, '{"error":"interrupted","exitCode":130}']);
    expect(performance.now() - asked).toBeLessThan(4000); // 2 s, and as much for a busy machine
    expect(listing()).toEqual(before);
  }, 60_000);

  test("SIGINT in a long score ends it with 130 within two seconds and leaves nothing", async () => {
    write({ "long.csv": long() });
    const model = ["--detector", "knn", "--calibration", "split", "-o", "knn.onnx"];
    expect((await capturedRun(["fit", "long.csv", ...model])).code).toBe(0);
    const text = readFileSync("long.csv", "utf8");
    const body = text.slice(text.indexOf("\n") + 1);
    writeFileSync("longer.csv", text + body.repeat(30));
    const before = listing();
    const { child, closed, stderr } = start("score", "longer.csv", "-m", "knn.onnx", "-o", "scored.csv", "--json");
    let asked = 0;
    child.stderr.on("data", () => {
      if (asked > 0 || !stderr().includes("progress")) return;
      asked = performance.now();
      child.kill("SIGINT");
    });
    expect([await closed, stderr().trim().split("\n").at(-1)]).toEqual([130, '{"error":"interrupted","exitCode":130}']);
    expect(performance.now() - asked).toBeLessThan(4000);
    expect(listing()).toEqual(before);
  }, 60_000);

  test("a reader that goes away (| head -1) ends a scored file quietly with 0", async () => {
    const body = lines(objects).repeat(2000);
    write({ "many.jsonl": body });
    const { child, closed, stderr } = start("score", "-", "-m", "model.onnx");
    child.stdout.once("data", () => child.stdout.destroy());
    child.stdin.end(body);
    expect([await closed, stderr()]).toEqual([0, ""]);
  }, 60_000);

  test("200,000 rows pass through a pipe in order and in bounded memory", async () => {
    const { child, closed } = start("score", "-", "-m", "model.onnx", "--keep", "n");
    const source = function* () {
      for (let n = 0; n < 200_000; n += 500)
        yield Array.from({ length: 500 }, (_, i) => `{"a":0.1,"b":10,"color":"red","n":${n + i}}\n`).join("");
    };
    const fed = pipeline(Readable.from(source()), child.stdin);
    let [peak, next] = [0, 0];
    for await (const line of createInterface(child.stdout)) {
      if (JSON.parse(line).n !== next++) break;
      if (next % 1000 === 0) peak = Math.max(peak, residentBytes(child.pid!));
    }
    await fed;
    expect([await closed, next]).toEqual([0, 200_000]);
    expect(peak).toBeLessThan(500e6); // about 190 MB at 100,000 rows as at 1,000,000
  }, 60_000);
});

/** The memory of a process where /proc tells it, 0 elsewhere. */
function residentBytes(pid: number): number {
  try {
    return 1024 * Number(/VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** The later of two -o, as the command line takes it, in one place: what a test looks for. */
function lastOutput(argv: readonly string[]): readonly string[] {
  const [first, last] = [argv.indexOf("-o"), argv.lastIndexOf("-o")];
  return first === last ? argv : [...argv.slice(0, first), ...argv.slice(first + 2)];
}
