import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { key, normal } from "../numeric/index.ts";
import { capturedRun } from "./captured-run.ts";

const folder = mkdtempSync(join(tmpdir(), "unseen-explain-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);
const model = at("model.onnx");

/** Rows of an amount, a count and a protocol; those named are odd in one column. */
function writeRows(name: string, seed: number, rows: number, odd: Readonly<Record<number, string>> = {}): string {
  const draw = normal(key(seed));
  const lines = Array.from({ length: rows }, (_, i) => {
    const cells = `${(10 + draw()).toFixed(2)},${Math.round(50 + 5 * draw())},${i % 3 === 0 ? "udp" : "tcp"}`;
    return `row ${i + 1},${odd[i + 1] ?? cells}`;
  });
  writeFileSync(at(name), `name,amount,count,protocol\n${lines.join("\n")}\n`);
  return at(name);
}

const train = writeRows("train.csv", 1, 1500);
const test50 = writeRows("test.csv", 2, 50, { 7: "99.5,50,tcp", 20: "10,50,gopher", 31: "10,4000,udp" });
const fitted = ["fit", train, "--ignore", "name", "--detector", "mahalanobis", "--calibration", "split"];
const explain = (...argv: string[]) => capturedRun(["explain", test50, "-m", model, ...argv]);

beforeAll(async () => {
  expect((await capturedRun([...fitted, "-o", model])).code).toBe(0);
});

describe("unseen explain", () => {
  test("shows the flagged rows with the highest scores: columns, words, change, nearest rows", async () => {
    const { code, stdout, stderr } = await explain();
    expect(code).toBe(0);
    expect(
      stdout
        .match(/^row \d+/gm)!
        .slice(0, 2)
        .toSorted(),
    ).toEqual(["row 31", "row 7"]);
    expect(stdout).toMatch(/^row 7 {2}score \S+, p \S+, flagged \(p ≤ 0\.01\)$/m);
    expect(stdout).toMatch(/^ {4}amount +99\.5 +\S+ ██████████ +higher than all of 300 normal rows \(typical/m);
    expect(stdout).toMatch(/^ {4}amount {2}99\.5 → 1\d/m);
    expect(stdout).toContain("the smallest change found that makes it normal (p 0.0");
    expect(stdout).toContain("the nearest normal rows");
    expect(stderr).toMatch(/^\d of 50 rows flagged \(p ≤ 0\.01\)$/m);
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
  });

  test("--row takes rows by number in the order given, flagged or not", async () => {
    const { stdout, stderr } = await explain("--row", "20,1", "--row", "7", "--columns", "1", "--nearest", "0");
    expect(stdout.match(/^row \d+/gm)).toEqual(["row 20", "row 1", "row 7"]);
    expect(stdout).toMatch(/protocol +gopher .* a category never seen in normal rows, most often tcp/);
    expect(stdout).toContain("not flagged (p > 0.01)");
    expect(stdout).toContain("2 other columns");
    expect(stdout).not.toContain("nearest normal rows");
    expect(stderr).toBe("");
  });

  test("--json prints one object a row", async () => {
    const { stdout } = await explain("--row", "31", "--json");
    const one = JSON.parse(stdout);
    expect(one).toMatchObject({ row: 31, flagged: true, contributions: [{ column: "count", value: "4000" }, {}, {}] });
    expect(one.change).toMatchObject({ small: true, changes: [{ column: "count", from: "4000" }] });
    expect(Number.isInteger(Number(one.change.changes[0].to))).toBe(true);
    expect(one.nearest.length).toBe(3);
  });

  test("-o writes a line a column as CSV, or a line a row as JSON", async () => {
    const { stdout, stderr } = await explain("--row", "7,20", "-o", at("reasons.csv"));
    expect([stdout, stderr]).toEqual(["", `${at("reasons.csv")}: reasons of 2 rows\n`]);
    const [head, ...lines] = readFileSync(at("reasons.csv"), "utf8").trim().split("\n");
    expect(head).toBe("row,score,p_value,flagged,rank,column,value,contribution,direction,change_to");
    expect(lines.length).toBe(6);
    expect(lines[0]).toMatch(/^7,[\d.]+,[\d.]+,true,1,amount,99\.5,/);
    expect(lines[3]).toMatch(/,"a category never seen in normal rows, most often tcp \(\d+ %\)",(tcp|udp)$/);
    await explain("--row", "7,20", "-o", at("reasons.jsonl"));
    const rows = readFileSync(at("reasons.jsonl"), "utf8").trim().split("\n");
    expect(rows.map((line) => JSON.parse(line).row)).toEqual([7, 20]);
  });

  test("--where numbers rows as they stand in the file", async () => {
    const { stdout } = await explain("--where", "amount > 50", "--json");
    expect(JSON.parse(stdout).row).toBe(7);
  });

  test("says so when no row is flagged", async () => {
    const { code, stdout, stderr } = await explain("--where", "name = 'row 1'");
    expect([code, stdout, stderr]).toEqual([0, "", "0 of 1 row flagged (p ≤ 0.01); explain any row with --row 17\n"]);
  });

  test("a model without rows is refused, with rows to compare with as the remedy", async () => {
    const bare = at("bare.onnx");
    expect((await capturedRun([...fitted, "--no-rows", "-o", bare])).code).toBe(0);
    const refused = await capturedRun(["explain", test50, "-m", bare, "--row", "7"]);
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(refused.stderr.replace(/\s+/g, " ")).toContain("pass --reference normal.csv");
    const { stdout } = await capturedRun(["explain", test50, "-m", bare, "--row", "7", "--reference", train]);
    expect(stdout).toContain("higher than all of 1500 normal rows");
  });

  test.each([
    [["--row", "0"], 'expected row numbers from 1, with commas between them, got "0"'],
    [["--row", "1,x"], 'got "1,x"'],
    [["--row", "51"], "got 51 of 50; give 1 to 50"],
    [["--row", "1", "--top", "3"], "expected --row or --top, got both"],
    [["--row", "1", "--where", "count > 3"], "expected no --where with it"],
    [["--top", "0"], "explain: top: expected a whole number ≥ 1, got 0"],
    [["--columns", "many"], "expected a whole number ≥ 0"],
    [["-o", at("x.xls")], "expected a path that ends in .csv or .jsonl"],
    [["-o", test50], "the input would be lost"],
    [["-o", at("no/x.csv")], "its folder does not exist"],
    [["--reference", at("none.csv")], "none.csv"],
    [["--false-alarm-rate", "0.0001"], "the smallest p-value that 300 calibration rows can resolve"],
    [["--trust", "--time-limit", "3"], "explain: --time-limit: expected no --trust"],
  ])("%j is refused, and nothing is written", async (argv, message) => {
    const before = readdirSync(folder);
    const { code, stdout, stderr } = await explain(...argv);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^error: .+\n$/);
    expect(stderr).toContain(message);
    expect(readdirSync(folder)).toEqual(before);
  });

  test("a pipe, no model and two outputs are refused", async () => {
    expect((await explain("-o", at("x.csv"), "--json")).stderr).toContain("expected --output or --json, got both");
    expect((await capturedRun(["explain", "-", "-m", model])).stderr).toContain("expected a file, got a pipe");
    expect((await capturedRun(["explain", test50])).stderr).toContain("pass -m model.onnx");
  });

  test("an aborted explanation exits with 130 and leaves no file", async () => {
    const abort = new AbortController();
    const argv = ["explain", test50, "-m", model, "-o", at("aborted.csv")];
    const run = capturedRun(argv, { signal: abort.signal });
    abort.abort();
    expect(await run).toEqual({ code: 130, stdout: "", stderr: "interrupted\n" });
    expect(existsSync(at("aborted.csv"))).toBe(false);
  });
});
