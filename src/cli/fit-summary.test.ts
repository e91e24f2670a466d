import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { key, normal } from "../numeric/index.ts";
import { capturedRun } from "./captured-run.ts";

const folder = mkdtempSync(join(tmpdir(), "unseen-summary-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);

/** 200 rows; every fourth is labelled "other", and rows 50, 51 and 54 (from 1) of the others lie far out together. */
const draw = normal(key(3));
const odd = new Set([50, 51, 54]);
const lines = Array.from({ length: 200 }, (_, i) => {
  const shift = odd.has(i + 1) ? 12.3456 : 0;
  return `${(draw() / (shift ? 50 : 1) + shift).toFixed(4)},${(draw() / (shift ? 50 : 1) - shift).toFixed(4)},${i % 3 ? "tcp" : "udp"},${(i + 1) % 4 ? "fine" : "other"}`;
});
writeFileSync(at("rows.csv"), `x,y,protocol,label\n${lines.join("\n")}\n`);
const labelled = [at("rows.csv"), "--label", "label", "--normal", "fine", "--workers", "0"];
const flat = (text: string) => text.replace(/\s+/g, " ");

interface Named {
  readonly row: number;
  readonly score: number;
  readonly pValue: number;
}

async function fitted(...more: string[]) {
  const { code, stdout, stderr } = await capturedRun(["fit", ...labelled, "-o", at("m.onnx"), ...more]);
  expect([code, stderr.includes("error")]).toEqual([0, false]);
  return { stdout, stderr: flat(stderr) };
}

describe("the rows that fit least", () => {
  test("are named by their number in the file, those of other labels counted, highest scores first", async () => {
    const { stderr } = await fitted("--detector", "mahalanobis");
    expect(stderr).toMatch(/fit least scored by a detector that had not seen them, rows: (50|51|54) \(score /);
    const { stdout } = await fitted("--detector", "mahalanobis", "--json");
    const { calibration, dropped, numbered } = JSON.parse(stdout).leastFit as {
      calibration: Named[];
      dropped: Named[];
      numbered: string;
    };
    expect([numbered, dropped]).toEqual(["input", []]);
    expect(calibration).toHaveLength(5);
    expect(new Set(calibration.slice(0, 3).map(({ row }) => row))).toEqual(odd);
    for (const [i, { score, pValue }] of calibration.entries()) {
      expect(pValue).toBeCloseTo((i + 1) / 150, 12);
      if (i > 0) expect(score).toBeLessThanOrEqual(calibration[i - 1].score);
    }
  });

  test("the file holds their numbers, and not their values", async () => {
    await fitted("--detector", "isolation-forest", "--trees", "5", "--no-rows");
    const text = readFileSync(at("m.onnx")).toString("latin1");
    expect(text).toContain('"leastFit"');
    for (const row of odd) expect(text).not.toContain(lines[row - 1].split(",")[0]);
  });
});

describe("--contamination", () => {
  test("says how many rows were dropped and which were worst, and the score says what that means", async () => {
    const { stderr } = await fitted("--detector", "mahalanobis", "--contamination", "0.02");
    expect(stderr).toContain("dropped 3 of 150 rows as the least like the others (--contamination 0.02)");
    expect(stderr).toContain("learned from all that were not dropped");
    expect(stderr).toMatch(/dropped, rows: (5[014]) \(score [\d.]+, p 0\.00676\), (5[014]) \(.*?\), (5[014]) \(/);
    const scored = await capturedRun(["score", at("rows.csv"), "-m", at("m.onnx"), "-o", at("s.csv")]);
    expect(flat(scored.stderr)).toContain(
      "3 of 150 rows given as normal were dropped before that, as the least like the others (--contamination). If all of them were anomalous, the claim stands.",
    );
    const { stdout } = await capturedRun(["inspect", at("m.onnx")]);
    expect(flat(stdout)).toContain("dropped 3 of 150 rows");
  });

  test("in JSON too, with auto", async () => {
    const { stdout } = await fitted("--detector", "mahalanobis", "--contamination", "auto", "--json");
    const { contamination, leastFit } = JSON.parse(stdout);
    expect(contamination).toMatchObject({ asked: "auto", of: 150 });
    expect(contamination.rows).toBe(Math.floor(150 * contamination.share + 1e-9));
    expect(new Set(leastFit.dropped.slice(0, 3).map(({ row }: Named) => row))).toEqual(odd);
  });

  test("the default detector shows that it reaches past hidden ones", async () => {
    expect((await fitted("--contamination", "0.02")).stderr).toContain("--hidden 0.02");
  });

  test.each([
    [
      "0.5",
      "expected a share from 0 to less than 0.5, or auto, got 0.5; give 0.05 if about 5 % of the rows may be anomalous",
    ],
    [
      "-1",
      "expected a share from 0 to less than 0.5, or auto, got -1; give 0.05 if about 5 % of the rows may be anomalous",
    ],
    ["5%", 'expected a share such as 0.05, or auto, got "5%"; pass --contamination 0.05'],
  ])("%s is refused", async (share, message) => {
    expect(await capturedRun(["fit", ...labelled, "-o", at("x.onnx"), `--contamination=${share}`])).toEqual({
      code: 2,
      stdout: "",
      stderr: `error: fit: --contamination: ${message}\n`,
    });
  });
});

describe("what a model holds of the training data", () => {
  test.each([
    ["knn", [], "holds 150 training rows (the detector compares with them)"],
    ["ecod", [], "holds values of single columns, apart from their rows"],
    ["mahalanobis", [], "holds summaries of the training rows (the detector keeps no row)"],
    ["mahalanobis", ["--scaling", "quantile-normal"], "holds quantiles of each column (quantile-normal scaling)"],
  ])("%s %j: the detector's own part, and the rest", async (detector, more, own) => {
    const { stderr } = await fitted("--detector", detector, ...more);
    for (const said of [
      own,
      "the smallest, largest and median value of each column of numbers",
      "every text of its category columns",
      "150 calibration scores, and the numbers of the rows that fit least",
      "150 normal rows as they came, for explanation (--no-rows leaves them out)",
      "what it was fitted on, in words: path, label, names of columns",
    ])
      expect(stderr).toContain(said);
  });

  test("--no-rows leaves none, or is refused with the detectors that can", async () => {
    expect((await fitted("--detector", "mahalanobis", "--no-rows")).stderr).toContain("no reference rows");
    const refused = await capturedRun(["fit", ...labelled, "--no-rows", "-o", at("x.onnx")]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(
      /^error: fit: --no-rows: auto compares with training rows, so its model holds them; pass --detector with one that holds none \(isolation-forest, mahalanobis, .*\), or leave --no-rows away\n$/,
    );
  });
});
