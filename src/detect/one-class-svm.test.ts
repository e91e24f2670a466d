import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { fromRows, key, type Matrix, matrix, normal, rowOf, solveOneClass } from "../numeric/index.ts";
import { type OptionsGiven, parseOptions } from "../options/index.ts";
import { oneClassSvm } from "./one-class-svm.ts";
import { drawFeatures } from "./random-features.ts";
import { scoreRows } from "./score-rows.ts";

interface Golden {
  readonly train: number[][];
  readonly rows: number[][];
  readonly cases: { readonly gamma: number; readonly nu: number; readonly scores: number[] }[];
}
const golden: Golden = JSON.parse(readFileSync(new URL("one-class-svm.golden.json", import.meta.url), "utf8"));

const fit = (train: Matrix, given: OptionsGiven<typeof oneClassSvm.options> = {}, seed = 1) =>
  oneClassSvm.fit(train, parseOptions("one-class-svm", oneClassSvm.options, given), { key: key(seed), workers: 0 });
const scores = async (train: Matrix, rows: Matrix, given: OptionsGiven<typeof oneClassSvm.options> = {}) =>
  scoreRows(await fit(train, given), rows, { workers: 0 });

const gaussian = (n: number, d: number, seed = 2) => matrix(n, d, new Float64Array(n * d).map(normal(key(seed))));

/** √(2/D) cos(W x + b) by loops. */
function naiveFeatures(rows: Matrix, gamma: number, features: number): Matrix {
  const { directions, phases } = drawFeatures(key(1).for("features"), rows.columns, features);
  const out = matrix(rows.rows, features);
  for (let i = 0; i < rows.rows; i++)
    for (let k = 0; k < features; k++) {
      let phase = phases[k];
      for (let j = 0; j < rows.columns; j++)
        phase += Math.sqrt(2 * gamma) * rowOf(directions, k)[j] * rowOf(rows, i)[j];
      out.values[i * features + k] = Math.sqrt(2 / features) * Math.cos(phase);
    }
  return out;
}

test("scores = ρ − w·φ(x), with naive features and a machine solved to 1e-10", async () => {
  const [train, rows] = [gaussian(150, 3), gaussian(30, 3, 3)];
  const actual = await scores(train, rows, { nu: 0.1, gamma: 0.2, features: 256, scaling: "none" });
  const settings = { tolerance: 1e-10, mostSteps: 1e5, leastNorm: 0 };
  const { w, rho } = await solveOneClass(naiveFeatures(train, 0.2, 256), 0.1, settings);
  const points = naiveFeatures(rows, 0.2, 256);
  actual.forEach((score, i) => {
    const expected = rho - rowOf(points, i).reduce((total, x, k) => total + x * w[k], 0);
    expect(Math.abs(score - expected)).toBeLessThan(1e-6 * rho);
  });
});

test.each(golden.cases)(
  "with many features the scores approach scikit-learn's with the exact kernel, γ $gamma, ν $nu",
  async ({ gamma, nu, scores: exact }) => {
    const given = { nu, gamma, features: 8192, scaling: "none" } as const;
    const actual = await scores(fromRows(golden.train), fromRows(golden.rows), given);
    exact.forEach((score, i) => {
      expect(Math.abs(actual[i] - score)).toBeLessThan(3 / Math.sqrt(8192));
    });
  },
);

test("at most a share ν of the rows learned from scores above 0", async () => {
  const train = gaussian(400, 4);
  for (const nu of [0.05, 0.3]) {
    const own = await scores(train, train, { nu });
    expect(own.filter((score) => score > 1e-6).length / 400).toBeLessThanOrEqual(nu);
    expect(own.filter((score) => score > -1e-6).length / 400).toBeGreaterThanOrEqual(nu);
  }
});

test("a row far off in any direction scores above 0 by 4 standard deviations of the noise, or nearly always", async () => {
  const draw = normal(key(5));
  const far = matrix(
    200,
    6,
    new Float64Array(1200).map(() => 1e3 * draw()),
  );
  const own = await scores(gaussian(500, 6), far);
  expect(own.filter((score) => score > 0).length).toBe(200);
  const [mean, spread] = [
    own.reduce((a, b) => a + b) / 200,
    (m: number) => own.reduce((t, s) => t + (s - m) ** 2, 0) / 200,
  ];
  expect(mean / Math.sqrt(spread(mean))).toBeGreaterThan(4 - 0.5); // the standard deviation of 200 is off by up to 10 %
});

test("rows that go on in one direction tie: columns are cut where the kernel is 0", async () => {
  const train = gaussian(100, 2);
  const [near, far, farther] = await scores(
    train,
    fromRows([
      [1e4, 0],
      [1e6, 0],
      [1e300, 0],
    ]),
  );
  expect([far, farther]).toEqual([near, near]);
});

test("a kernel too narrow for the features is refused, or said in a note", async () => {
  const train = gaussian(1000, 8);
  await expect(fit(train, { gamma: 5, features: 64 })).rejects.toThrow(
    "one-class-svm: gamma: expected a kernel that 64 features resolve, got 5, so narrow that nothing separates the rows from the origin; use a smaller gamma or more features",
  );
  const { notes } = await fit(train, { gamma: 0.15, features: 256 });
  expect(notes).toEqual([
    expect.stringMatching(/^far rows may pass for normal: their noise is 1 \/ [0-3]\.\d of the margin/),
  ]);
  expect((await fit(train)).notes).toEqual([]);
});

test("at most maxRows rows are learned from, drawn by key, and a note says so", async () => {
  const capped = await fit(gaussian(100, 2), { maxRows: 60 });
  expect(capped.rowsUsed).toBe(60);
  expect(capped.notes).toEqual(["60 of 100 rows learned from, drawn by key"]);
});

test("unscaled columns whose squares are no doubles are refused", async () => {
  for (const [unit, size] of [
    [1e200, "larger"],
    [1e-200, "smaller"],
  ] as const) {
    const rows = matrix(
      50,
      1,
      gaussian(50, 1).values.map((x) => x * unit),
    );
    await expect(fit(rows, { scaling: "none" })).rejects.toThrow(
      `one-class-svm: scaling: expected values whose squares a double holds under "none", got ${size} ones; choose another scaling`,
    );
    expect((await scores(rows, rows)).every(Number.isFinite)).toBe(true);
  }
});
