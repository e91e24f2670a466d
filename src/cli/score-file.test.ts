import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { key, normal } from "../numeric/index.ts";
import { capturedRun } from "./captured-run.ts";

const folder = mkdtempSync(join(tmpdir(), "unseen-score-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);
const model = at("model.onnx");

/** Rows of two numbers around 0, the last `anomalies` of them around 9. */
function writeRows(name: string, seed: number, rows: number, anomalies: number): string {
  const draw = normal(key(seed));
  const lines = Array.from({ length: rows }, (_, i) => {
    const shift = i < rows - anomalies ? 0 : 9;
    return `row ${i},${(draw() + shift).toFixed(4)},${(draw() - shift).toFixed(4)},${shift ? 1 : 0}`;
  });
  writeFileSync(at(name), `name,x,y,label\n${lines.join("\n")}\n`);
  return at(name);
}
const test200 = writeRows("test.csv", 2, 200, 20);

beforeAll(async () => {
  const train = writeRows("train.csv", 1, 1500, 0);
  const { code } = await capturedRun([
    "fit",
    train,
    "--ignore",
    "name,label",
    "--detector",
    "mahalanobis",
    "--calibration",
    "split",
    "-o",
    model,
  ]);
  expect(code).toBe(0);
});

describe("unseen score on a file", () => {
  test("writes every row as it came with three columns more, and the summary on stderr", async () => {
    const { code, stdout, stderr } = await capturedRun(["score", test200, "-m", model, "-o", at("scored.csv")]);
    expect([code, stdout]).toEqual([0, ""]);
    const [head, ...lines] = readFileSync(at("scored.csv"), "utf8").trim().split("\n");
    expect(head).toBe("name,x,y,label,score,p_value,flagged");
    expect(lines.map((line) => line.split(",").slice(0, 4).join(","))).toEqual(
      readFileSync(test200, "utf8").trim().split("\n").slice(1),
    );
    const flagged = lines.filter((line) => line.endsWith(",true")).length;
    expect(flagged).toBeGreaterThanOrEqual(20);
    expect(stderr).toContain(`flagged ${flagged} of 200 rows`);
    expect(stderr.replace(/\s+/g, " ")).toContain(
      "false alarm rate 0.01: p ≤ 0.01 (the default; --fdr or --false-alarm-rate changes it)",
    );
    expect(stderr).toContain("what that means");
    expect(stderr).toContain("- Assumption:");
    for (const line of stderr.split("\n")) expect(line.length).toBeLessThanOrEqual(100 + folder.length);
  });

  test("without -o rows go to stdout as CSV, with --json as JSON lines and the summary as JSON on stderr", async () => {
    const csv = await capturedRun(["score", test200, "-m", model, "--keep", "none"]);
    expect(csv.stdout).toMatch(/^row,score,p_value,flagged\n1,/);
    expect(csv.stdout.trim().split("\n").length).toBe(201);
    const { stdout, stderr } = await capturedRun(["score", test200, "-m", model, "--json", "--only", "flagged"]);
    const rows = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(rows.every(({ flagged }) => flagged === true)).toBe(true);
    expect(JSON.parse(stderr.trim().split("\n").at(-1)!)).toMatchObject({
      rows: 200,
      flagged: rows.length,
      output: null,
    });
  });

  test("with -o and --json prints one object on stdout", async () => {
    const argv = [
      "score",
      test200,
      "-m",
      model,
      "--fdr",
      "0.1",
      "--procedure",
      "storey",
      "-o",
      at("s.jsonl"),
      "--json",
    ];
    const { stdout } = await capturedRun(argv);
    expect(JSON.parse(stdout)).toMatchObject({
      rows: 200,
      rule: { kind: "false-discovery-rate", level: 0.1, procedure: "storey" },
      ruleByDefault: false,
      rowsWritten: 200,
    });
  });

  test("compares with labels", async () => {
    const argv = ["score", test200, "-m", model, "--label", "label", "--normal", "0", "-o", at("l.parquet")];
    const { code, stderr } = await capturedRun(argv);
    expect(code).toBe(0);
    for (const said of [
      "20 anomalous, 180 normal",
      "AUROC",
      "1.000",
      "average precision",
      "100 % of the anomalies at 1 % false alarms",
    ])
      expect(stderr).toContain(said);
  });

  test("says so when more normal rows are flagged than promised", async () => {
    const { stderr } = await capturedRun([
      "score",
      test200,
      "-m",
      model,
      "--sql",
      "select name, x + 2 as x, y, label from input",
      "--label",
      "label",
      "--normal",
      "0",
      "-o",
      at("n.csv"),
    ]);
    expect(stderr).toMatch(/note: .* % of the rows labelled normal were flagged, more than chance makes of 1 %/);
  });

  test("--exit-code is 1 when rows are flagged and 0 when none is", async () => {
    expect((await capturedRun(["score", test200, "-m", model, "--exit-code", "-o", at("e.csv")])).code).toBe(1);
    const none = ["score", test200, "-m", model, "--where", "x between -1 and 1 and y between -1 and 1", "--exit-code"];
    expect((await capturedRun(none)).code).toBe(0);
  });

  test("random ties with a key are repeatable", async () => {
    const argv = ["score", test200, "-m", model, "--ties", "random", "--key", "7", "--keep", "none"];
    expect((await capturedRun(argv)).stdout).toBe((await capturedRun(argv)).stdout);
  });

  test.each([
    [["-o", test200], "expected another path than the input's; the input would be lost"],
    [["-o", at("x.xls")], "change it, or pass --output-format"],
    [["-o", at("no/x.csv")], "expected an existing folder"],
    [["--fdr", "0.05", "--false-alarm-rate", "0.01"], "expected --fdr or --false-alarm-rate, got both"],
    [["--false-alarm-rate", "0.001"], "the smallest p-value that 300 calibration rows can resolve"],
    [["--ties", "random"], "random ties need a key; pass --key 7"],
    [["--keep", "nmae"], 'did you mean "name"?'],
    [["--sql", "select *, 1 as score from input"], "pass --prefix unseen_"],
    [["--sql", "select x, x as why from input"], 'got none called "y"'],
    [["--where", "x > 100"], "got none after --where"],
    [["--where", "name > 100"], "a column that holds any other text is text: write TRY_CAST(x AS DOUBLE) for x"],
    [["--label", "lable"], 'did you mean "label"?'],
  ])("%j is refused, and nothing is written", async (argv, message) => {
    const before = readdirSync(folder);
    const { code, stdout, stderr } = await capturedRun(["score", test200, "-m", model, ...argv]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^error: .+\n$/);
    expect(stderr).toContain(message);
    expect(readdirSync(folder)).toEqual(before);
  });

  test("an aborted scoring exits with 130 and leaves no file", async () => {
    const abort = new AbortController();
    const run = capturedRun(["score", test200, "-m", model, "-o", at("aborted.csv")], { signal: abort.signal });
    abort.abort();
    expect(await run).toEqual({ code: 130, stdout: "", stderr: "interrupted\n" });
    expect(existsSync(at("aborted.csv"))).toBe(false);
  });
});
