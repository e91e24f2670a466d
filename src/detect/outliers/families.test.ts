import { expect, test } from "vitest";
import { cholesky, covariance, fromRows, lowerInverse, sliceRows } from "../../numeric/index.ts";
import { bandwidthsOf, dependencyRow, gaussianRow, globalRow } from "./adbench.ts";
import { extremesOf } from "./columns.ts";
import { boxOf, extrapolate, inBox, ladder, partialBox, shuffle, sizeOf, subspace } from "./families.ts";

// Golden numbers worked out by hand from the formulas.
const A = fromRows([
  [0, 1, 2, 3],
  [1, -1, 0, 2],
  [-1, 0, 4, 1],
]);
const [a, b, c] = [0, 1, 2].map((i) => sliceRows(A, i, i + 1).values);
const mask = [1, 0, 1, 0];
const noise = [0.5, -1, -2, 1];
const u = [0.25, 0.5, 0.9, 0];
const donors = [c, b, b, a];
const { lowest, highest } = extremesOf(A);

const closeTo = (made: Float64Array, expected: readonly number[]) => {
  expect(made.length).toBe(expected.length);
  expected.forEach((value, j) => {
    expect(made[j]).toBeCloseTo(value, 6);
  });
};

test("a + σ M ⊙ ε", () => closeTo(subspace(a, mask, 0.4, noise), [0.2, 1, 1.2, 3]));
test("a + σ ε", () => closeTo(ladder(a, 0.4, noise), [0.2, 0.6, 1.2, 3.4]));
test("c and w of the box", () => {
  closeTo(boxOf(lowest, highest).center, [0, 0, 2, 2]);
  closeTo(boxOf(lowest, highest).half, [1.1, 1.1, 2.2, 1.1]);
});
test("c + w ⊙ (2 u − 1)", () => closeTo(inBox(boxOf(lowest, highest), u), [-0.55, 0, 3.76, 0.9]));
test("M ⊙ box + (1 − M) ⊙ a", () => closeTo(partialBox(a, mask, boxOf(lowest, highest), u), [-0.55, 1, 3.76, 3]));
test("columns 1 and 3 of other rows", () => closeTo(shuffle(a, mask, donors), [-1, 1, 0, 3]));
test("a + λ (a − b)", () => closeTo(extrapolate(a, b, 1.5), [-1.5, 4, 5, 4.5]));
test("σ = 0.1 · 30^U", () => closeTo(Float64Array.of(0.25, 0.5).map(sizeOf), [0.234035, 0.547723]));
test("uniform on 1.1 times both ends", () => closeTo(globalRow(lowest, highest, u), [-0.55, 0, 3.96, 1.1]));
test("a row of kernel densities, with sd over n", () => {
  closeTo(bandwidthsOf(A), [0.655436, 0.655436, 1.310871, 0.655436]);
  closeTo(dependencyRow(donors, bandwidthsOf(A), noise), [-0.672282, -1.655436, -2.621743, 3.655436]);
});
test("a normal distribution with five times the covariance", () => {
  const two = fromRows([
    [0, 1],
    [1, -1],
    [-1, 0],
  ]);
  const { mean, covariance: S } = covariance(two);
  closeTo(S.values, [2 / 3, -1 / 3, -1 / 3, 2 / 3]);
  const whitening = lowerInverse(cholesky(S));
  // The factor of 5 S: what unit noise in each column becomes.
  const five = { means: 1, deviations: Math.sqrt(5) };
  closeTo(gaussianRow({ mean, whitening }, five, [1, 0]), [1.825742, -0.912871]);
  closeTo(gaussianRow({ mean, whitening }, five, [0, 1]), [0, 1.581139]);
  closeTo(gaussianRow({ mean, whitening }, { means: 1, deviations: Math.sqrt(5) }, [0.5, -1]), [0.912871, -2.037574]);
});
