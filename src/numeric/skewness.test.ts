import { expect, test } from "vitest";
import { skewness } from "./skewness.ts";

test("of 1, 2, 3, 10 it is (180 / 4) / (50 / 3)^(3/2)", () => {
  expect(skewness([1, 2, 3, 10])).toBeCloseTo(45 / (50 / 3) ** 1.5, 14);
});

test("skewness(a x + b) = sign(a) skewness(x), for values near 1e15 and of 1e300 too", () => {
  const x = [0, 1, 1, 2, 7, 3, 0, 0];
  for (const [a, b] of [
    [-1, 0],
    [2, 1e15],
    [-2e299, 1e299],
    [1e-300, 0],
  ])
    expect(skewness(x.map((value) => a * value + b))).toBeCloseTo(Math.sign(a) * skewness(x), 12);
});

test("it is exactly 0 where values are symmetric, equal, or too few", () => {
  for (const values of [[], [5], [0.1, 0.1, 0.1], [-0.3, 0.1, 0.5], [1, 2, 4, 7, 9, 10]])
    expect(skewness(values)).toBe(0);
});
