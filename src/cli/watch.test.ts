import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { key, normal, uniform } from "../numeric/index.ts";
import { capturedRun } from "./captured-run.ts";
import { sparkline } from "./sparkline.ts";

const folder = mkdtempSync(join(tmpdir(), "unseen-watch-cli-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);
const model = at("model.onnx");

/** Rows of two numbers and a category; the numbers around `shift`, a share of rows far away. */
function writeRows(name: string, seed: number, rows: number, shift = 0, anomalies = 0): string {
  const [z, u] = [normal(key(seed)), uniform(key(`u${seed}`))];
  const lines = Array.from({ length: rows }, () => {
    const far = u() < anomalies ? 20 : 0;
    return `${(z() + shift + far).toFixed(4)},${(z() - far).toFixed(4)},${u() < 0.7 ? "tcp" : "udp"}`;
  });
  writeFileSync(at(name), `x,y,protocol\n${lines.join("\n")}\n`);
  return at(name);
}

const [same, moved, odd] = [
  writeRows("same.csv", 2, 1000),
  writeRows("moved.csv", 3, 1000, 1.5),
  writeRows("odd.csv", 4, 1000, 0, 0.08),
];

beforeAll(async () => {
  const argv = ["fit", writeRows("train.csv", 1, 2000), "--detector", "mahalanobis", "-o", model];
  expect((await capturedRun(argv)).code).toBe(0);
}, 60_000);

const flat = (text: string) => text.replace(/\s+/g, " ");

describe("unseen watch", () => {
  test("a window as before: says so on stdout, exits with 0 with --exit-code", async () => {
    const { code, stdout, stderr } = await capturedRun(["watch", same, "-m", model, "--exit-code"]);
    expect(code).toBe(0);
    expect(stdout).toContain("nothing moved beyond chance: 1,000 rows");
    expect(stdout).toContain("columns: 0 of 3 moved");
    expect(flat(stdout)).toContain("Nothing moved beyond chance, neither a column nor the scores. Go on.");
    expect(flat(stdout)).toContain("compared with 400 rows (normal rows that the model holds)");
    expect(flat(stdout)).toContain("(Ville's inequality). Both together: at most 2 %.");
    expect(stdout).toMatch(/wealth {2,}[▁▂▃▄▅▆▇█]+\n/);
    expect(stderr).toBe("");
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(100 + folder.length);
  });

  test("a moved window: names the column and exits with 1 with --exit-code, with 0 without", async () => {
    const { code, stdout } = await capturedRun(["watch", moved, "-m", model, "--exit-code"]);
    expect(code).toBe(1);
    expect(stdout).toContain("alarm, scores drift, 1 of 3 columns moved: 1,000 rows");
    expect(flat(stdout)).toMatch(/ x distance 0\.\d+, p < 0\.000001: median -?0\.\d+ → 1\.\d+, middle half/);
    expect(flat(stdout)).toMatch(/the alarm at 100 was raised at row \d+; above 1 from row \d+ on/);
    expect((await capturedRun(["watch", moved, "-m", model])).code).toBe(0);
  });

  test("anomalous rows are told from drift", async () => {
    const { stdout } = await capturedRun(["watch", odd, "-m", model]);
    expect(stdout).toContain("alarm, more anomalous rows than before");
    expect(flat(stdout)).toContain("Look at them (unseen score --only flagged, unseen explain)");
  });

  test("--json is one object with everything; equal keys give equal objects", async () => {
    const argv = [
      "watch",
      moved,
      "-m",
      model,
      "--json",
      "--alpha",
      "0.05",
      "--key",
      "7",
      "--reference",
      at("train.csv"),
    ];
    const { stdout, stderr } = await capturedRun(argv);
    const { seconds, ...found } = JSON.parse(stdout);
    expect(found).toMatchObject({ input: moved, model, detector: "mahalanobis", rows: 1000, level: 0.05, key: 7 });
    expect(found.reference.rows).toBe(2000);
    expect(found.columns[0]).toMatchObject({ name: "x", moved: true });
    expect(found.scores.wealth.largestLog10).toBeGreaterThan(3);
    expect([seconds > 0, found.alarm]).toEqual([true, true]);
    for (const line of stderr.split("\n").filter(Boolean)) expect(JSON.parse(line)).toHaveProperty("progress");
    const { seconds: _, ...again } = JSON.parse((await capturedRun(argv)).stdout);
    expect(again).toEqual(found);
  });

  test("--where takes a part of the window, --reference-where one of the reference", async () => {
    const argv = ["watch", same, "-m", model, "--json", "--where", "x > 0", "--reference", at("train.csv")];
    const all = JSON.parse((await capturedRun(argv)).stdout);
    expect(all.columns[0]).toMatchObject({ name: "x", moved: true });
    const { stdout } = await capturedRun([...argv, "--reference-where", "x > 0"]);
    const found = JSON.parse(stdout);
    expect(found.rows).toBeLessThan(600);
    expect(found.moved).toBe(0);
  });

  test("wrong input ends with 2 and a remedy", async () => {
    const refusals: [string[], string][] = [
      [["watch", same], "watch: --model: expected a model file, got none; pass -m model.onnx"],
      [["watch", "-", "-m", model], "watch: expected a file, got a pipe (-)"],
      [["watch", same, "-m", model, "--alpha", "x"], "watch: --alpha: expected a number between 0 and 1"],
      [["watch", same, "-m", model, "--alpha", "1"], "watch: --alpha: expected a number between 0 and 1, got 1"],
      [["watch", same, "-m", model, "--trust", "--time-limit", "3"], "watch: --time-limit: expected no --trust"],
      [["watch", same, "-m", at("none.onnx")], "load:"],
      [["watch", at("none.csv"), "-m", model], "none.csv"],
    ];
    for (const [argv, message] of refusals) {
      const { code, stdout, stderr } = await capturedRun(argv);
      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).toContain(message);
    }
  });

  test("an aborted run exits with 130", async () => {
    expect((await capturedRun(["watch", same, "-m", model], { signal: AbortSignal.abort() })).code).toBe(130);
  });

  test("--help has examples that parse", async () => {
    const { code, stdout } = await capturedRun(["watch", "--help"]);
    expect(code).toBe(0);
    expect(stdout).toContain("$ unseen watch today.csv -m model.onnx");
    expect(readFileSync(new URL("../../docs/drift.md", import.meta.url), "utf8")).toContain("unseen watch");
  });
});

test("sparkline: the largest of each share, between the ends given", () => {
  expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8, 0, 8)).toBe("▁▂▃▄▅▆▇█");
  expect(sparkline([0, 9, 0, 0], 2, 0, 8)).toBe("█▁");
  expect(sparkline([-5, 1], 9, 0, 2)).toBe("▁▅");
  expect([sparkline([], 5, 0, 1), sparkline([3], 5, 3, 3)]).toEqual(["", "▁"]);
});
