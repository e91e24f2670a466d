import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { key, normal } from "./key.ts";
import { fromRows, type Matrix, matrix, rowOf } from "./matrix.ts";
import { solveOneClass } from "./one-class-dual.ts";

interface Golden {
  readonly name: string;
  readonly nu: number;
  readonly points: number[][];
  readonly decisions: number[];
  readonly rho: number;
}
const goldens: Golden[] = JSON.parse(readFileSync(new URL("one-class-dual.golden.json", import.meta.url), "utf8"));

const exactly = { tolerance: 1e-10, mostSteps: 1e5, leastNorm: 0 };
const inner = (a: ArrayLike<number>, b: ArrayLike<number>) => Array.from(a).reduce((t, x, k) => t + x * b[k], 0);
const gaussian = (n: number, d: number, seed: number, shift = 2) =>
  matrix(
    n,
    d,
    new Float64Array(n * d).map(normal(key(seed))).map((x) => x + shift),
  );

test.each(goldens)("scikit-learn's decisions on given points, $name", async ({ points, nu, decisions, rho }) => {
  const solution = await solveOneClass(fromRows(points), nu, exactly);
  expect(solution.end).toBe("solved");
  decisions.forEach((decision, i) => {
    expect(inner(solution.w, points[i]) - solution.rho).toBeCloseTo(decision, 7);
  });
  expect(solution.rho).toBeCloseTo(rho, 7);
});

/** The dual by moving weight within every pair of rows, over and over: w. */
function naive(points: Matrix, nu: number): number[] {
  const n = points.rows;
  const most = 1 / (nu * n);
  const alpha = new Array<number>(n).fill(1 / n);
  const w = () =>
    Array.from({ length: points.columns }, (_, k) =>
      inner(
        alpha,
        alpha.map((_, i) => rowOf(points, i)[k]),
      ),
    );
  for (let sweep = 0; sweep < 300; sweep++)
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        if (i === j) continue;
        const difference = rowOf(points, i).map((x, k) => x - rowOf(points, j)[k]);
        const best = -inner(w(), difference) / inner(difference, difference);
        const moved = Math.min(Math.max(best, -alpha[i], alpha[j] - most), most - alpha[i], alpha[j]);
        alpha[i] += moved;
        alpha[j] -= moved;
      }
  return w();
}

test.each([0.1, 0.3, 0.8, 1])("w = that of a naive descent, ν = %f", async (nu) => {
  const points = gaussian(12, 3, 1);
  const { w } = await solveOneClass(points, nu, exactly);
  naive(points, nu).forEach((x, k) => {
    expect(w[k]).toBeCloseTo(x, 6);
  });
});

test("0 ≤ gap ≤ the tolerance times ‖w‖², and the conditions of optimality hold", async () => {
  for (const [seed, nu] of [
    [1, 0.05],
    [2, 0.3],
    [3, 0.9],
  ]) {
    const points = gaussian(300, 8, seed);
    const { w, rho, alpha, gap } = await solveOneClass(points, nu, { ...exactly, tolerance: 1e-6 });
    const [norm, most] = [inner(w, w), 1 / (nu * 300)];
    expect(alpha.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    expect(gap).toBeGreaterThan(-1e-12);
    expect(gap).toBeLessThan(1e-6 * norm);
    alpha.forEach((weight, i) => {
      const above = inner(w, rowOf(points, i)) - rho;
      expect(weight >= 0 && weight <= most).toBe(true);
      if (weight > 0) expect(above).toBeLessThan(1e-6 * norm);
      if (weight < most) expect(above).toBeGreaterThan(-1e-6 * norm);
    });
  }
});

test("ν is at least the share of points outside and at most the share with weight (proposition 3)", async () => {
  const points = gaussian(500, 5, 4);
  for (const nu of [0.01, 0.1, 0.5]) {
    const { w, rho, alpha } = await solveOneClass(points, nu, exactly);
    const outside = Array.from(alpha.keys()).filter((i) => inner(w, rowOf(points, i)) < rho - 1e-9).length;
    expect(outside / 500).toBeLessThanOrEqual(nu);
    expect(alpha.filter((weight) => weight > 0).length / 500).toBeGreaterThanOrEqual(nu);
  }
});

test("points around the origin have no boundary; few steps leave it unsolved; a pause can interrupt", async () => {
  const around = gaussian(200, 2, 5, 0);
  expect((await solveOneClass(around, 0.05, { ...exactly, leastNorm: 1e-6 })).end).toBe("inseparable");
  const points = gaussian(200, 5, 6, 1);
  expect((await solveOneClass(points, 0.02, { ...exactly, mostSteps: 3 })).end).toBe("unsolved");
  const pause = () => Promise.reject(new Error("enough"));
  await expect(solveOneClass(points, 0.02, { ...exactly, pause })).rejects.toThrow("enough");
});
