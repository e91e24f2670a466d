import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { key, normal } from "../key.ts";
import { fromRows } from "../matrix.ts";
import { friedman } from "./friedman.ts";
import { holm } from "./holm.ts";
import { nemenyiDifference } from "./nemenyi.ts";
import { studentizedRangeQuantile, studentizedRangeTail } from "./studentized-range.ts";
import { wilcoxonSignedRank } from "./wilcoxon.ts";

interface Golden {
  readonly ranges: { readonly k: number; readonly level: number; readonly quantile: number; readonly tail: number }[];
  readonly friedmans: {
    readonly results: number[][];
    readonly meanRanks: number[];
    readonly statistic: number;
    readonly pValue: number;
  }[];
  readonly wilcoxons: { readonly differences: number[]; readonly statistic: number; readonly pValue: number }[];
}
const golden: Golden = JSON.parse(readFileSync(new URL("comparison.golden.json", import.meta.url), "utf8"));

test.each(golden.ranges)("studentized range: scipy's quantile of $k at $level", ({ k, level, quantile, tail }) => {
  // scipy integrates to about 1e-10.
  expect(studentizedRangeQuantile(level, k)).toBeCloseTo(quantile, 8);
  expect(studentizedRangeTail(quantile, k)).toBeCloseTo(tail, 9);
});

test("two values: P(range > q) = 2 (1 − Φ(q / √2)); tail ∘ quantile = identity", () => {
  expect(studentizedRangeQuantile(0.05, 2) / Math.SQRT2).toBeCloseTo(1.959963984540054, 11);
  fc.assert(
    fc.property(fc.double({ min: 1e-4, max: 0.999, noNaN: true }), fc.integer({ min: 2, max: 40 }), (level, k) => {
      expect(studentizedRangeTail(studentizedRangeQuantile(level, k), k)).toBeCloseTo(level, 10);
    }),
    { numRuns: 30 },
  );
});

test("the range of 6 normal values passes its 10 % point in 10 % of draws", () => {
  const [z, q] = [normal(key(1)), studentizedRangeQuantile(0.1, 6)];
  let above = 0;
  for (let i = 0; i < 20_000; i++) {
    const values = Array.from({ length: 6 }, z);
    if (Math.max(...values) - Math.min(...values) > q) above++;
  }
  expect(Math.abs(above / 20_000 - 0.1)).toBeLessThan(4 * Math.sqrt((0.1 * 0.9) / 20_000));
});

test("critical differences as in Demšar 2006: 1.25 for 4 classifiers on 14 data sets at 5 %, 1.12 at 10 %", () => {
  // Section 3.2.2's example: q = 2.569 and 2.291.
  expect(nemenyiDifference(0.05, 4, 14)).toBeCloseTo(2.569 * Math.sqrt((4 * 5) / (6 * 14)), 3);
  expect(nemenyiDifference(0.1, 4, 14)).toBeCloseTo(1.12, 2);
});

test.each(golden.friedmans)("Friedman's test is scipy's, ties corrected, case %#", (one) => {
  const { meanRanks, statistic, pValue } = friedman(fromRows(one.results));
  one.meanRanks.forEach((rank, j) => {
    expect(meanRanks[j]).toBeCloseTo(rank, 12);
  });
  expect(statistic / one.statistic).toBeCloseTo(1, 10);
  expect(pValue / one.pValue).toBeCloseTo(1, 9);
});

test("the best method of every set has mean rank 1; equal methods share it, with χ² = 0", () => {
  expect([...friedman(fromRows([[3, 1, 2], [9, 7, 8]])).meanRanks]).toEqual([1, 3, 2]); // biome-ignore format: rows
  expect(friedman(fromRows([[1, 1], [2, 2]]))).toEqual({ meanRanks: Float64Array.of(1.5, 1.5), statistic: 0, pValue: 1 }); // biome-ignore format: rows
});

test.each(golden.wilcoxons)("Wilcoxon's test is scipy's, case %#", ({ differences, statistic, pValue }) => {
  const found = wilcoxonSignedRank(differences, new Float64Array(differences.length));
  expect(found.statistic).toBe(statistic);
  expect(found.pValue / pValue).toBeCloseTo(1, 9);
});

test("Wilcoxon: the share of all signs that are as far from even", () => {
  const differences = fc.array(fc.integer({ min: -3, max: 3 }), { maxLength: 9 });
  fc.assert(
    fc.property(differences, (values) => {
      const kept = values.filter((value) => value !== 0);
      const zeros = values.map(() => 0);
      const { pValue, pairs, statistic } = wilcoxonSignedRank(values, zeros);
      const far = (signs: readonly number[]) => {
        const found = wilcoxonSignedRank(signs, kept.map(() => 0)); // biome-ignore format: one line
        return Math.abs(found.statistic - (kept.length * (kept.length + 1)) / 4);
      };
      let count = 0;
      for (let bits = 0; bits < 2 ** kept.length; bits++)
        if (far(kept.map((value, i) => Math.abs(value) * (bits & (1 << i) ? 1 : -1))) >= far(kept)) count++;
      expect(pValue).toBeCloseTo(count / 2 ** kept.length, 12);
      expect(wilcoxonSignedRank(zeros, values).pValue).toBe(pValue);
      expect([pairs, statistic >= 0]).toEqual([kept.length, true]);
    }),
    { numRuns: 40 },
  );
});

test("Wilcoxon: counted out and normal agree where one takes over from the other", () => {
  const z = normal(key(3));
  const differences = Array.from({ length: 201 }, () => z() + 0.15);
  const [exact, byNormal] = [differences.slice(1), differences].map(
    (values) => wilcoxonSignedRank(values, new Float64Array(values.length)).pValue,
  );
  expect(exact / byNormal).toBeGreaterThan(0.8);
  expect(exact / byNormal).toBeLessThan(1.25);
});

test("Holm: 0.01, 0.04, 0.03 become 0.03, 0.06, 0.06", () => {
  expect([...holm([0.01, 0.04, 0.03])]).toEqual([0.03, 0.06, 0.06]);
  expect([...holm([0.6, 0.9])]).toEqual([1, 1]);
  expect(holm([]).length).toBe(0);
});

test("Holm: between the p-values and Bonferroni's, in the same order, whatever the order given", () => {
  const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });
  fc.assert(
    fc.property(pValues, (values) => {
      const adjusted = holm(values);
      for (const [i, p] of values.entries()) {
        expect(adjusted[i]).toBeGreaterThanOrEqual(p);
        expect(adjusted[i]).toBeLessThanOrEqual(Math.min(1, values.length * p));
        for (const [j, q] of values.entries()) if (p < q) expect(adjusted[i]).toBeLessThanOrEqual(adjusted[j]);
      }
      expect([...holm(values.toReversed())].reverse()).toEqual([...adjusted]);
    }),
  );
});

test("what cannot be compared is refused", () => {
  expect(() => holm([0.5, 2])).toThrow("holm: p-values: expected numbers from 0 to 1, got 2 in place 1");
  expect(() => friedman(fromRows([[1]]))).toThrow(
    "friedman: results: expected at least one data set and two methods, got 1 and 1",
  );
  expect(() => friedman(fromRows([[1, NaN]]))).toThrow("friedman: results: expected numbers, got NaN in data set 0");
  expect(() => studentizedRangeTail(1, 1)).toThrow("studentized range: k: expected an integer ≥ 2, got 1");
  expect(() => studentizedRangeQuantile(5, 3)).toThrow("studentized range: level: expected a number between 0 and 1");
  expect(() => nemenyiDifference(0.05, 3, 0)).toThrow("nemenyi: n: expected an integer ≥ 1, got 0");
  expect(() => wilcoxonSignedRank([1], [])).toThrow("wilcoxon: pairs: expected equally many of both, got 1 and 0");
  expect(() => wilcoxonSignedRank([Infinity], [Infinity])).toThrow("wilcoxon: pairs: expected finite numbers");
});
