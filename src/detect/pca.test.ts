import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { chiSquareTail, covariance, fromRows, key, type Matrix, matrix, normal } from "../numeric/index.ts";
import { type OptionsGiven, parseOptions } from "../options/index.ts";
import { mahalanobis } from "./mahalanobis.ts";
import { pca } from "./pca.ts";
import { scoreRows } from "./score-rows.ts";

type Given = OptionsGiven<typeof pca.options>;

interface Case {
  readonly name: string;
  readonly score: "weighted" | "residual";
  readonly explained: number;
  readonly main: number;
  readonly train: number[][];
  readonly rows: number[][];
  readonly scores: number[];
}
const cases: Case[] = JSON.parse(readFileSync(new URL("pca.golden.json", import.meta.url), "utf8"));

const fit = (train: Matrix, given: Given = {}) =>
  pca.fit(train, parseOptions("pca", pca.options, given), { key: key(1), workers: 0 });

const scores = async (train: Matrix, rows: Matrix, given: Given = {}) =>
  scoreRows(await fit(train, given), rows, { workers: 0 });

const gaussian = (n: number, d: number, seed = 2) => matrix(n, d, new Float64Array(n * d).map(normal(key(seed))));

/** n rows near the line x = y = z. */
function nearLine(n: number): Matrix {
  const draw = normal(key(3));
  return fromRows(
    Array.from({ length: n }, () => {
      const t = draw();
      return [t + 0.1 * draw(), t + 0.1 * draw(), t + 0.1 * draw()];
    }),
  );
}

test.each(cases)(
  "scikit-learn's components: $name, $score, explained $explained",
  async ({ train, rows, score, explained, main, ...golden }) => {
    const options = { score, explained };
    const actual = await scores(fromRows(train), fromRows(rows), options);
    golden.scores.forEach((expected, i) => {
      expect(Math.abs(actual[i] / expected - 1)).toBeLessThan(1e-9);
    });
    const { notes } = await fit(fromRows(train), options);
    expect(notes).toEqual([`${main} of ${train[0].length} components are main and left out of the score`]);
  },
);

test("in two columns the components are the diagonals: by hand", async () => {
  // Standardized columns with correlation r: λ = 1 ± r along (1, ±1) / √2.
  const train = fromRows([
    [1, 1],
    [-1, -1],
    [1, 0.5],
    [-1, -0.5],
    [0.5, 1],
    [-0.5, -1],
  ]);
  const r = (2 * (1 + 0.5 + 0.5)) / (2 * (1 + 1 + 0.25));
  const s = Math.sqrt(0.75); // standard deviation of both columns
  const [row] = await scores(train, fromRows([[1, -2]]), { score: "weighted" });
  expect(row).toBeCloseTo(3 / s / Math.SQRT2 / Math.sqrt(1 - r), 10);
  const [plain] = await scores(train, fromRows([[1, -2]]), { score: "residual" });
  expect(plain).toBeCloseTo(3 / s / Math.SQRT2, 10);
});

test("with nothing left out, weighted is the Mahalanobis distance", async () => {
  const [train, rows] = [nearLine(80), gaussian(20, 3)];
  const other = parseOptions("mahalanobis", mahalanobis.options, { shrinkage: "none" });
  const fitted = await mahalanobis.fit(train, other, { key: key(1), workers: 0 });
  const expected = await scoreRows(fitted, rows, { workers: 0 });
  (await scores(train, rows, { explained: 0 })).forEach((score, i) => {
    expect(Math.abs(score / expected[i] - 1)).toBeLessThan(1e-9);
  });
});

test("of normal rows the squared weighted score is χ² with d − q degrees of freedom", async () => {
  const all = nearLine(6000);
  const distances = await scores(all, all); // q = 1
  for (const quantile of [0.5, 1.386, 4.605]) {
    const share = distances.filter((distance) => distance ** 2 > quantile).length / 6000;
    expect(Math.abs(share - chiSquareTail(quantile, 2))).toBeLessThan(0.02); // 3 standard errors
  }
});

test("a broken correlation is odd, a far point that keeps it is not", async () => {
  const [keeps, breaks] = await scores(
    nearLine(300),
    fromRows([
      [30, 30, 30],
      [1, -1, 0],
    ]),
  );
  expect(breaks).toBeGreaterThan(5);
  expect(keeps).toBeLessThan(breaks / 2);
});

test.each(["weighted", "residual"] as const)("a new value in a constant column raises the score, %s", async (score) => {
  const line = nearLine(100);
  const train = fromRows(Array.from({ length: 100 }, (_, i) => [...line.values.subarray(3 * i, 3 * i + 3), 7]));
  const [same, near, far] = await scores(
    train,
    fromRows([
      [0, 0, 0.1, 7],
      [0, 0, 0.1, 7.5],
      [0, 0, 0.1, 8],
    ]),
    { score },
  );
  expect(near).toBeGreaterThan(2 * same);
  expect(far).toBeGreaterThan(1.5 * near);
});

test("a repeated column leaves no rounding in the score: its mean square is that of the last direction that varies", async () => {
  const line = nearLine(100);
  const train = fromRows(
    Array.from({ length: 100 }, (_, i) => [line.values[3 * i], line.values[3 * i + 1], line.values[3 * i]]),
  );
  const { covariance: s } = covariance(train);
  const squaredCorrelation = s.values[1] ** 2 / (s.values[0] * s.values[4]);
  // The correlations [[1, r, 1], [r, 1, r], [1, r, 1]] have the eigenvalues 0 and the roots of λ² − 3 λ + 2 (1 − r²).
  const last = (3 - Math.sqrt(9 - 8 * (1 - squaredCorrelation))) / 2;
  const meanSquare = async (score: "weighted" | "residual") =>
    (await scores(train, train, { score, explained: 1 })).reduce((total, value) => total + value ** 2, 0) / 100;
  expect(await meanSquare("residual")).toBeCloseTo(last, 10);
  expect(await meanSquare("weighted")).toBeCloseTo(1, 10);
});

test("one direction at least stays in the score: one column gives the distance to the mean", async () => {
  const train = fromRows([[0], [2], [4]]);
  const rows = fromRows([[2], [5]]);
  const unit = Math.sqrt(8 / 3);
  for (const score of ["weighted", "residual"] as const) {
    const actual = await scores(train, rows, { score, explained: 1 });
    expect(actual[0]).toBe(0);
    expect(actual[1]).toBeCloseTo(3 / unit, 12);
  }
});

test("when every column is constant the score is the distance to the one row", async () => {
  const train = fromRows(Array.from({ length: 5 }, () => [1, 2]));
  const rows = fromRows([
    [1, 2],
    [4, 6],
  ]);
  for (const score of ["weighted", "residual"] as const)
    expect([...(await scores(train, rows, { score }))]).toEqual([0, 5]);
});

test("squares that overflow are refused with a remedy", async () => {
  const train = fromRows([
    [0, 1e300],
    [1, -1e300],
    [2, 0],
  ]);
  await expect(fit(train, { scaling: "none" })).rejects.toThrow(
    "pca: rows: expected values whose squares a double holds, got larger ones; choose another scaling",
  );
  expect((await scores(train, train)).every(Number.isFinite)).toBe(true);
});
