import fc from "fast-check";
import { expect, test } from "vitest";
import { median, quantileSorted, sortedCopy } from "./quantile.ts";

test("the quantiles are numpy's: np.quantile([3.1, -2, 7.25, 0.5, 9], level), numpy 2.4.6", () => {
  const sorted = sortedCopy([3.1, -2, 7.25, 0.5, 9]);
  for (const [level, expected] of [
    [0, -2],
    [0.1, -1],
    [0.25, 0.5],
    [0.3, 1.02],
    [0.5, 3.1],
    [0.77, 7.390000000000001],
    [0.95, 8.65],
    [1, 9],
  ])
    expect(quantileSorted(sorted, level)).toBeCloseTo(expected, 14);
});

test("quantiles grow with the level and stay within the values", () => {
  const values = fc.array(fc.double({ noNaN: true, min: -1e300, max: 1e300 }), { minLength: 1, maxLength: 20 });
  const level = fc.double({ noNaN: true, min: 0, max: 1 });
  fc.assert(
    fc.property(values, level, level, (xs, s, t) => {
      const sorted = sortedCopy(xs);
      const [low, high] = [quantileSorted(sorted, Math.min(s, t)), quantileSorted(sorted, Math.max(s, t))];
      expect(low).toBeLessThanOrEqual(high);
      expect(low).toBeGreaterThanOrEqual(sorted[0]);
      expect(high).toBeLessThanOrEqual(sorted[sorted.length - 1]);
    }),
  );
});

test("median of an odd and of an even count; infinite ends do not make NaN; the input stays unsorted", () => {
  const values = [5, 1, 3];
  expect(median(values)).toBe(3);
  expect(values).toEqual([5, 1, 3]);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([-Infinity, 0, Infinity])).toBe(0);
  expect(median([Infinity, Infinity])).toBe(Infinity);
});

test("no values and levels outside [0, 1] are refused", () => {
  expect(() => median([])).toThrow("quantile: values: expected at least one number, got none");
  expect(() => quantileSorted([1], 5)).toThrow(
    "quantile: level: expected a number from 0 to 1, got 5; give 0.05 for 5 %",
  );
});
