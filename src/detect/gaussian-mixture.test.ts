import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Interrupted } from "../errors/index.ts";
import { fromColumns, fromRows, key, type Matrix, matrix, median, normal } from "../numeric/index.ts";
import { type OptionsGiven, parseOptions } from "../options/index.ts";
import { gaussianMixture } from "./gaussian-mixture.ts";
import { scoreRows } from "./score-rows.ts";

type Given = OptionsGiven<typeof gaussianMixture.options>;

interface Case {
  readonly name: string;
  readonly shape: "full" | "diagonal";
  readonly components: number;
  readonly train: number[][];
  readonly rows: number[][];
  readonly scores: number[];
}
const cases: Case[] = JSON.parse(readFileSync(new URL("gaussian-mixture.golden.json", import.meta.url), "utf8"));

const fit = (train: Matrix, given: Given = {}, seed = 1) =>
  gaussianMixture.fit(train, parseOptions("gaussian-mixture", gaussianMixture.options, given), {
    key: key(seed),
    workers: 0,
  });

const scores = async (train: Matrix, rows: Matrix, given: Given = {}) =>
  scoreRows(await fit(train, given), rows, { workers: 0 });

const gaussian = (n: number, d: number, seed = 2) => matrix(n, d, new Float64Array(n * d).map(normal(key(seed))));

/** n rows of each of three clusters in two columns, far apart. */
function threeClusters(n: number): Matrix {
  const draw = normal(key(3));
  const centers = [
    [0, 0],
    [20, 0],
    [0, 30],
  ];
  return fromRows(centers.flatMap(([a, b]) => Array.from({ length: n }, () => [a + draw(), b + 3 * draw()])));
}

test.each(cases)(
  "scikit-learn's choice by BIC and its scores: $name, $shape, $components",
  async ({ train, rows, shape, components, ...golden }) => {
    const fitted = await fit(fromRows(train), { covariance: shape });
    expect(fitted.notes[0]).toMatch(new RegExp(`^${components} component`));
    const actual = await scoreRows(fitted, fromRows(rows), { workers: 0 });
    // Where clusters do not touch both converge in two steps, from any start.
    golden.scores.forEach((score, i) => {
      expect(Math.abs(actual[i] - score)).toBeLessThan(1e-6 * Math.max(1, Math.abs(score)));
    });
  },
);

test.each(["full", "diagonal"] as const)("∫ exp(−score) dx = 1, %s", async (covariance) => {
  const draw = normal(key(4));
  const train = fromColumns(200, [new Float64Array(200).map((_, i) => (i < 120 ? 5 * draw() : 60 + 20 * draw()))]);
  const [from, step] = [-300, 0.1];
  const grid = fromColumns(6000, [new Float64Array(6000).map((_, i) => from + step * i)]);
  const actual = await scores(train, grid, { covariance, scaling: "none" });
  expect(actual.reduce((total, score) => total + step * Math.exp(-score), 0)).toBeCloseTo(1, 9);
});

test("three clusters are three components, whatever the key", async () => {
  for (const seed of [1, 2, 3, 4])
    expect((await fit(threeClusters(60), {}, seed)).notes).toEqual(["3 components of at most 8, by BIC"]);
});

test("one cloud is one component, and its score is half the squared Mahalanobis distance and a constant", async () => {
  const train = gaussian(500, 3);
  expect((await fit(train)).notes).toEqual(["1 component of at most 8, by BIC"]);
  const rows = fromRows([
    [0, 0, 0],
    [3, 0, 0],
    [0, 0, -3],
  ]);
  const [middle, ...out] = await scores(train, rows, { regularization: 1e-9 });
  for (const score of out) expect(Math.abs(score - middle - 4.5)).toBeLessThan(0.8); // means and variances of 500 rows
});

test("between clusters is odd, where the distance to the mean sees nothing", async () => {
  const train = threeClusters(60);
  const fitted = await fit(train);
  const [between] = await scoreRows(fitted, fromRows([[7, 10]]), { workers: 0 });
  expect(between).toBeGreaterThan(Math.max(...(await scoreRows(fitted, train, { workers: 0 }))));
});

test("units and zeros of columns change nothing under standard scaling", async () => {
  const [train, rows] = [threeClusters(40), gaussian(20, 2)];
  const move = (m: Matrix) =>
    matrix(
      m.rows,
      2,
      m.values.map((x, i) => (i % 2 === 0 ? x * -1e6 : x + 77)),
    );
  const [plain, after] = [await scores(train, rows), await scores(move(train), move(rows))];
  plain.forEach((score, i) => {
    expect(after[i]).toBeCloseTo(score, 7);
  });
});

test("a unit that all columns share shifts scores by d log unit, without scaling", async () => {
  const [train, rows] = [threeClusters(40), gaussian(20, 2)];
  const unit = 1e-100;
  const grown = (m: Matrix) =>
    matrix(
      m.rows,
      2,
      m.values.map((x) => x * unit),
    );
  const given = { scaling: "none" } as const;
  const [plain, after] = [await scores(train, rows, given), await scores(grown(train), grown(rows), given)];
  plain.forEach((score, i) => {
    expect(after[i]).toBeCloseTo(score + 2 * Math.log(unit), 7);
  });
});

test("a value that is off by v in a constant column adds v² / (2 · regularization · s²)", async () => {
  const cloud = gaussian(200, 2);
  const train = fromRows(Array.from({ length: 200 }, (_, i) => [cloud.values[2 * i], 7, cloud.values[2 * i + 1]]));
  const rows = fromRows([
    [0, 7, 0],
    [0, 7.5, 0],
  ]);
  const [same, off] = await scores(train, rows, { regularization: 0.01 });
  expect(off - same).toBeCloseTo(0.5 ** 2 / (2 * 0.01 * (2 / 3)), 8); // two of three columns have variance 1
});

test.each(["full", "diagonal"] as const)("more columns than rows: finite, far above near, %s", async (covariance) => {
  const train = gaussian(20, 60);
  const fitted = await fit(train, { covariance });
  const [near, far] = [gaussian(50, 60, 5), gaussian(50, 60, 6)];
  const apart = matrix(
    50,
    60,
    far.values.map((x) => 5 * x),
  );
  const [low, high] = [await scoreRows(fitted, near, { workers: 0 }), await scoreRows(fitted, apart, { workers: 0 })];
  expect(Math.min(...high)).toBeGreaterThan(Math.max(...low));
});

test("rows of few values stay finite, and what no one saw scores above them", async () => {
  const train = fromRows(Array.from({ length: 120 }, (_, i) => [i % 2, i % 3]));
  const fitted = await fit(train);
  const known = await scoreRows(fitted, train, { workers: 0 });
  const [between, away] = await scoreRows(
    fitted,
    fromRows([
      [0.5, 0.5],
      [9, 9],
    ]),
    { workers: 0 },
  );
  expect(known.every(Number.isFinite)).toBe(true);
  expect(between).toBeGreaterThan(median(known));
  expect(away).toBeGreaterThan(between);
});

test("caps are said: rows, and components that would have too few rows", async () => {
  const capped = await fit(gaussian(300, 4), { maxRows: 12 });
  expect(capped.rowsUsed).toBe(12);
  expect(capped.notes[0]).toBe("12 of 300 rows learned from, drawn by key");
  expect(capped.notes[1]).toMatch(/^[12] components? of at most 2, by BIC$/);
});

test("a signal that fires while components are fitted interrupts", async () => {
  const abort = new AbortController();
  const options = parseOptions("gaussian-mixture", gaussianMixture.options, {});
  const fitting = gaussianMixture.fit(gaussian(400, 3), options, {
    key: key(1),
    workers: 0,
    signal: abort.signal,
    onProgress: () => setImmediate(() => abort.abort()),
  });
  await expect(fitting).rejects.toThrow(Interrupted);
});

test("squares that overflow are refused with a remedy", async () => {
  const train = fromRows([
    [0, 1e300],
    [1, -1e300],
    [2, 0],
  ]);
  await expect(fit(train, { scaling: "none" })).rejects.toThrow(
    "gaussian-mixture: rows: expected values whose squares a double holds, got larger ones; choose another scaling",
  );
  expect((await scores(train, train)).every(Number.isFinite)).toBe(true);
});
