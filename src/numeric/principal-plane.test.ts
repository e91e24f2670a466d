import { expect, test } from "vitest";
import { key, normal } from "./key.ts";
import { fromRows } from "./matrix.ts";
import { placesIn, principalPlane } from "./principal-plane.ts";

test("rows on a line vary in one direction, along it", () => {
  const rows = fromRows([-2, -1, 0, 1, 2].map((t) => [3 * t + 7, 4 * t, 5]));
  const plane = principalPlane(rows);
  expect(Array.from(plane.center)).toEqual([7, 0, 5]);
  expect(plane.shares[0]).toBeCloseTo(1, 12);
  expect(plane.shares[1]).toBe(0);
  for (const [j, x] of [0.6, 0.8, 0].entries()) expect(plane.axes[0][j]).toBeCloseTo(x, 12);
  expect(Array.from(plane.axes[1])).toEqual([0, 0, 0]);
  for (const [i, t] of [-2, -1, 0, 1, 2].entries()) expect(placesIn(plane, rows)[0][i]).toBeCloseTo(5 * t, 12);
});

test("the axes are orthonormal, and the variance along each is its share", () => {
  const draw = normal(key(1));
  const rows = fromRows(
    Array.from({ length: 400 }, () => {
      const [a, b, c] = [draw(), draw(), draw()];
      return [a + 2 * b, 3 * b, c - a, 0.1 * draw()];
    }),
  );
  const plane = principalPlane(rows);
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, x, j) => sum + x * b[j], 0);
  expect(dot(plane.axes[0], plane.axes[0])).toBeCloseTo(1, 12);
  expect(dot(plane.axes[1], plane.axes[1])).toBeCloseTo(1, 12);
  expect(dot(plane.axes[0], plane.axes[1])).toBeCloseTo(0, 12);
  const [xs, ys] = placesIn(plane, rows);
  const variances = [xs, ys].map((v) => dot(v, v) / v.length);
  expect(variances[0] / variances[1]).toBeCloseTo(plane.shares[0] / plane.shares[1], 10);
  expect(dot(xs, ys) / 400).toBeCloseTo(0, 10);
});

test("a single column has no second axis", () => {
  const plane = principalPlane(fromRows([[1], [2], [4]]));
  expect(Array.from(plane.axes[1])).toEqual([0]);
  expect(plane.shares).toEqual([1, 0]);
});
