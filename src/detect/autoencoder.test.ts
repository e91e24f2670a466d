import { expect, test } from "vitest";
import { covariance, fromRows, key, type Matrix, matrix, normal, symmetricEigen, uniform } from "../numeric/index.ts";
import { type OptionsGiven, parseOptions } from "../options/index.ts";
import { autoencoder } from "./autoencoder.ts";
import { scoreRows } from "./score-rows.ts";

type Given = OptionsGiven<typeof autoencoder.options>;

const fit = (train: Matrix, given: Given = {}, seed = 1) =>
  autoencoder.fit(train, parseOptions("autoencoder", autoencoder.options, given), { key: key(seed), workers: 0 });

const scores = async (train: Matrix, rows: Matrix, given: Given = {}) =>
  scoreRows(await fit(train, given), rows, { workers: 0 });

const meanSquare = (values: Float64Array) => values.reduce((total, x) => total + x * x, 0) / values.length;

/** n rows of 8 columns: two normal factors with fixed loadings, and noise in every column. */
function twoFactors(n: number, seed: number): Matrix {
  const draw = normal(key(seed));
  const rows = Array.from({ length: n }, () => {
    const [a, b] = [draw(), draw()];
    return Array.from({ length: 8 }, (_, j) => Math.cos(j) * a + Math.sin(j) * b + 0.3 * draw());
  });
  return fromRows(rows);
}

/** n rows near the parabola y = x², x in ± 1. */
function parabola(n: number, seed: number): Matrix {
  const [u, draw] = [uniform(key(seed).for("u")), normal(key(seed).for("noise"))];
  const rows = Array.from({ length: n }, () => {
    const x = 2 * u() - 1;
    return [x, x * x + 0.02 * draw()];
  });
  return fromRows(rows);
}

/** The mean over rows and columns of the squared residual outside q principal components of the training rows. */
function principalResidual(train: Matrix, rows: Matrix, q: number): number {
  const { mean, covariance: s } = covariance(train);
  const { vectors } = symmetricEigen(s);
  const d = train.columns;
  let total = 0;
  for (let i = 0; i < rows.rows; i++) {
    for (let k = q; k < d; k++) {
      let along = 0;
      for (let j = 0; j < d; j++) along += (rows.values[i * d + j] - mean[j]) * vectors.values[j * d + k];
      total += along * along;
    }
  }
  return total / (rows.rows * d);
}

test("two linear factors, a code of two: the residual is that of two principal components", async () => {
  const [train, rows] = [twoFactors(3000, 2), twoFactors(1000, 3)];
  const given: Given = { code: 2, noise: 0, scaling: "none", score: "plain" };
  const ratio = meanSquare(await scores(train, rows, given)) / principalResidual(train, rows, 2);
  expect(ratio).toBeGreaterThan(0.97); // No code of two does better on fresh rows but by chance.
  expect(ratio).toBeLessThan(1.05);
});

test("of fresh normal rows the mean squared score is 1, but for what is added to usual residuals", async () => {
  const square = meanSquare(await scores(twoFactors(2000, 2), twoFactors(1000, 3), { code: 2 }));
  expect(square).toBeGreaterThan(0.75);
  expect(square).toBeLessThan(1.1);
});

test("a row off a curved surface scores above rows on it, though every column's value is usual", async () => {
  const [train, on] = [parabola(1000, 2), parabola(500, 3)];
  const off = fromRows([
    [0, 0.6],
    [0.9, 0.1],
    [-0.9, 0.2],
  ]);
  const fitted = await fit(train);
  const usual = (await scoreRows(fitted, on, { workers: 0 })).sort();
  for (const score of await scoreRows(fitted, off, { workers: 0 }))
    expect(score).toBeGreaterThan(usual[Math.floor(0.99 * usual.length)]);
});

test("a far row is not rebuilt, even where it keeps every linear relation", async () => {
  const draw = normal(key(4));
  const line = fromRows(
    Array.from({ length: 500 }, () => {
      const t = draw();
      return [t + 0.1 * draw(), t + 0.1 * draw(), t + 0.1 * draw()];
    }),
  );
  const fitted = await fit(line, { scaling: "standard" });
  const largest = Math.max(...(await scoreRows(fitted, line, { workers: 0 })));
  const along = await scoreRows(
    fitted,
    fromRows([
      [10, 10, 10],
      [100, 100, 100],
    ]),
    { workers: 0 },
  );
  expect(along[0]).toBeGreaterThan(largest);
  expect(along[1]).toBeGreaterThan(5 * along[0]);
});

test("training makes residuals smaller than those of the untrained twin", async () => {
  const [train, rows] = [twoFactors(1000, 2), twoFactors(500, 3)];
  const trained = meanSquare(await scores(train, rows, { score: "plain" }));
  const untrained = meanSquare(await scores(train, rows, { score: "plain", steps: 0 }));
  expect(trained).toBeLessThan(untrained / 5);
  expect((await fit(train, { steps: 0 })).notes).toEqual(["the network was not trained (steps 0)"]);
});

test("a new value in a constant column raises the score", async () => {
  const base = parabola(300, 2);
  const train = fromRows(Array.from({ length: 300 }, (_, i) => [...base.values.subarray(2 * i, 2 * i + 2), 7]));
  const [same, near, far] = await scores(
    train,
    fromRows([
      [0, 0, 7],
      [0, 0, 9],
      [0, 0, 20],
    ]),
  );
  expect(near).toBeGreaterThan(2 * same);
  expect(far).toBeGreaterThan(1.5 * near);
});

test("fewer than 50 rows: nothing is held out, and training is short", async () => {
  const { notes } = await fit(matrix(20, 2, new Float64Array(40).map(normal(key(5)))));
  expect(notes).toEqual(["trained for 500 steps"]);
});
