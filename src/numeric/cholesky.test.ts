import fc from "fast-check";
import { expect, test } from "vitest";
import { cholesky, lowerInverse } from "./cholesky.ts";
import { fromRows, type Matrix, matrix } from "./matrix.ts";

const at = (m: Matrix, i: number, j: number) => m.values[i * m.columns + j];

function product(a: Matrix, b: Matrix, transposed = false): Matrix {
  const out = matrix(a.rows, a.rows);
  for (let i = 0; i < a.rows; i++)
    for (let j = 0; j < a.rows; j++)
      for (let k = 0; k < a.rows; k++)
        out.values[i * a.rows + j] += at(a, i, k) * (transposed ? at(b, j, k) : at(b, k, j));
  return out;
}

test("L = [[2, 0], [1, 3]] for [[4, 2], [2, 10]], and L⁻¹ by hand", () => {
  const l = cholesky(
    fromRows([
      [4, 2],
      [2, 10],
    ]),
  );
  expect([...l.values]).toEqual([2, 0, 1, 3]);
  expect([...lowerInverse(l).values]).toEqual([0.5, 0, -1 / 6, 1 / 3]);
});

test("L Lᵀ = A and L⁻¹ L = I for random positive definite A", () => {
  const cell = fc.double({ min: -2, max: 2, noNaN: true });
  const square = fc.integer({ min: 1, max: 6 }).chain((d) => fc.array(cell, { minLength: d * d, maxLength: d * d }));
  fc.assert(
    fc.property(square, (cells) => {
      const d = Math.sqrt(cells.length);
      const b = matrix(d, d, Float64Array.from(cells));
      const a = product(b, b, true);
      for (let i = 0; i < d; i++) a.values[i * d + i] += 0.5;
      const before = a.values.slice();
      const l = cholesky(a);
      const [back, identity] = [product(l, l, true), product(lowerInverse(l), l)];
      for (let i = 0; i < d; i++) {
        for (let j = 0; j < d; j++) {
          expect(at(back, i, j)).toBeCloseTo(at(a, i, j), 10);
          expect(at(identity, i, j)).toBeCloseTo(i === j ? 1 : 0, 10);
          if (j > i) expect([at(l, i, j), at(lowerInverse(l), i, j)]).toEqual([0, 0]);
        }
      }
      expect(a.values).toEqual(before);
    }),
  );
});

test("what has no factor is refused by name", () => {
  const singular = fromRows([
    [1, 1],
    [1, 1],
  ]);
  expect(() => cholesky(singular)).toThrow("cholesky: matrix: expected it positive definite, got one that is singular");
  const lopsided = fromRows([
    [1, 2],
    [0, 1],
  ]);
  expect(() => cholesky(lopsided)).toThrow("cholesky: matrix: expected it symmetric");
  expect(() => cholesky(matrix(2, 3))).toThrow("cholesky: matrix: expected as many rows as columns, got 2 × 3");
  expect(() => lowerInverse(matrix(2, 2))).toThrow("expected no zero on the diagonal, got one in row 0");
});
