import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { key, normal, permutation, uniform } from "../numeric/index.ts";
import { calibrationOf } from "./calibration.ts";
import { benjaminiHochberg, storey } from "./false-discovery.ts";
import { conformalPValues, randomizedPValues } from "./p-values.ts";

interface Case {
  readonly pValues: number[];
  readonly level: number;
  readonly benjaminiHochberg: number[];
  readonly storey: number[];
}
const cases: Case[] = JSON.parse(readFileSync(new URL("false-discovery.golden.json", import.meta.url), "utf8"));

const procedures = { benjaminiHochberg, storey };
const each = test.each(Object.entries(procedures));

/** Fractions as conformal p-values are, with many ties. */
const pValues = fc
  .tuple(fc.integer({ min: 1, max: 40 }), fc.array(fc.nat(), { maxLength: 30 }))
  .map(([n, numbers]) => Float64Array.from(numbers, (j) => (1 + (j % (n + 1))) / (n + 1)));
const level = fc.constantFrom(0.01, 0.05, 0.1, 0.2, 0.5, 0.9);

each("%s = scipy's", (name, procedure) => {
  for (const golden of cases) {
    const result = procedure(Float64Array.from(golden.pValues), golden.level);
    expect([...result.flagged]).toEqual(golden[name as keyof typeof procedures]);
  }
});

each("%s = its naive twin: the largest k with p_(k) ≤ k q / (π₀ m), in whole numbers", (_, procedure) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.array(fc.nat(), { maxLength: 30 }),
      fc.integer({ min: 1, max: 99 }),
      (n, numbers, q) => {
        // p = j / (n + 1), level = q / 100, π₀ = twice / m: p ≤ k level / (π₀ m) ⇔ 100 j twice ≤ k q (n + 1)
        const j = numbers.map((x) => 1 + (x % (n + 1)));
        const m = j.length;
        const share = procedure === storey ? 2 * (1 + j.filter((x) => 2 * x > n + 1).length) : m;
        const sorted = j.toSorted((a, b) => a - b);
        const k = sorted.findLastIndex((x, i) => 100 * x * share <= (i + 1) * q * (n + 1)) + 1;
        const result = procedure(
          Float64Array.from(j, (x) => x / (n + 1)),
          q / 100,
        );
        expect(result.count).toBe(k);
        expect(result.threshold).toBe(k === 0 ? 0 : sorted[k - 1] / (n + 1));
        expect([...result.flagged]).toEqual(j.map((x) => (k > 0 && x <= sorted[k - 1] ? 1 : 0)));
      },
    ),
  );
});

each("%s: count = Σ flagged; nested in the level; the order of rows is irrelevant; the input stays", (_, procedure) => {
  fc.assert(
    fc.property(pValues, level, level, fc.string(), (p, a, b, name) => {
      const before = p.slice();
      const small = procedure(p, Math.min(a, b));
      const large = procedure(p, Math.max(a, b));
      expect(small.flagged.reduce((sum, f) => sum + f, 0)).toBe(small.count);
      expect(small.flagged.every((flag, i) => flag <= large.flagged[i])).toBe(true);
      const order = permutation(key(name), p.length);
      const permuted = procedure(
        Float64Array.from(order, (i) => p[i]),
        Math.min(a, b),
      );
      expect(permuted.flagged).toEqual(Uint8Array.from(order, (i) => small.flagged[i]));
      expect(p).toEqual(before);
    }),
  );
});

/** All ways to choose `count` of the items. */
function* choices<T>(items: readonly T[], count: number): Generator<{ chosen: T[]; rest: T[] }> {
  if (count === 0) yield { chosen: [], rest: [...items] };
  else if (items.length >= count) {
    const [first, ...others] = items;
    for (const { chosen, rest } of choices(others, count - 1)) yield { chosen: [first, ...chosen], rest };
    for (const { chosen, rest } of choices(others, count)) yield { chosen, rest: [first, ...rest] };
  }
}

// Exchangeability says that every choice of the calibration rows among the normal rows is equally likely.
each(
  "%s on conformal p-values: the mean share of normal rows among the flagged ≤ level, exactly, with ties",
  (_, procedure) => {
    const scores = (most: number) => fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 1, maxLength: most });
    fc.assert(
      fc.property(scores(7), scores(4), level, fc.nat(), (normals, anomalies, q, size) => {
        if (normals.length < 2) return;
        const n = 1 + (size % (normals.length - 1));
        let [total, count] = [0, 0];
        for (const { chosen, rest } of choices(normals, n)) {
          const p = conformalPValues(calibrationOf(chosen), Float64Array.of(...rest, ...anomalies.map((s) => s + 3)));
          const { flagged, count: all } = procedure(p, q);
          const wrong = flagged.subarray(0, rest.length).reduce((sum, f) => sum + f, 0);
          total += all === 0 ? 0 : wrong / all;
          count++;
        }
        const bound =
          procedure === benjaminiHochberg ? (q * (normals.length - n)) / (normals.length - n + anomalies.length) : q;
        expect(total / count).toBeLessThanOrEqual(bound + 1e-12);
      }),
      { numRuns: 300 },
    );
  },
);

each("%s on randomized p-values of rounded normal scores: mean share ≤ level + 5 standard errors", (_, procedure) => {
  const [n, normals, anomalies, q, repeats] = [60, 40, 10, 0.2, 3000];
  const shares = Array.from({ length: repeats }, (_, repeat) => {
    const z = normal(key("fdr").for(repeat));
    const draw = (count: number, shift: number) =>
      Float64Array.from({ length: count }, () => Math.round(4 * (z() + shift)) / 4);
    const calibration = calibrationOf(draw(n, 0));
    const scores = Float64Array.of(...draw(normals, 0), ...draw(anomalies, 3));
    const { flagged, count } = procedure(randomizedPValues(calibration, scores, uniform(key("ties").for(repeat))), q);
    return count === 0 ? 0 : flagged.subarray(0, normals).reduce((sum, f) => sum + f, 0) / count;
  });
  const mean = shares.reduce((sum, x) => sum + x, 0) / repeats;
  const variance = shares.reduce((sum, x) => sum + (x - mean) ** 2, 0) / repeats;
  const bound = procedure === benjaminiHochberg ? (q * normals) / (normals + anomalies) : q;
  expect(mean).toBeLessThanOrEqual(bound + 5 * Math.sqrt(variance / repeats));
  expect(mean).toBeGreaterThan(bound / 2); // not by flagging nothing
});

test("0.02 ≤ 2 · 0.1 / 4, 0.6 > 3 · 0.1 / 4: two flags", () => {
  const { flagged, count, threshold } = benjaminiHochberg(Float64Array.of(0.01, 0.6, 0.02, 0.9), 0.1);
  expect([...flagged, count, threshold]).toEqual([1, 0, 1, 0, 2, 0.02]);
});

test("Storey's share of normal rows: (1 + #{p > ½}) / (m / 2)", () => {
  expect(storey(Float64Array.of(0.01, 0.5, 0.51, 1), 0.1).normalShare).toBe(1.5);
  expect(benjaminiHochberg(Float64Array.of(0.01), 0.1).normalShare).toBe(1);
});

each("%s: no rows, equal p-values and zeros are handled", (_, procedure) => {
  const none = procedure(new Float64Array(0), 0.1);
  expect([none.count, none.threshold, none.flagged.length]).toEqual([0, 0, 0]);
  expect(procedure(new Float64Array(5).fill(1), 0.1).count).toBe(0);
  expect(procedure(new Float64Array(5), 0.1).count).toBe(5);
});

each("%s: p-values and levels out of range are refused", (_, procedure) => {
  expect(() => procedure(Float64Array.of(0.5, NaN), 0.1)).toThrow(
    "false discovery rate: p-values: expected numbers from 0 to 1, got NaN in row 1",
  );
  expect(() => procedure(Float64Array.of(0.5), 10)).toThrow(
    "false discovery rate: level: expected a number between 0 and 1, got 10; give 0.05 for 5 %",
  );
});
