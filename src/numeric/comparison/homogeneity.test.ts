import { expect, test } from "vitest";
import { key, uniform } from "../key.ts";
import { homogeneity } from "./homogeneity.ts";

test("χ² of a table is Pearson's Σ (o − e)² / e, and its p-value scipy's chi2_contingency for large counts", () => {
  // scipy.stats.chi2_contingency([[100, 200, 150], [140, 180, 130]], correction=False)
  const { statistic, pValue, distance } = homogeneity([100, 200, 150], [140, 180, 130], key(0));
  expect(statistic).toBeCloseTo(9.147869674185465, 10);
  expect(pValue).toBeCloseTo(0.010317282914292111, 10);
  expect(distance).toBeCloseTo(40 / 450, 12);
});

test("few rows: p is the share of all divisions that are as uneven, within the error of drawing", () => {
  // 3 + 3 rows, all of one kind on each side: 2 of C(6, 3) = 20 divisions.
  const { pValue } = homogeneity([3, 0], [0, 3], key(1), 20_000);
  expect(Math.abs(pValue - 0.1)).toBeLessThan((4 * 0.1) / Math.sqrt(20)); // 20 draws were enough
});

test("P(p ≤ α) ≤ α where categories are rare and many", () => {
  const [u, root] = [uniform(key("rows")), key("draws")];
  const small = [0, 0];
  const repetitions = 4000;
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const counts = (rows: number) => {
      const held = new Array<number>(40).fill(0);
      for (let i = 0; i < rows; i++) held[Math.floor(40 * u() ** 3)]++;
      return held;
    };
    const { pValue } = homogeneity(counts(30), counts(90), root.for(repetition), 199);
    for (const [i, level] of [0.05, 0.2].entries()) if (pValue <= level) small[i]++;
  }
  for (const [i, level] of [0.05, 0.2].entries())
    expect(small[i] / repetitions).toBeLessThan(level + 3 * Math.sqrt((level * (1 - level)) / repetitions));
});

test("a new category is found; the samples may be swapped; equal shares and single categories have p = 1", () => {
  const found = homogeneity([100, 0], [100, 12], key(3));
  expect(found.pValue).toBeLessThan(0.005);
  const swapped = homogeneity([100, 12], [100, 0], key(3));
  expect(swapped.statistic).toBeCloseTo(found.statistic, 10);
  expect(homogeneity([5, 0], [9, 0], key(3))).toEqual({ statistic: 0, pValue: 1, distance: 0 });
  expect(homogeneity([30, 60], [60, 120], key(3)).pValue).toBeCloseTo(1, 12);
});

test("of many rows, rare categories count as one: a flood of new ones is found, and scattered ones are not", () => {
  const usual = [40_000, 8000];
  const rare = new Array<number>(2000).fill(1);
  const none = rare.map(() => 0);
  const found = homogeneity([...usual, ...none], [...usual, ...rare], key(4));
  expect(found.pValue).toBeLessThan(1e-100);
  expect(found.distance).toBeCloseTo(2000 / 50_000, 12);
  const half = rare.map((_, i) => i % 2);
  expect(homogeneity([...usual, ...half], [...usual, ...half.map((x) => 1 - x)], key(4)).pValue).toBeGreaterThan(0.9);
  expect(homogeneity([400, 60, 1, 2, 3], [300, 50, 9, 8, 7], key(4), 0).pValue).toBeCloseTo(
    homogeneity([400, 60, 6], [300, 50, 24], key(4), 0).pValue,
    12,
  );
  // All rows of one usual category and one rare row: nothing is left to compare.
  expect(homogeneity([6000, 0], [6000, 1], key(4)).pValue).toBe(1);
});

test("empty samples and counts that are not whole are refused", () => {
  expect(() => homogeneity([0], [1], key(0))).toThrow("homogeneity: counts: expected rows in both samples");
  expect(() => homogeneity([1, 2], [1], key(0))).toThrow("of the same categories, got 3 rows of 2 and 1 of 1");
  expect(() => homogeneity([0.5], [1], key(0))).toThrow("homogeneity: counts: expected whole numbers ≥ 0, got 0.5");
});
