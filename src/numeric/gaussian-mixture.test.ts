import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { CovarianceShape } from "./gaussian.ts";
import { logDensities } from "./gaussian.ts";
import {
  bayesianInformation,
  certain,
  expectation,
  type Mixture,
  maximization,
  type Responsibilities,
} from "./gaussian-mixture.ts";
import { key, normal, uniform } from "./key.ts";
import { fromRows, type Matrix, matrix, rowOf } from "./matrix.ts";

interface Case {
  readonly name: string;
  readonly components: number;
  readonly shape: CovarianceShape;
  readonly ridge: number;
  readonly rows: number[][];
  readonly labels: number[];
  readonly steps: {
    readonly iterations: number;
    readonly shares: number[];
    readonly means: number[][];
    readonly logDensities: number[];
    readonly logLikelihood: number;
    readonly bic: number;
  }[];
}
const cases: Case[] = JSON.parse(readFileSync(new URL("gaussian-mixture.golden.json", import.meta.url), "utf8"));

const gaussian = (n: number, d: number, seed: number) => matrix(n, d, new Float64Array(n * d).map(normal(key(seed))));

function near(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-8): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++)
    expect(Math.abs(actual[i] - expected[i])).toBeLessThan(tolerance * Math.max(1, Math.abs(expected[i])));
}

const runs = cases.flatMap(({ steps, ...fixed }) => steps.map((step) => ({ ...fixed, ...step })));

test.each(runs)(
  "scikit-learn after $iterations steps from the same labels: $name, $shape, ridge $ridge",
  ({ components, shape, ridge, rows: given, labels, iterations, ...golden }) => {
    const rows = fromRows(given);
    const form = { shape, ridge };
    let mixture = maximization(rows, certain(Uint32Array.from(labels), components), form);
    for (let step = 0; step < iterations; step++)
      mixture = maximization(rows, expectation(rows, mixture).responsibilities, form);
    near(mixture.shares, golden.shares);
    mixture.components.forEach(({ mean }, k) => {
      near(mean, golden.means[k]);
    });
    const { logLikelihood } = expectation(rows, mixture);
    expect(Math.abs(logLikelihood - golden.logLikelihood)).toBeLessThan(1e-8);
    near([bayesianInformation(mixture, shape, { rows: rows.rows, logLikelihood })], [golden.bic]);
    near(
      golden.logDensities.map((_, i) => logDensityOf(rowOf(rows, i), mixture)),
      golden.logDensities,
    );
  },
);

/** log Σ_k π_k N(x; μ_k, Σ_k), without log-sum-exp. */
function logDensityOf(row: Float64Array, { shares, components }: Mixture): number {
  const one = matrix(1, row.length, row.slice());
  return Math.log(
    components.reduce((total, component, k) => total + shares[k] * Math.exp(logDensities(one, component)[0]), 0),
  );
}

/** Weighted mean and covariance, by the formula and loops only. */
function naive(rows: Matrix, weights: Float64Array, ridge: number) {
  const { rows: n, columns: d } = rows;
  const total = weights.reduce((a, b) => a + b);
  const mean = Array.from({ length: d }, (_, j) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += weights[i] * rows.values[i * d + j];
    return sum / total;
  });
  const covariance = mean.map((_, j) =>
    mean.map((__, k) => {
      let sum = j === k ? ridge * total : 0;
      for (let i = 0; i < n; i++)
        sum += weights[i] * (rows.values[i * d + j] - mean[j]) * (rows.values[i * d + k] - mean[k]);
      return sum / total;
    }),
  );
  return { mean, covariance };
}

test("the M step: weighted means, W Σ Wᵀ = I, log peak = −½ log |2 π Σ|", () => {
  const rows = gaussian(30, 2, 1);
  const u = uniform(key(2));
  const weights = new Float64Array(30).map(() => u());
  const { components } = maximization(rows, [weights], { shape: "full", ridge: 0.1 });
  const { mean, whitening, logPeak } = components[0];
  const { mean: expected, covariance: s } = naive(rows, weights, 0.1);
  near(mean, expected, 1e-12);
  const w = [rowOf(whitening, 0), rowOf(whitening, 1)];
  for (const i of [0, 1])
    for (const j of [0, 1]) {
      let sum = 0;
      for (const k of [0, 1]) for (const l of [0, 1]) sum += w[i][k] * s[k][l] * w[j][l];
      expect(sum).toBeCloseTo(i === j ? 1 : 0, 12);
    }
  const determinant = s[0][0] * s[1][1] - s[0][1] * s[1][0];
  expect(logPeak).toBeCloseTo(-0.5 * Math.log((2 * Math.PI) ** 2 * determinant), 12);
});

test.each(["full", "diagonal"] as const)("without a ridge no step lowers the likelihood, %s", (shape) => {
  const rows = gaussian(200, 3, 3);
  const u = uniform(key(4));
  const labels = Uint32Array.from({ length: 200 }, () => Math.floor(3 * u()));
  let responsibilities: Responsibilities = certain(labels, 3);
  let before = Number.NEGATIVE_INFINITY;
  for (let step = 0; step < 30; step++) {
    const next = expectation(rows, maximization(rows, responsibilities, { shape, ridge: 0 }));
    expect(next.logLikelihood).toBeGreaterThanOrEqual(before - 1e-12);
    [before, responsibilities] = [next.logLikelihood, next.responsibilities];
  }
});

test("a row's responsibilities sum to 1, far rows' too, whose densities are 0 as doubles", () => {
  const rows = fromRows([[0], [0.1], [5], [5.1], [1e6]]);
  const mixture = maximization(rows, certain(Uint32Array.of(0, 0, 1, 1, 1), 2), { shape: "full", ridge: 1e-6 });
  const { responsibilities, logLikelihood } = expectation(fromRows([[-1e8], [0], [1e9]]), mixture);
  expect(Number.isFinite(logLikelihood)).toBe(true);
  for (const i of [0, 1, 2]) expect(responsibilities[0][i] + responsibilities[1][i]).toBeCloseTo(1, 12);
});

test("a component that lost its rows stays finite", () => {
  const rows = gaussian(10, 2, 5);
  const lost = [new Float64Array(10).fill(1), new Float64Array(10)];
  const mixture = maximization(rows, lost, { shape: "full", ridge: 1e-6 });
  const { logLikelihood } = expectation(rows, mixture);
  expect(Number.isFinite(logLikelihood)).toBe(true);
});
