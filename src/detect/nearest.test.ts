import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { constant, input, ndArray, openGraph, overRows } from "../graph/index.ts";
import { fromRows, key, type Matrix, matrix, normal } from "../numeric/index.ts";
import { METRICS, nearestDistances, nearestOther } from "./nearest.ts";
import { nearestNeighbors } from "./nearest-neighbors.ts";
import { scoreRows } from "./score-rows.ts";

const cloud = (rows: number, columns: number, seed: number): Matrix =>
  matrix(rows, columns, Float64Array.from({ length: rows * columns }, normal(key(seed))));
const tensorOf = (m: Matrix) => constant(ndArray("float64", [m.rows, m.columns], m.values));

/** All distances from a row to the reference rows, increasing: loops only. */
function naive(row: ArrayLike<number>, reference: Matrix, metric: (typeof METRICS)[number]): number[] {
  return Array.from({ length: reference.rows }, (_, i) => {
    let total = 0;
    for (let j = 0; j < reference.columns; j++) {
      const difference = Math.abs(row[j] - reference.values[i * reference.columns + j]);
      total += metric === "euclidean" ? difference * difference : difference;
    }
    return metric === "euclidean" ? Math.sqrt(total) : total;
  }).sort((a, b) => a - b);
}

describe.each(METRICS)("%s", (metric) => {
  it.each([1, 3])("the %i nearest are those of a naive search", async (k) => {
    const [reference, rows] = [cloud(200, 4, 1), cloud(50, 4, 2)];
    const out = await overRows((x) => nearestDistances(x, tensorOf(reference), k, metric), rows);
    for (let i = 0; i < rows.rows; i++) {
      const expected = naive(rows.values.subarray(i * 4, i * 4 + 4), reference, metric);
      for (let j = 0; j < k; j++) expect(out[i * k + j]).toBeCloseTo(expected[j], 12);
    }
  });

  it("a twin is at exactly 0, far from the origin too (1e-7 of the norm apart)", async () => {
    const reference = fromRows([
      [1e6, 1],
      [1e6, 1.1],
      [1e6 + 0.1, 1],
      [-1e6, 5],
    ]);
    const out = await overRows((x) => nearestDistances(x, tensorOf(reference), 1, metric), reference);
    expect([...out]).toEqual([0, 0, 0, 0]);
  });
});

it("the nearest other row leaves the row itself out, and is 0 where it has twins", async () => {
  const values = [
    [0, 0],
    [3, 4],
    [3, 4],
    [3, 4],
    [10, 0],
  ];
  const reference = tensorOf(fromRows(values));
  const x = input("x", "float64", ["rows", 2]);
  using session = await openGraph({ out: nearestOther(x, reference, input("self", "int64", ["rows"])) });
  const { out } = await session.run({
    x: ndArray("float64", [5, 2], Float64Array.from(values.flat())),
    self: ndArray("int64", [5], BigInt64Array.of(0n, 1n, 2n, 3n, 4n)),
  });
  expect([...out.data].map((d) => Number(d).toFixed(6))).toEqual([
    "5.000000",
    "0.000000",
    "0.000000",
    "0.000000",
    "8.062258",
  ]);
});

describe("knn", () => {
  const fit = (rows: Matrix, given: object) =>
    nearestNeighbors.fit(rows, nearestNeighbors.options.parse(given), { key: key(0), workers: 0 });
  const line = fromRows([[0], [1], [2], [3], [14]]);

  it.each([
    ["kth", 1.5, 4],
    ["mean", 2.5 / 3, 3],
    ["first", 0.5, 2],
  ] as const)(
    "%s of the distances to three neighbors of 0.5 and 5 among 0, 1, 2, 3, 14",
    async (distance, near, far) => {
      const fitted = await fit(line, { k: 3, distance, scaling: "none" });
      const scores = await scoreRows(fitted, fromRows([[0.5], [5]]), { workers: 0 });
      expect(scores[0]).toBeCloseTo(near, 12);
      expect(scores[1]).toBeCloseTo(far, 12);
    },
  );

  it("scores do not change with units when columns are standardized", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
        fc.double({ min: -1e3, max: 1e3, noNaN: true }),
        async (unit, zero) => {
          const rows = cloud(30, 2, 3);
          const moved = matrix(
            30,
            2,
            rows.values.map((x) => x * unit + zero),
          );
          const [a, b] = await Promise.all(
            [rows, moved].map(async (m) => scoreRows(await fit(m, { k: 2 }), m, { workers: 0 })),
          );
          a.forEach((score, i) => {
            expect(b[i]).toBeCloseTo(score, 5);
          });
        },
      ),
      { numRuns: 10 },
    );
  });

  it("unscaled microsecond counters near 1e15 keep their distances", async () => {
    const start = 1.7e15;
    const fitted = await fit(fromRows([[start], [start + 10], [start + 300]]), { scaling: "none" });
    const scores = await scoreRows(fitted, fromRows([[start], [start + 13], [start + 200]]), { workers: 0 });
    expect([...scores]).toEqual([0, 3, 100]);
  });

  it("keeps at most maxRows, drawn by key, and says so; k is at most the rows there are", async () => {
    const capped = await fit(cloud(100, 2, 4), { maxRows: 10 });
    expect(capped.rowsUsed).toBe(10);
    expect(capped.notes).toEqual(["10 of 100 rows kept as reference, drawn by key"]);
    expect((await fit(line, { k: 9 })).notes).toEqual(["k is 5: there are no more rows than that"]);
  });
});
