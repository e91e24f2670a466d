import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { detectors, fit } from "../../src/index.ts";
import { briefOptions, withKnown } from "./known.ts";
import { type Orders, orders, timestamps } from "./orders.ts";
import { python } from "./python.ts";

/** 1,200 rows are calibrated by split, 300 by folds. */
const trainings = [1200, 300];
const cases = [
  ...detectors.flatMap(({ name }) => trainings.map((rows) => ({ name, rows, calibration: "plain" }))),
  // p-values in steps of unequal height: 40 shops of unequal size, each of which counts as one.
  { name: "mahalanobis", rows: 300, calibration: "group" },
];
const shop = (rows: number) => Array.from({ length: rows }, (_, row) => `shop ${Math.floor(40 * (row / rows) ** 2)}`);
const fresh = orders(2, 1100, true);
const folder = mkdtempSync(join(tmpdir(), "unseen-portable-"));
const columnsFile = join(folder, "columns.json");
const modelFiles: string[] = [];
const expected: { scores: Float64Array; pValues: Float64Array; calibrationRows: number }[] = [];

beforeAll(async () => {
  writeFileSync(columnsFile, JSON.stringify(plain(fresh)));
  for (const { name, rows, calibration } of cases) {
    const grouped = calibration === "group";
    const { columns, told } = withKnown(name, orders(1, rows), orders(3, 30, true));
    const options = { key: 7, detector: name, columns: timestamps, ...told, ...briefOptions(name) };
    using model = await fit(
      grouped ? { ...columns, shop: shop(rows) } : columns,
      grouped ? { ...options, group: "shop" } : options,
    );
    const { scores, pValues } = await model.score(fresh);
    modelFiles.push(join(folder, `${name}-${rows}-${calibration}.onnx`));
    await model.save(modelFiles[modelFiles.length - 1]);
    expected.push({ scores, pValues, calibrationRows: model.calibration.n });
  }
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true }));

const runtimes = [
  { runtime: "onnxruntime-node", command: process.execPath, script: "score.mjs" },
  { runtime: "onnxruntime-web", command: process.execPath, script: "score-web.mjs" },
  ...(python === null ? [] : [{ runtime: "Python", command: python, script: "score.py" }]),
];

describe.each(runtimes)("bare $runtime", ({ command, script }) => {
  const results: Record<string, { score: number[]; pValue: number[] }>[] = [];

  beforeAll(() => {
    const path = fileURLToPath(new URL(script, import.meta.url));
    const out = execFileSync(command, [path, columnsFile, ...modelFiles], { encoding: "utf8", maxBuffer: 1 << 30 });
    for (const line of out.trim().split("\n")) results.push(JSON.parse(line));
  }, 180_000);

  test.each(cases.map((each, i) => ({ ...each, i })))(
    "$name, $rows training rows, $calibration: the scores and p-values of the library at every batch size",
    ({ name, i }) => {
      const { scores, pValues, calibrationRows } = expected[i];
      expect(Object.keys(results[i])).toEqual(["1", "7", "1024"]);
      for (const { score, pValue } of Object.values(results[i])) {
        expect(score.length).toBe(scores.length);
        score.forEach((s, row) => {
          expect(Math.abs(s - scores[row])).toBeLessThanOrEqual(2e-6 * Math.abs(scores[row]));
        });
        const differing = pValue.filter((p, row) => p !== pValues[row]);
        expect(differing.length).toBeLessThanOrEqual(name === "isolation-forest" ? 0 : 0.001 * pValue.length);
        pValue.forEach((p, row) => {
          expect(Math.abs(p - pValues[row])).toBeLessThanOrEqual(1.0001 / (calibrationRows + 1));
        });
      }
    },
  );
});

test.skipIf(python !== null)("bare Python: skipped, no Python with onnxruntime (set UNSEEN_PYTHON)", () => {});

/** As a program without Unseen gives them: booleans 0 and 1, times in seconds, infinities as text, for JSON. */
function plain(columns: Orders): Orders {
  const value = (x: unknown) => {
    if (x instanceof Date) return x.getTime() / 1000;
    if (typeof x === "boolean") return Number(x);
    return typeof x === "number" && !Number.isFinite(x) ? String(x) : x;
  };
  return Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values.map(value)]));
}
