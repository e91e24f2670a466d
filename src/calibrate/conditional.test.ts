import fc from "fast-check";
import { expect, test } from "vitest";
import { key, uniform } from "../numeric/index.ts";
import { conditionalBounds, conditionalPValues } from "./conditional.ts";

test("the bounds = the products of the paper, in plain arithmetic", () => {
  for (const n of [1, 2, 3, 5, 10, 40]) {
    for (const delta of [0.01, 0.1, 0.5]) {
      const k = Math.max(1, Math.floor(n / 2));
      const bounds = conditionalBounds(n, delta);
      expect(bounds).toHaveLength(n + 1);
      expect(bounds[n]).toBe(1);
      for (let i = 1; i <= n; i++) {
        let ratio = 1;
        for (let j = 0; j < k; j++) ratio *= Math.max(0, i - j) / (n - j);
        expect(bounds[n - i]).toBeCloseTo(1 - (delta * ratio) ** (1 / k), 12);
      }
    }
  }
});

// Coverage is exactly 1 − δ in theory; 5 binomial standard errors fail once in 10⁶ times.
test.each([
  [20, 20_000],
  [100, 10_000],
  [1000, 3000],
])("P(U_(i) ≤ b_i for all i) = 1 − δ for n = %i", (n, repeats) => {
  for (const delta of [0.1, 0.3]) {
    const bounds = conditionalBounds(n, delta);
    const u = uniform(key("coverage").for(n).for(delta));
    let covered = 0;
    for (let repeat = 0; repeat < repeats; repeat++) {
      const order = Float64Array.from({ length: n }, u).sort();
      covered += order.every((x, i) => x <= bounds[i]) ? 1 : 0;
    }
    const error = 5 * Math.sqrt((delta * (1 - delta)) / repeats);
    expect(Math.abs(covered / repeats - (1 - delta))).toBeLessThan(error);
  }
});

test("h(j / (n + 1)) = b_j for every j, in spite of rounding; never below p; increasing", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3000 }), fc.double({ min: 0.001, max: 0.5, noNaN: true }), (n, delta) => {
      const p = Float64Array.from({ length: n + 1 }, (_, i) => (i + 1) / (n + 1));
      const adjusted = conditionalPValues(p, n, delta);
      expect(adjusted).toEqual(conditionalBounds(n, delta));
      for (let i = 1; i <= n; i++) expect(adjusted[i]).toBeGreaterThanOrEqual(adjusted[i - 1]);
    }),
    { numRuns: 30 },
  );
  const p = Float64Array.from({ length: 101 }, (_, i) => (i + 1) / 101);
  for (const [i, value] of conditionalPValues(p, 100, 0.1).entries()) expect(value).toBeGreaterThan(p[i] - 1e-12);
});

test("randomized p-values round up to the next bound", () => {
  const bounds = conditionalBounds(9, 0.1);
  expect([...conditionalPValues(Float64Array.of(0, 0.01, 0.1, 0.11, 1), 9, 0.1)]).toEqual([
    bounds[0],
    bounds[0],
    bounds[0],
    bounds[1],
    1,
  ]);
});

test("δ outside (0, 1) and no rows are refused", () => {
  expect(() => conditionalBounds(10, 0)).toThrow(
    "conditional p-value: delta: expected a number between 0 and 1, got 0",
  );
  expect(() => conditionalBounds(0, 0.1)).toThrow(
    "conditional p-value: rows: expected at least 1 calibration row, got 0",
  );
});
