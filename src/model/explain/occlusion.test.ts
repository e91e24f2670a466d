import { describe, expect, test } from "vitest";
import { askedOfFunction, gaussianRows } from "./asked-of-function.ts";
import { occlude } from "./occlusion.ts";

const sum = (values: Iterable<number>) => [...values].reduce((a, b) => a + b, 0);

describe("occlude", () => {
  test("a sum over columns is divided exactly: parts add up to the difference from a typical row", async () => {
    const asked = await askedOfFunction([[0, 5, -2, 1]], (x) => x.reduce((s, v) => s + Math.abs(v), 0));
    const [{ method, contributions, order }] = await occlude(asked);
    expect(method).toBe("exact");
    expect(order.slice(0, 3)).toEqual([1, 2, 3]);
    expect(sum(contributions)).toBeCloseTo(asked.scores[0] - asked.typicalScore, 12);
    asked.normal.columns.forEach(({ typical }, j) => {
      expect(contributions[j]).toBeCloseTo(Math.abs(asked.rows.values[j]) - Math.abs(typical), 12);
    });
  });

  test("a column far out is named first by a score that is no sum", async () => {
    const asked = await askedOfFunction([[0.1, 0.2, 9, -0.3]], (x) => Math.hypot(...x));
    const [{ method, order, contributions }] = await occlude(asked);
    expect([method, order[0]]).toEqual(["occlusion", 2]);
    expect(contributions[2]).toBeGreaterThan(7);
  });

  test("columns that hold a score up only together are found together, and share it", async () => {
    // The largest of two: replacing one of equal ones changes nothing.
    const asked = await askedOfFunction([[0, 8, 0, 8, 0]], (x) => Math.max(...x));
    const [{ order, contributions }] = await occlude(asked);
    expect(order.slice(0, 2).toSorted()).toEqual([1, 3]);
    expect(contributions[1]).toBeCloseTo(contributions[3], 1);
    expect(contributions[1]).toBeGreaterThan(2.5);
  });

  test("a twin of a named column is not named for what that one explains", async () => {
    // Twins in x0 and x1: either of them normal makes the row normal.
    const asked = await askedOfFunction([[8, 8, 2, 1.5]], (x) => Math.min(x[0], x[1]) + Math.hypot(x[2], x[3]));
    const [{ order }] = await occlude(asked);
    expect(order[0] + order[1]).toBeGreaterThan(1); // not both of 0 and 1
    expect(order.slice(0, 3)).toContain(2);
  });

  test("named columns share the drop of all three: Σ φ = v({c₁, c₂, c₃})", async () => {
    const score = (x: Float64Array) => Math.hypot(...x) + x[0] * x[1];
    const asked = await askedOfFunction([[3, 4, 5, 0.1, 0.2]], score);
    const [{ order, contributions, drop }] = await occlude(asked);
    expect(sum(order.slice(0, 3).map((j) => contributions[j]))).toBeCloseTo(drop, 12);
  });

  test("fewer than three columns are enough", async () => {
    for (const d of [1, 2]) {
      const asked = await askedOfFunction([[7, 0].slice(0, d)], (x) => Math.hypot(...x), gaussianRows(50, d));
      const [{ order, contributions }] = await occlude(asked);
      expect(order).toEqual([0, 1].slice(0, d));
      expect(contributions.every(Number.isFinite)).toBe(true);
    }
  });

  test("a row is explained the same whatever rows are beside it", async () => {
    const rows = [
      [0, 5, -2, 1],
      [4, 0, 3, -3],
    ];
    const score = (x: Float64Array) => Math.hypot(...x);
    const together = await occlude(await askedOfFunction(rows, score));
    for (const [i, row] of rows.entries()) {
      const [alone] = await occlude(await askedOfFunction([row], score));
      expect(together[i]).toEqual(alone);
    }
  });
});
