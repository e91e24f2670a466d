import fc from "fast-check";
import { expect, test } from "vitest";
import type { Trees } from "../graph/index.ts";
import { fromRows, key, type Matrix, rowOf } from "../numeric/index.ts";
import { averagePathLength } from "./average-path-length.ts";
import { growIsolationForest } from "./isolation-forest.ts";

/** The naive twin of scoring: one row down one tree, to the leaf's place and the depth there. */
function descend(trees: Trees, tree: number, row: ArrayLike<number>): { leaf: number; depth: number } {
  let depth = 0;
  let at = trees.roots[tree];
  for (; at >= 0; depth++) at = row[trees.feature[at]] < trees.split[at] ? trees.yes[at] : trees.no[at];
  return { leaf: -1 - at, depth };
}

const rowsOf = (m: Matrix) => Array.from({ length: m.rows }, (_, i) => rowOf(m, i));

/** The mean path length over all trees. */
function meanPath(trees: Trees, row: ArrayLike<number>): number {
  let total = 0;
  for (let t = 0; t < trees.roots.length; t++) total += trees.leafWeight[descend(trees, t, row).leaf];
  return total / trees.roots.length;
}

const matrices = fc
  .record({ n: fc.integer({ min: 2, max: 20 }), d: fc.integer({ min: 1, max: 3 }) })
  .chain(({ n, d }) => {
    const cell = fc.oneof(fc.integer({ min: 0, max: 2 }), fc.double({ noNaN: true, noDefaultInfinity: true }));
    return fc.array(fc.array(cell, { minLength: d, maxLength: d }), { minLength: n, maxLength: n });
  })
  .map(fromRows);

test("a leaf weighs its depth plus c(rows that end in it), and none is empty or too deep", () => {
  fc.assert(
    fc.property(matrices, fc.integer(), (rows, seed) => {
      const psi = rows.rows; // every tree sees every row
      const { trees } = growIsolationForest(rows, { trees: 3, subsample: psi, key: key(seed) });
      const c = averagePathLength(psi);
      for (let t = 0; t < 3; t++) {
        const ends = rowsOf(rows).map((row) => descend(trees, t, row));
        for (const { leaf, depth } of ends) {
          const size = ends.filter((end) => end.leaf === leaf).length;
          const lone = size === psi; // all rows equal: the node above the leaf is no split
          expect(trees.leafWeight[leaf]).toBe((lone ? 0 : depth) + c[size]);
          expect(depth).toBeLessThanOrEqual(Math.max(1, Math.ceil(Math.log2(psi))));
        }
        const reached = new Set(ends.map((end) => end.leaf)).size;
        const own = rowsOf(rows).every((row) => row.every((x, j) => x === rowOf(rows, 0)[j])) ? 2 : reached;
        const next = t + 1 < 3 ? trees.roots[t + 1] : trees.split.length;
        expect(own).toBe(next - trees.roots[t] + 1); // every leaf of the tree was reached
      }
    }),
  );
});

test("rows end together only when equal or at ⌈log2 ψ⌉", () => {
  const rows = fromRows(Array.from({ length: 64 }, (_, i) => [i, (i * 37) % 64]));
  const { trees } = growIsolationForest(rows, { trees: 20, subsample: 64, key: key(1) });
  for (let t = 0; t < 20; t++) {
    const ends = rowsOf(rows).map((row) => descend(trees, t, row));
    for (const { leaf, depth } of ends) if (depth < 6) expect(ends.filter((end) => end.leaf === leaf)).toHaveLength(1);
  }
});

test("cuts are uniform in value: of 0, a, 1 the mean paths are 2 − a, 2, 1 + a", () => {
  // The first cut isolates 0 with probability a, else 1; what is left takes one more.
  const a = 0.3;
  const rows = fromRows([[0], [a], [1]]);
  const { trees } = growIsolationForest(rows, { trees: 40_000, subsample: 3, key: key(2) });
  // The standard error is √(0.3 · 0.7 / 40,000) = 0.0023; 4 of them.
  [2 - a, 2, 1 + a].forEach((expected, i) => {
    expect(Math.abs(meanPath(trees, rowOf(rows, i)) - expected)).toBeLessThan(0.0092);
  });
});

test("columns are uniform among those that vary", () => {
  const rows = fromRows([
    [0, 5, 1, 0, 7],
    [1, 5, 0, 9, 7],
  ]);
  const { trees } = growIsolationForest(rows, { trees: 30_000, subsample: 2, key: key(3) });
  const counts = [0, 1, 2, 3, 4].map((j) => trees.feature.filter((feature) => feature === j).length);
  expect([counts[1], counts[4]]).toEqual([0, 0]);
  // Binomial with deviation √(30,000 · 2/9) = 82; 4 of them.
  for (const j of [0, 2, 3]) expect(Math.abs(counts[j] - 10_000)).toBeLessThan(330);
});

test("each tree learns from ψ different rows, all equally often", () => {
  // Distinct equally spaced values: with ψ = 2 the root's cut lies between the tree's two rows.
  const rows = fromRows(Array.from({ length: 10 }, (_, i) => [2 ** i]));
  const { trees, rowsUsed } = growIsolationForest(rows, { trees: 20_000, subsample: 2, key: key(4) });
  expect(rowsUsed).toBe(10);
  expect(trees.split).toHaveLength(20_000); // no tree drew one row twice, so every root cuts
  // P(the cut is above 2⁸) = Σ_j P(rows j, 9) · (512 − 256) / (512 − 2^j) for j < 8, and 1 for j = 8.
  let above = 1 / 45;
  for (let j = 0; j < 8; j++) above += (1 / 45) * (256 / (512 - 2 ** j));
  const share = trees.split.filter((p) => p > 256).length / 20_000;
  expect(Math.abs(share - above)).toBeLessThan(4 * Math.sqrt((above * (1 - above)) / 20_000));
});

test("equal key, equal trees; the first trees of a longer forest are those of a shorter one", () => {
  const rows = fromRows(Array.from({ length: 100 }, (_, i) => [Math.sin(i), Math.cos(3 * i)]));
  const before = rows.values.slice();
  const grow = (trees: number, seed: number) => growIsolationForest(rows, { trees, subsample: 16, key: key(seed) });
  expect(grow(10, 1)).toEqual(grow(10, 1));
  expect(grow(10, 1)).not.toEqual(grow(10, 2));
  const [short, long] = [grow(10, 1).trees, grow(20, 1).trees];
  expect(long.split.slice(0, short.split.length)).toEqual(short.split);
  expect(long.leafWeight.slice(0, short.leafWeight.length)).toEqual(short.leafWeight);
  expect(rows.values).toEqual(before);
});

test("equal rows make a lone node that leads to c(ψ) either way", () => {
  const rows = fromRows([[3], [3], [3], [3]]);
  const forest = growIsolationForest(rows, { trees: 2, subsample: 4, key: key(1) });
  expect(forest.trees.roots).toEqual(Int32Array.of(0, 1));
  for (const x of [-1, 3, 1e9]) expect(meanPath(forest.trees, [x])).toBe(forest.averagePathLength);
});

test("one row, or no column, is refused", () => {
  expect(() => growIsolationForest(fromRows([[1]]), { trees: 1, subsample: 2, key: key(1) })).toThrow(
    "isolation forest: rows: expected at least 2 rows and 1 column, got 1 × 1",
  );
});
