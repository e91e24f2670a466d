import { expect, it } from "vitest";
import { key, type Matrix, matrix, normal } from "../numeric/index.ts";
import { ownDeal } from "./deal.ts";
import { startRows } from "./starts.ts";
import { medianWidth, nearWidths } from "./widths.ts";

/** 60 window rows of which the first six are a clump, and 240 reference rows, normal in 10 columns. */
function withClump(): Matrix {
  const [next, near] = [normal(key(1)), normal(key(2))];
  const values = Float64Array.from({ length: 3000 }, next);
  for (let at = 10; at < 60; at++) values[at] = values[at % 10] + near() / 20;
  return matrix(300, 10, values);
}
const rows = withClump();
const deal = ownDeal(300, 60);
const placesOf = (starts: Matrix) =>
  Array.from({ length: starts.rows }, (_, i) =>
    Array.from({ length: 300 }, (_, row) => row).find((row) => rows.values[row * 10] === starts.values[i * 10]),
  );

it("clumps: kernels start in the clump where it is among the 20 rows drawn, and elsewhere at rows of the window", () => {
  const kernels = 40;
  const [starts] = startRows(rows, deal, { kernels, starts: 1, begin: "clumps" }, key(3));
  const places = placesOf(starts) as number[];
  expect(Math.max(...places)).toBeLessThan(60);
  // 20 draws of 60 miss six rows with probability .9^20 = .12: binomial(40, .88) is below 27 with probability .001.
  expect(places.filter((row) => row < 6).length).toBeGreaterThanOrEqual(27);
});

it("a reference with the same clump takes it away", () => {
  const both = { ...rows, values: rows.values.slice() };
  both.values.copyWithin(600, 0, 60);
  const [starts] = startRows(both, deal, { kernels: 40, starts: 1, begin: "clumps" }, key(3));
  expect(placesOf(starts).filter((row) => row! < 6).length).toBeLessThan(13);
});

it("copies and small windows are no obstacle, and starts do not depend on one another", () => {
  const copies = matrix(12, 3, new Float64Array(36).fill(1));
  const [one] = startRows(copies, ownDeal(12, 2), { kernels: 3, starts: 1, begin: "clumps" }, key(1));
  expect([...one.values]).toEqual(Array(9).fill(1));
  const [first] = startRows(rows, deal, { kernels: 5, starts: 1, begin: "clumps" }, key(4));
  const [again, other] = startRows(rows, deal, { kernels: 5, starts: 2, begin: "clumps" }, key(4));
  expect(placesOf(again)).toEqual(placesOf(first));
  expect(placesOf(other)).not.toEqual(placesOf(first));
});

it("near widths go from .6 of the median distance of pairs to a quarter of the long distances to the nearest row", () => {
  const line = matrix(5, 1, Float64Array.of(0, 0, 1, 3, 7));
  // Nearest other rows, copies aside: 1, 1, 1, 2, 4; pairs: 1, 1, 2, 3, 3, 4, 6, 7, 7.
  expect(nearWidths(line, key(0))!.high).toBeCloseTo(0.6 * 3, 12);
  // The 90 % quantile of 1, 1, 1, 2, 4 is 3.2.
  expect(nearWidths(line, key(0))!.low).toBeCloseTo(0.8, 12);
  expect(medianWidth(line, key(0))).toBe(3);
  expect(nearWidths(matrix(3, 1, new Float64Array(3)), key(0))).toBeNull();
});
