import { expect, test } from "vitest";
import { distinctRows } from "./distinct-rows.ts";
import { fromRows, matrix } from "./matrix.ts";

const rows = fromRows([
  [1, 2],
  [3, 4],
  [1, 2],
  [0, 1],
  [-0, 1],
  [12, 0],
  [1, 20],
]);

test("twins become one row, where the first of them was, with their number", () => {
  const { rows: distinct, counts } = distinctRows(rows);
  expect([...distinct.values]).toEqual([1, 2, 3, 4, 0, 1, 12, 0, 1, 20]);
  expect([...counts]).toEqual([2, 1, 2, 1, 1]);
});

test("rows that stand for several count as several", () => {
  expect([...distinctRows(rows, [5, 1, 2, 1, 1, 1, 1]).counts]).toEqual([7, 1, 2, 1, 1]);
});

test("values that differ in the last place differ; no rows, no rows", () => {
  expect(distinctRows(fromRows([[0.1 + 0.2], [0.3]])).rows.rows).toBe(2);
  expect(distinctRows(matrix(0, 3)).rows).toEqual(matrix(0, 3));
});
