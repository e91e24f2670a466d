import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { key, uniform } from "../key.ts";
import { kolmogorovTail } from "./kolmogorov-tail.ts";
import { twoSampleDistance } from "./two-sample-distance.ts";
import { uniformDistance } from "./uniform-distance.ts";

interface Pair {
  readonly first: number[];
  readonly second: number[];
  readonly distance: number;
  readonly pValue: number;
}
const golden: {
  readonly tail: [number, number][];
  readonly uniform: { readonly values: number[]; readonly distance: number; readonly pValue: number }[];
  readonly pairs: Pair[];
  readonly tied: Pair[];
} = JSON.parse(readFileSync(new URL("two-samples.golden.json", import.meta.url), "utf8"));

test.each(golden.tail)("Kolmogorov's limit beyond %f is scipy's", (x, p) => {
  expect(Math.abs(kolmogorovTail(x) / p - 1)).toBeLessThan(1e-12);
});

test.each(golden.uniform)("distance to uniform, case %#: scipy's D, and its exact p-value within 0.025 / n", (one) => {
  const { distance, pValue } = uniformDistance(one.values);
  expect(distance).toBeCloseTo(one.distance, 12);
  expect(Math.abs(pValue - one.pValue)).toBeLessThan(0.025 / one.values.length);
});

test.each([...golden.pairs, ...golden.tied])("two samples, case %#: exact p-values, ties included", (pair) => {
  const { distance, pValue } = twoSampleDistance(pair.first, pair.second);
  expect(distance).toBeCloseTo(pair.distance, 12);
  expect(Math.abs(pValue / pair.pValue - 1)).toBeLessThan(1e-9);
});

test("D = the largest difference of the two shares below a value; symmetric, and the same for increasing maps", () => {
  const sample = fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(sample, sample, (first, second) => {
      const below = (values: number[], x: number) => values.filter((value) => value <= x).length / values.length;
      const naive = Math.max(...[...first, ...second].map((x) => Math.abs(below(first, x) - below(second, x))));
      const found = twoSampleDistance(first, second);
      expect(found.distance).toBeCloseTo(naive, 12);
      const swapped = twoSampleDistance(
        second.map((x) => Math.exp(x)),
        first.map((x) => Math.exp(x)),
      );
      expect(swapped.distance).toBe(found.distance);
      expect(swapped.pValue).toBeCloseTo(found.pValue, 12);
    }),
  );
});

test("P(p ≤ α) ≤ α for exchangeable samples of unequal size with many ties", () => {
  const u = uniform(key(1));
  const repetitions = 2000;
  const small = [0, 0, 0];
  for (let i = 0; i < repetitions; i++) {
    const draw = (n: number) => Array.from({ length: n }, () => Math.floor(u() * 5));
    const { pValue } = twoSampleDistance(draw(9), draw(30));
    for (const [k, level] of [0.01, 0.05, 0.2].entries()) if (pValue <= level) small[k]++;
  }
  for (const [k, level] of [0.01, 0.05, 0.2].entries())
    expect(small[k] / repetitions).toBeLessThan(level + 4 * Math.sqrt((level * (1 - level)) / repetitions));
});

test("the limit for large samples is close to, and not below, the exact p-value", () => {
  const u = uniform(key(2));
  const first = Array.from({ length: 999 }, u);
  const second = Array.from({ length: 1000 }, () => u() ** 1.09);
  const exact = twoSampleDistance(first, second).pValue;
  const limit = twoSampleDistance(first, [...second, 0.5, 0.5]).pValue;
  expect(exact).toBeGreaterThan(1e-4);
  expect(limit / exact).toBeGreaterThan(1);
  expect(limit / exact).toBeLessThan(1.2); // 1.16 for 1,000 and 1,000 values, as the doc block says
});

test("equal samples have p = 1, infinite values are values; none, NaN and values outside [0, 1] are refused", () => {
  expect(twoSampleDistance([1, 2, 2], [2, 1, 2])).toEqual({ distance: 0, pValue: 1 });
  expect(twoSampleDistance([-Infinity, 1], [Infinity, Infinity]).distance).toBe(1);
  expect(() => twoSampleDistance([], [1])).toThrow(
    "two-sample distance: samples: expected values in both, got 0 and 1",
  );
  expect(() => twoSampleDistance([1], [NaN, 0])).toThrow("two-sample distance: samples: expected numbers, got NaN");
  expect(() => uniformDistance([])).toThrow("uniform distance: values: expected at least one, got none");
  expect(() => uniformDistance([0.5, 1.5])).toThrow("uniform distance: values: expected numbers from 0 to 1, got 1.5");
});
