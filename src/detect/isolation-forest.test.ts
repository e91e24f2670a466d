import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { fromRows, key, type Matrix, matrix, normal } from "../numeric/index.ts";
import { isolationForest } from "./isolation-forest.ts";
import { scoreRows } from "./score-rows.ts";

const fit = (rows: Matrix, trees: number, subsample: number, seed = 1) =>
  isolationForest.fit(rows, { trees, subsample }, { key: key(seed) });

const gaussian = (n: number, d: number) => matrix(n, d, new Float64Array(n * d).map(normal(key(2))));

test("scikit-learn's scores in the limit of many trees", async () => {
  const text = readFileSync(new URL("isolation-forest.golden.json", import.meta.url), "utf8");
  const golden: { train: number[][]; rows: number[][]; scores: number[] } = JSON.parse(text);
  const scores = await scoreRows(await fit(fromRows(golden.train), 1000, 64), fromRows(golden.rows), { workers: 0 });
  // Standard error of 1000 trees 0.003, and theirs approximates c: 0.4 % of the path length, 0.002 of the score.
  golden.scores.forEach((score, i) => {
    expect(Math.abs(scores[i] - score)).toBeLessThan(0.012);
  });
});

test("scores lie in (0, 1); equal rows score 2⁻¹; the far are above 0.6, the middle below 0.45", async () => {
  const equalRows = fromRows([[3], [3], [3]]);
  const equal = await scoreRows(await fit(equalRows, 10, 256), fromRows([[3], [99]]));
  for (const score of equal) expect(score).toBeCloseTo(0.5, 14);
  const rows = gaussian(1000, 2);
  const scores = await scoreRows(await fit(rows, 100, 256), rows, { workers: 0 });
  expect(scores.every((score) => score > 0 && score < 1)).toBe(true);
  const [far, middle] = await scoreRows(
    await fit(rows, 100, 256),
    fromRows([
      [9, -9],
      [0, 0],
    ]),
  );
  expect(far).toBeGreaterThan(0.6);
  expect(middle).toBeLessThan(0.45);
});

test("an increasing affine map of a column changes no score", async () => {
  const rows = gaussian(300, 2);
  const mapped = matrix(
    300,
    2,
    rows.values.map((x, at) => (at % 2 === 0 ? 1024 * x : x)),
  );
  const score = async (m: Matrix) => scoreRows(await fit(m, 50, 64), m, { workers: 0 });
  expect(await score(mapped)).toEqual(await score(rows)); // a power of two: no rounding
});

test("what the trees left out is said", async () => {
  const { rowsUsed, notes } = await fit(gaussian(500, 2), 3, 16);
  expect(rowsUsed).toBeLessThanOrEqual(48);
  expect(notes).toEqual([`each tree saw 16 of 500 rows; ${rowsUsed} rows are in at least one of 3 trees`]);
  expect((await fit(gaussian(500, 2), 3, 500)).notes).toEqual([]);
});
