import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { columnMeans, covariance } from "./covariance.ts";
import { ledoitWolf } from "./ledoit-wolf.ts";
import { columnOf, fromRows, matrix, rowOf, takeRows } from "./matrix.ts";

interface Case {
  readonly name: string;
  readonly rows: number[][];
  readonly mean: number[];
  readonly covariance: number[][];
  readonly ledoitWolf: number[][];
  readonly shrinkage: number;
}
const cases: Case[] = JSON.parse(readFileSync(new URL("covariance.golden.json", import.meta.url), "utf8"));

test.each(cases)("scikit-learn's covariance and shrinkage, $name", (golden) => {
  const m = fromRows(golden.rows);
  const scale = Math.max(1, ...golden.covariance.flat().map(Math.abs));
  const close = (actual: Float64Array, expected: number[]) =>
    expected.forEach((x, i) => {
      expect(Math.abs(actual[i] - x)).toBeLessThanOrEqual(1e-12 * scale); // rounding of sums of that size
    });
  const plain = covariance(m);
  close(plain.mean, golden.mean);
  close(plain.covariance.values, golden.covariance.flat());
  const shrunk = ledoitWolf(m);
  expect(shrunk.shrinkage).toBeCloseTo(golden.shrinkage, 11);
  close(shrunk.covariance.values, golden.ledoitWolf.flat());
});

test("covariance = the naive twin, symmetric to the last bit", () => {
  const cell = fc.double({ min: -100, max: 100, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 12 }), (rows) => {
      const m = fromRows(rows);
      const s = covariance(m).covariance;
      for (let j = 0; j < 3; j++) {
        for (let k = 0; k < 3; k++) {
          const [x, y] = [columnOf(m, j), columnOf(m, k)];
          const mean = (v: Float64Array) => v.reduce((sum, e) => sum + e, 0) / v.length;
          const naive = x.reduce((sum, e, i) => sum + (e - mean(x)) * (y[i] - mean(y)), 0) / x.length;
          expect(rowOf(s, j)[k]).toBeCloseTo(naive, 8);
          expect(rowOf(s, j)[k]).toBe(rowOf(s, k)[j]);
        }
      }
    }),
  );
});

test("a constant column has its value as mean and covariance 0 exactly, however many rows", () => {
  const m = fromRows(Array.from({ length: 1000 }, (_, i) => [0.1, i]));
  expect(columnMeans(m)[0]).toBe(0.1);
  expect([...covariance(m).covariance.values.slice(0, 3)]).toEqual([0, 0, 0]);
  expect(ledoitWolf(m).covariance.values[0]).toBeGreaterThan(0); // shrinkage makes it invertible
});

test("an offset of 10⁹ costs no digits", () => {
  const small = [[1], [2], [4]];
  const far = small.map(([x]) => [x + 1e9]);
  expect(covariance(fromRows(far)).covariance.values[0]).toBeCloseTo(
    covariance(fromRows(small)).covariance.values[0],
    12,
  );
});

test("one row has covariance 0; the order of the rows is irrelevant; the input is not written to; no rows are refused", () => {
  expect([...ledoitWolf(fromRows([[1, 2]])).covariance.values]).toEqual([0, 0, 0, 0]);
  const m = fromRows(cases[0].rows);
  const before = m.values.slice();
  const reversed = takeRows(
    m,
    Array.from({ length: m.rows }, (_, i) => m.rows - 1 - i),
  );
  expect(ledoitWolf(reversed).shrinkage).toBeCloseTo(ledoitWolf(m).shrinkage, 12);
  expect(m.values).toEqual(before);
  expect(() => covariance(matrix(0, 2))).toThrow("covariance: rows: expected at least 1, got 0");
});
