import { expect, test } from "vitest";
import { constant, evaluate, multiply, ndArray } from "../graph/index.ts";
import { columnOf, fromRows, key } from "../numeric/index.ts";
import { probes, spread, spreadOf } from "./embedding-collapse.ts";

const rows = fromRows([
  [0, 10],
  [1, 20],
  [5, 60],
]);

test("a probe's columns are those of the rows, three times as far from their means, each in an order of its own", () => {
  const found = probes(rows, key(1));
  expect([...columnOf(found, 0)].sort((a, b) => a - b)).toEqual([-4, -1, 11]); // 2 + 3 (x − 2)
  expect([...columnOf(found, 1)].sort((a, b) => a - b)).toEqual([-30, 0, 120]); // 30 + 3 (x − 30)
  const many = fromRows(Array.from({ length: 200 }, (_, i) => [i, i]));
  const apart = probes(many, key(1));
  expect(columnOf(apart, 0)).not.toEqual(columnOf(apart, 1));
});

test("spread: the mean squared distance to the mean, by hand", () => {
  const embeddings = constant(ndArray("float64", [3, 2], Float64Array.of(1, 0, 3, 0, 2, 3)));
  // Mean (2, 1); squared distances 2, 2, 4.
  expect(evaluate({ s: spread(embeddings) }, {})["s"].data[0]).toBeCloseTo(8 / 3, 12);
});

test("the spread of k times the embedding is k² times the spread, and 0 for equal rows", async () => {
  const once = await spreadOf((x) => x, rows);
  expect(await spreadOf((x) => multiply(x, 3), rows)).toBeCloseTo(9 * once, 9);
  expect(await spreadOf((x) => multiply(x, 0), rows)).toBe(0);
});
