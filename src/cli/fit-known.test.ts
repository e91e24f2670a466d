import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { key, normal } from "../numeric/index.ts";
import { capturedRun } from "./captured-run.ts";

const folder = mkdtempSync(join(tmpdir(), "unseen-fit-known-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);
const flat = (text: string) => text.replace(/\s+/g, " ");

/** 80 rows BENIGN, 6 "flood, slow", 3 scan and one without a label. */
function writeRows(): string {
  const z = normal(key(1));
  const label = (i: number) => (i < 80 ? "BENIGN" : i < 86 ? '"flood, slow"' : i < 89 ? "scan" : "");
  const lines = Array.from({ length: 90 }, (_, i) => `${z() + (i < 80 ? 0 : 5)},${z()},${label(i)}`);
  writeFileSync(at("rows.csv"), `x,y,Label\n${lines.join("\n")}\n`);
  return at("rows.csv");
}
const rows = writeRows();
const labelled = ["fit", rows, "--label", "Label", "--normal", "BENIGN", "--calibration", "split", "--workers", "0"];

describe("unseen fit with known anomalous rows", () => {
  test("the summary and inspect say what was known; the model scores", async () => {
    const model = at("known.onnx");
    const { code, stdout, stderr } = await capturedRun([...labelled, "--detector", "logistic", "-o", model]);
    expect([code, stdout]).toEqual([0, ""]);
    for (const said of [
      "80 of 90 rows are normal (Label = BENIGN)",
      "9 anomalous rows learned from too: flood, slow (6), scan (3)",
      "used for neither: 1 row without a value of Label",
      "learned from 64, calibrated on 16",
    ])
      expect(flat(stderr)).toContain(said);
    expect(flat((await capturedRun(["inspect", model])).stdout)).toContain("9 anomalous rows learned from too");
    const json = JSON.parse((await capturedRun(["inspect", model, "--json"])).stdout);
    expect(json.known).toMatchObject({ rows: 9, missing: 1 });
    writeFileSync(at("new.csv"), "x,y\n0,0\n5,0\n");
    const scored = await capturedRun(["score", at("new.csv"), "-m", model, "-o", at("scored.jsonl"), "--json"]);
    expect([scored.code, JSON.parse(scored.stdout).flagged]).toEqual([0, expect.any(Number)]);
  });

  test("--known-classes names those that are learned from, with a comma in quotes; --json tells", async () => {
    const { code, stdout } = await capturedRun([
      ...labelled,
      ...["--detector", "logistic", "--base", "mahalanobis", "--known-classes", '"flood, slow"'],
      ...["-o", at("some.onnx"), "--json"],
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      normalRows: 80,
      known: { rows: 6, classes: [{ name: "flood, slow", rows: 6 }], of: 1, leftOut: 3, missing: 1 },
      detector: { name: "logistic", options: { base: "mahalanobis" } },
    });
  });

  test("a base that keeps no row: --no-rows leaves none, and inspect says so", async () => {
    const argv = [...labelled, "--detector", "logistic", "--base", "mahalanobis", "--no-rows", "-o", at("none.onnx")];
    expect((await capturedRun(argv)).code).toBe(0);
    const { stdout } = await capturedRun(["inspect", at("none.onnx")]);
    expect(flat(stdout)).toContain("holds summaries of the training rows (the detector keeps no row)");
    rmSync(at("none.onnx"));
  });

  test("a class that is spelled like a missing value is noted, with the remedy", async () => {
    const path = at("odd.csv");
    const z = normal(key(2));
    writeFileSync(
      path,
      `x,Label\n${Array.from({ length: 60 }, (_, i) => `${z()},${i < 57 ? "BENIGN" : "n/a"}`).join("\n")}\n`,
    );
    const argv = ["fit", path, ...labelled.slice(2), "--detector", "logistic", "-o", at("odd.onnx")];
    const { code, stderr } = await capturedRun(argv);
    expect(code).toBe(0);
    expect(flat(stderr)).toContain(
      'note: 3 rows labelled "n/a" are learned from as anomalous; if it means that nobody knows, pass --missing n/a',
    );
    const told = await capturedRun([...argv, "--missing", "n/a"]);
    expect([told.code, told.stderr]).toEqual([2, expect.stringContaining("other than BENIGN, got none")]);
  });

  test("other detectors leave rows of other labels out, and say nothing of them", async () => {
    const { code, stderr } = await capturedRun([...labelled, "--detector", "knn", "-o", at("knn.onnx")]);
    expect(code).toBe(0);
    expect(stderr).not.toContain("learned from too");
  });

  test.each([
    [
      ["fit", rows, "--ignore", "Label", "--detector", "logistic"],
      "fit: --label: logistic learns from known anomalous rows",
    ],
    [
      [...labelled, "--detector", "logistic", "--where", "Label = 'BENIGN'"],
      'expected some labels of column "Label" other than BENIGN, got none',
    ],
    [[...labelled, "--detector", "logistic", "--known-classes", "skan"], 'got "skan"'],
    [[...labelled, "--detector", "knn", "--known-classes", "scan"], "knn learns from normal rows alone"],
    [
      [...labelled, "--detector", "logistic", "--no-rows"],
      "), --base isolation-forest or mahalanobis or none, or leave --no-rows away",
    ],
  ])("%j: exit code 2, and no file", async (argv, message) => {
    const { code, stdout, stderr } = await capturedRun([...argv, "-o", at("none.onnx")]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
    expect(existsSync(at("none.onnx"))).toBe(false);
  });
});
