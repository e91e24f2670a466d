import fc from "fast-check";
import { expect, test } from "vitest";
import { columnOf, fromColumns, fromRows, matrix, rowOf, sliceRows, stackRows, takeRows } from "./matrix.ts";

const grid = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 })).chain(([rows, columns]) =>
  fc.array(fc.array(fc.double({ noNaN: true }), { minLength: columns, maxLength: columns }), {
    minLength: rows,
    maxLength: rows,
  }),
);

test("rows and columns round-trip", () => {
  fc.assert(
    fc.property(grid, (rows) => {
      const m = fromRows(rows);
      expect(rows.map((_, i) => [...rowOf(m, i)])).toEqual(rows);
      expect(rows[0].map((_, j) => [...columnOf(m, j)])).toEqual(rows[0].map((_, j) => rows.map((row) => row[j])));
      expect(
        fromColumns(
          m.rows,
          rows[0].map((_, j) => columnOf(m, j)),
        ),
      ).toEqual(m);
    }),
  );
});

test("taking rows copies them in the order given; slicing shares the memory", () => {
  const m = fromRows([
    [1, 2],
    [3, 4],
    [5, 6],
  ]);
  const taken = takeRows(m, [2, 0, 2]);
  expect([...taken.values]).toEqual([5, 6, 1, 2, 5, 6]);
  expect(taken.values.buffer).not.toBe(m.values.buffer);
  const slice = sliceRows(m, 1, 3);
  expect([slice.rows, slice.columns, ...slice.values]).toEqual([2, 2, 3, 4, 5, 6]);
  expect(slice.values.buffer).toBe(m.values.buffer);
});

test("empty shapes hold", () => {
  expect(fromRows([])).toEqual(matrix(0, 0));
  expect(takeRows(matrix(3, 2), [])).toEqual(matrix(0, 2));
  expect(fromColumns(3, []).rows).toBe(3);
});

test("a length that does not fit and ragged rows are refused", () => {
  expect(() => matrix(2, 3, new Float64Array(5))).toThrow("matrix: values: expected 2 × 3 = 6 numbers, got 5");
  expect(() => fromRows([[1, 2], [3]])).toThrow("matrix: row 1: expected 2 numbers as in row 0, got 1");
});

test("stackRows puts the rows of one matrix above those of another, which stay as they are", () => {
  const [above, below] = [matrix(2, 2, Float64Array.of(1, 2, 3, 4)), matrix(1, 2, Float64Array.of(5, 6))];
  expect(stackRows(above, below)).toEqual(matrix(3, 2, Float64Array.of(1, 2, 3, 4, 5, 6)));
  expect(stackRows(matrix(0, 2), below)).toEqual(below);
  expect(above.rows).toBe(2);
});
