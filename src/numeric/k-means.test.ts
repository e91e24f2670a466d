import { expect, test } from "vitest";
import { kMeans } from "./k-means.ts";
import { key, normal } from "./key.ts";
import { fromRows, matrix, rowOf } from "./matrix.ts";

const draw = normal(key(1));
/** 30 rows around each of four corners. */
const corners = matrix(
  120,
  2,
  new Float64Array(240).map((_, at) => draw() + 50 * ((Math.floor(at / 2) >> (at % 2)) % 2)),
);

test("four clusters far apart are found from every key", () => {
  for (let seed = 0; seed < 20; seed++) {
    const { labels, centers } = kMeans(corners, 4, key(seed));
    expect(centers.rows).toBe(4);
    for (let i = 4; i < 120; i++) expect(labels[i]).toBe(labels[i % 4]);
    expect(new Set(labels).size).toBe(4);
  }
});

test("a settled run: each row is nearest its own center, each center the mean of its rows, inertia their distances", () => {
  const rows = matrix(300, 3, new Float64Array(900).map(normal(key(2))));
  const { labels, centers, inertia } = kMeans(rows, 5, key(3), { iterations: 1000 });
  let total = 0;
  const sums = Array.from({ length: 5 }, () => [0, 0, 0, 0]);
  for (let i = 0; i < 300; i++) {
    const distances = Array.from({ length: 5 }, (_, c) =>
      rowOf(rows, i).reduce((sum, x, j) => sum + (x - rowOf(centers, c)[j]) ** 2, 0),
    );
    expect(distances[labels[i]]).toBeCloseTo(Math.min(...distances), 9);
    total += distances[labels[i]];
    rowOf(rows, i).forEach((x, j) => {
      sums[labels[i]][j] += x;
    });
    sums[labels[i]][3]++;
  }
  expect(inertia).toBeCloseTo(total, 9);
  for (let c = 0; c < 5; c++)
    for (let j = 0; j < 3; j++) expect(rowOf(centers, c)[j]).toBeCloseTo(sums[c][j] / sums[c][3], 12);
});

test("equal keys, equal clusters; more starts never do worse", () => {
  const rows = matrix(200, 2, new Float64Array(400).map(normal(key(4))));
  expect(kMeans(rows, 6, key(5))).toEqual(kMeans(rows, 6, key(5)));
  for (let seed = 0; seed < 10; seed++)
    expect(kMeans(rows, 6, key(seed), { starts: 5 }).inertia).toBeLessThanOrEqual(
      kMeans(rows, 6, key(seed), { starts: 1 }).inertia,
    );
});

test("fewer different rows than clusters give as many clusters as rows differ", () => {
  const rows = fromRows([[1], [2], [1], [2], [2]]);
  const { labels, centers, inertia } = kMeans(rows, 4, key(6));
  expect([...centers.values].sort()).toEqual([1, 2]);
  expect(inertia).toBe(0);
  expect(labels[0]).toBe(labels[2]);
  expect(kMeans(fromRows([[7], [7]]), 3, key(7)).centers.rows).toBe(1);
});
