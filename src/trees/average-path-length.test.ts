import { expect, test } from "vitest";
import { averagePathLength } from "./average-path-length.ts";

test("c(0) = c(1) = 0, c(2) = 1, c(3) = 5/3", () => {
  const c = averagePathLength(3);
  [0, 0, 1, 5 / 3].forEach((value, m) => {
    expect(c[m]).toBeCloseTo(value, 15);
  });
});

test("c(m) = the recursion for random binary search trees, (m + 1) C(m) = (m + 1) + 2 Σ C(k), over its m + 1 gaps", () => {
  // An unsuccessful search among m keys ends in one of m + 1 gaps; its depth D(m) = 1 + Σ_k (2 (k + 1) / (m (m + 1))) D(k).
  // c(m) is that of m gaps: c(m) = D(m − 1).
  const depth = [0];
  for (let m = 1; m < 50; m++) {
    depth[m] = 1;
    for (let k = 0; k < m; k++) depth[m] += ((2 * (k + 1)) / (m * (m + 1))) * depth[k];
  }
  const c = averagePathLength(50);
  for (let m = 1; m <= 50; m++) expect(c[m]).toBeCloseTo(depth[m - 1], 12);
});

test("the paper's approximation H(i) ≈ ln i + 0.5772156649 is within 1/i", () => {
  const c = averagePathLength(1000);
  for (let m = 3; m <= 1000; m++) {
    const approximation = 2 * (Math.log(m - 1) + 0.5772156649) - (2 * (m - 1)) / m;
    expect(Math.abs(c[m] - approximation)).toBeLessThan(1 / (m - 1));
  }
});
