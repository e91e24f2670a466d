import { expect, test } from "vitest";
import { bootstrapMean, pairedBootstrap } from "./bootstrap.ts";
import { key, normal } from "./key.ts";

test("the interval holds the difference, and equal keys give equal intervals", () => {
  const [first, second] = [
    [3, 5, 4, 6],
    [1, 2, 4, 3],
  ];
  const result = pairedBootstrap(first, second, key(1));
  expect(result.difference).toBe(2);
  expect(result.low).toBeGreaterThanOrEqual(0);
  expect(result.high).toBeLessThanOrEqual(3);
  expect(pairedBootstrap(first, second, key(1))).toEqual(result);
});

test("swapping the sides mirrors the interval", () => {
  const [first, second] = [
    [0.9, 0.7, 0.8],
    [0.6, 0.9, 0.5],
  ];
  const [forth, back] = [pairedBootstrap(first, second, key(2)), pairedBootstrap(second, first, key(2))];
  expect(back.low).toBeCloseTo(-forth.high, 12);
  expect(back.high).toBeCloseTo(-forth.low, 12);
});

test("for many pairs the interval is the normal one: mean ± 1.96 standard errors, within 5 %", () => {
  const z = normal(key(3));
  const first = Array.from({ length: 400 }, () => z() + 1);
  const zero = new Float64Array(400);
  const { difference, low, high } = pairedBootstrap(first, zero, key(4));
  const variance = first.reduce((sum, x) => sum + (x - difference) ** 2, 0) / 400;
  const width = 2 * 1.96 * Math.sqrt(variance / 400);
  expect(Math.abs((high - low) / width - 1)).toBeLessThan(0.05);
});

test("equal sides give [0, 0]; none and unequal lengths are refused", () => {
  expect(pairedBootstrap([1, 2], [1, 2], key(0))).toEqual({ difference: 0, low: 0, high: 0 });
  expect(() => pairedBootstrap([], [], key(0))).toThrow(
    "bootstrap: pairs: expected equally many of both, at least one, got 0 and 0",
  );
  expect(() => pairedBootstrap([1], [1, 2], key(0))).toThrow("got 1 and 2");
});

test("the interval of a mean shifts and stretches with the values", () => {
  const values = [0.3, 0.9, 0.4, 0.8, 0.7];
  const plain = bootstrapMean(values, key(5));
  const mapped = bootstrapMean(
    values.map((x) => 2 * x + 1),
    key(5),
  );
  expect(plain.mean).toBeCloseTo(0.62, 12);
  for (const part of ["mean", "low", "high"] as const) expect(mapped[part]).toBeCloseTo(2 * plain[part] + 1, 12);
  expect(bootstrapMean([7], key(5))).toEqual({ mean: 7, low: 7, high: 7 });
});

test("a difference of pairs is the mean of differences, with the same interval", () => {
  const { mean, low, high } = bootstrapMean([2, 3, 0], key(6));
  expect(pairedBootstrap([3, 5, 4], [1, 2, 4], key(6))).toEqual({ difference: mean, low, high });
});

test("no values and values that are not finite are refused", () => {
  expect(() => bootstrapMean([], key(0))).toThrow("bootstrap: values: expected at least one, got none");
  expect(() => bootstrapMean([1, NaN], key(0))).toThrow(
    "bootstrap: values: expected finite numbers, got NaN in place 1",
  );
});
