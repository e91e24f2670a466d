import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeTinyData } from "../../test/bench/tiny-data.ts";
import { capturedRun } from "./captured-run.ts";

const folder = mkdtempSync(join(tmpdir(), "bench-cli-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(() => writeTinyData(join(folder, "data")));
const bench = (...argv: string[]) =>
  capturedRun(["bench", ...argv, "--data", join(folder, "data"), "--results", join(folder, "results")]);

test("bench prints a table with the control, and the same as JSON", async () => {
  const { code, stdout, stderr } = await bench("oddbench", "--detectors", "hbos", "--workers", "1");
  expect([code, stderr.match(/measured 8 in .*, found 0 measured before/)?.length]).toEqual([0, 1]);
  expect(stdout).toMatch(/^oddbench: 3 sets; OddBench's fixed split[^|]*; key 0; [^|]*; means × 100/);
  for (const name of ["1-NN \\(knn\\)", "hbos"])
    for (const variant of ["all rows", "as fit ships it"])
      expect(stdout).toMatch(new RegExp(`^ {2}${name} +${variant} +\\d+\\.\\d\\d`, "m"));
  expect(stdout).toContain(`Every measurement: ${join(folder, "results/oddbench-4000-8000-key0-hbos.parquet")}\n`);
  const again = await bench("oddbench", "--detectors", "hbos", "--json");
  const told = JSON.parse(again.stdout);
  expect([told.suite, told.measured, told.found, told.rows.length]).toEqual(["oddbench", 0, 8, 12]);
});

test.each([
  [["oddbenc"], 'bench: suite: expected one of oddbench, adbench, intrusion, got "oddbenc"'],
  [
    ["intrusion"],
    /^error: bench: --data: expected sets of intrusion in .*manifest\.json, got none; pass another folder/,
  ],
  [["oddbench", "--keys", "0,x"], 'bench: --keys: expected whole numbers with commas between them, got "0,x"'],
  [["oddbench", "--options", "{k:5}"], 'bench: --options: expected an object in JSON, got "{k:5}"; pass --options \''],
  [["oddbench", "--max-train", "1"], "bench: --max-train: expected a whole number ≥ 2, got 1"],
  [["oddbench", "--workers", "0"], "bench: --workers: expected a whole number ≥ 1, got 0"],
  [["oddbench", "--seconds", "0"], "bench: --seconds: expected more than 0, got 0"],
  [["oddbench", "--detectors", "logistic"], "expected detectors that learn from normal rows alone, got logistic"],
  [["oddbench", "--detectors", "hbos", "--options", '{"k":5}'], "hbos: k: unknown option"],
])("bench %j is refused", async (argv, message) => {
  const { code, stdout, stderr } = await bench(...argv);
  expect([code, stdout]).toEqual([2, ""]);
  if (typeof message === "string") expect(stderr).toContain(message);
  else expect(stderr).toMatch(message);
});
