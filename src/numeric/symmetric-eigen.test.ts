import fc from "fast-check";
import { expect, test } from "vitest";
import { fromRows, type Matrix, matrix } from "./matrix.ts";
import { symmetricEigen } from "./symmetric-eigen.ts";

const at = (m: Matrix, i: number, j: number) => m.values[i * m.columns + j];

test("[[2, 1], [1, 2]] has eigenvalues 3 and 1, along (1, 1) and (1, −1)", () => {
  const { values, vectors } = symmetricEigen(
    fromRows([
      [2, 1],
      [1, 2],
    ]),
  );
  expect(values[0]).toBeCloseTo(3, 14);
  expect(values[1]).toBeCloseTo(1, 14);
  expect(at(vectors, 0, 0) / at(vectors, 1, 0)).toBeCloseTo(1, 14);
  expect(at(vectors, 0, 1) / at(vectors, 1, 1)).toBeCloseTo(-1, 14);
});

test("A V = V diag(λ), Vᵀ V = I and λ decreases, for symmetric A of any size and scale", () => {
  const cell = fc.double({ min: -2, max: 2, noNaN: true });
  const square = fc.integer({ min: 1, max: 6 }).chain((d) => fc.array(cell, { minLength: d * d, maxLength: d * d }));
  fc.assert(
    fc.property(square, fc.constantFrom(1, 1e-200, 1e200), (cells, scale) => {
      const d = Math.sqrt(cells.length);
      const a = matrix(d, d);
      for (let i = 0; i < d; i++)
        for (let j = 0; j < d; j++) a.values[i * d + j] = (cells[i * d + j] + cells[j * d + i]) * scale;
      const before = a.values.slice();
      const { values, vectors } = symmetricEigen(a);
      for (let i = 0; i < d; i++)
        for (let j = 0; j < d; j++) {
          let [left, gram] = [0, 0];
          for (let k = 0; k < d; k++) {
            left += (at(a, i, k) / scale) * at(vectors, k, j);
            gram += at(vectors, k, i) * at(vectors, k, j);
          }
          expect(left).toBeCloseTo(at(vectors, i, j) * (values[j] / scale), 10);
          expect(gram).toBeCloseTo(i === j ? 1 : 0, 10);
        }
      for (let j = 1; j < d; j++) expect(values[j]).toBeLessThanOrEqual(values[j - 1]);
      expect(a.values).toEqual(before);
    }),
  );
});

test("entries that are next to nothing beside the others are taken as 0", () => {
  const cells = [-7.105427357600996e-15, -1e-323, 0, 0, 0, 0, -3.8893845486632105e-62, 0, 0];
  const a = matrix(3, 3);
  for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) a.values[3 * i + j] = cells[3 * i + j] + cells[3 * j + i];
  expect([...symmetricEigen(a).values]).toEqual([0, 0, 2 * cells[0]]);
});

test("a matrix of zeros has eigenvalues 0 and the axes as vectors", () => {
  const { values, vectors } = symmetricEigen(matrix(2, 2));
  expect([...values]).toEqual([0, 0]);
  expect(Array.from(vectors.values, Math.abs).sort()).toEqual([0, 0, 1, 1]);
});

test("what has no real eigenvectors to speak of is refused by name", () => {
  expect(() => symmetricEigen(matrix(2, 3))).toThrow(
    "eigenvalues: matrix: expected as many rows as columns, got 2 × 3",
  );
  const lopsided = fromRows([
    [1, 2],
    [0, 1],
  ]);
  expect(() => symmetricEigen(lopsided)).toThrow("eigenvalues: matrix: expected it symmetric");
  expect(() => symmetricEigen(fromRows([[Number.POSITIVE_INFINITY]]))).toThrow("expected finite numbers, got Infinity");
});
