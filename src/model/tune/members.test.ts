import { expect, test } from "vitest";
import { tailFunction } from "../../detect/index.ts";
import { fromRows, key, logisticRegression, matrix, normal, rowOf } from "../../numeric/index.ts";
import { blended, freeWeight } from "./blend.ts";
import { fitHeads, foldsOf, tailsOf } from "./heads.ts";
import { fitMembers, memberValues } from "./members.ts";
import { standardized, standardOf } from "./standardize.ts";
import { everyRow, type TuneRows } from "./tune-rows.ts";

const pause = async () => {};

/** Normal rows around 0, anomalous ones shifted in the first column; s_0 is the norm. */
function cloud(normals: number, anomalies: number, columns = 4, shift = 4): TuneRows {
  const z = normal(key("cloud"));
  const rows = Array.from({ length: normals + anomalies }, (_, i) =>
    Array.from({ length: columns }, (_, j) => z() + (i >= normals && j === 0 ? shift : 0)),
  );
  return {
    free: Float64Array.from(rows, (row) => Math.hypot(...row)),
    columns: fromRows(rows),
    normals,
    anomalies,
  };
}

// Check 7 of the specification, worked out there: F = (−1, 0, 0, 1), g_0 = (0, 1, 2, 3), y = (0, 0, 1, 1), ω = ¼, λ = .1.
test("offset head: b = −1.500000, w = .563485, objective .312699 (.545481 at 0)", async () => {
  const data = {
    features: fromRows([[-1], [0], [0], [1]]),
    labels: Uint8Array.of(0, 0, 1, 1),
    weights: new Float64Array(4).fill(0.25),
    offset: Float64Array.of(0, 1, 2, 3),
  };
  const { coefficients, intercept } = await logisticRegression(data, { ridge: 0.1 });
  const objective = (w: number, b: number) =>
    [0, 1, 2, 3].reduce(
      (sum, g, i) => {
        const v = g + b + w * [-1, 0, 0, 1][i];
        return sum + 0.25 * (Math.log1p(Math.exp(v)) - (i > 1 ? v : 0));
      },
      0.05 * w * w,
    );
  expect(intercept).toBeCloseTo(-1.5, 6);
  expect(coefficients[0]).toBeCloseTo(0.563485, 6);
  expect(objective(coefficients[0], intercept)).toBeCloseTo(0.312699, 6);
  expect(objective(0, 0)).toBeCloseTo(0.545481, 6);
});

test("w_0 at n_1 = 1, 2, 3, 5, 6 is .666667, .5, .4, .285714, .25, and no less than the floor", () => {
  [1, 2, 3, 5, 6].forEach((n, i) => {
    expect(freeWeight(n)).toBeCloseTo([2 / 3, 0.5, 0.4, 2 / 7, 0.25][i], 6);
  });
  expect(freeWeight(100)).toBe(0.25);
  expect(freeWeight(100, 0.5)).toBe(0.5);
  expect(freeWeight(1, 0.5)).toBeCloseTo(2 / 3, 12);
});

test("a blend is w_0 g_0 + (1 − w_0) mean of g_1, g_2, g_3, or one of them", () => {
  const tails = [[1], [2], [4], [9]].map((g) => Float64Array.from(g));
  expect(blended(tails, 6, { heads: "mean", fuse: "mean", floor: 0.25 })[0]).toBeCloseTo(0.25 + 0.75 * 5, 12);
  expect(blended(tails, 6, { heads: "logistic", fuse: "mean", floor: 0.5 })[0]).toBeCloseTo(0.5 + 0.5 * 4, 12);
  expect(blended(tails, 6, { heads: "mean", fuse: "max", floor: 0.25 })[0]).toBeCloseTo(4, 12);
  expect(blended([Float64Array.of(7), ...tails.slice(1)], 6, { heads: "mean", fuse: "max", floor: 0.25 })[0]).toBe(7);
});

test("columns are standardized by chosen rows alone and cut at ± 20; a constant one is only centered", () => {
  const rows = fromRows([
    [1, 7, 1e15],
    [3, 7, 1e15 + 2],
    [100, 8, 1e15 + 1],
  ]);
  const z = standardized(rows, standardOf(rows, [0, 1]));
  expect([...rowOf(z, 0)]).toEqual([-1, 0, -1]);
  expect([...rowOf(z, 1)]).toEqual([1, 0, 1]);
  expect([...rowOf(z, 2)]).toEqual([20, 1, 0]);
});

test("the offset head takes g_0 as it is; every head scores anomalous rows above normal ones", async () => {
  const rows = cloud(120, 10);
  const g0 = tailFunction(rows.free.slice(0, 120));
  const z = standardized(rows.columns, standardOf(rows.columns, everyRow(rows).normal));
  const views = matrix(
    130,
    5,
    Float64Array.from({ length: 650 }, (_, at) =>
      at % 5 === 4 ? g0(rows.free[Math.floor(at / 5)]) : z.values[Math.floor(at / 5) * 4 + (at % 5)],
    ),
  );
  const members = await fitMembers(views, everyRow(rows), pause);
  expect(members.offset.weights[4]).toBe(1);
  for (const values of memberValues(members, views, [...Array(130).keys()])) {
    const mean = (part: Float64Array) => part.reduce((a, b) => a + b, 0) / part.length;
    expect(mean(values.subarray(120))).toBeGreaterThan(mean(values.subarray(0, 120)) + 2);
  }
});

test("equal key, equal heads; tails of rows depend on each row alone", async () => {
  const rows = cloud(60, 6);
  const [a, b] = [
    await fitHeads(rows, everyRow(rows), key(3), pause),
    await fitHeads(rows, everyRow(rows), key(3), pause),
  ];
  const all = [...Array(66).keys()];
  expect(tailsOf(a, rows, all)).toEqual(tailsOf(b, rows, all));
  const some = tailsOf(a, rows, [65, 3]);
  tailsOf(a, rows, all).forEach((values, k) => {
    expect([...some[k]]).toEqual([values[65], values[3]]);
  });
});

test("folds hold every row once and differ by one row at most", () => {
  for (const [n, k] of [
    [23, 5],
    [3, 5],
    [10, 2],
  ]) {
    const folds = foldsOf(n, k, key(1));
    expect(folds.flat().sort((x, y) => x - y)).toEqual([...Array(n).keys()]);
    const sizes = folds.map((fold) => fold.length);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  }
});
