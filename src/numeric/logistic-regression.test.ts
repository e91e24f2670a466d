import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { key, normal } from "./key.ts";
import { type LogisticData, logisticRegression } from "./logistic-regression.ts";
import { fromRows, rowOf } from "./matrix.ts";

interface Case {
  readonly name: string;
  readonly ridge: number;
  readonly toward: number;
  readonly features: number[][];
  readonly labels: number[];
  readonly coefficients: number[];
  readonly intercept: number;
}
const cases: Case[] = JSON.parse(readFileSync(new URL("logistic-regression.golden.json", import.meta.url), "utf8"));

/** Either side weighs one half. */
const halves = (labels: ArrayLike<number>) => {
  const [n, ones] = [labels.length, Array.from(labels).filter((label) => label === 1).length];
  return Float64Array.from(labels, (label) => (label === 1 ? 0.5 / ones : 0.5 / (n - ones)));
};

test.each(cases)("scikit-learn's and scipy's coefficients: $name", async (golden) => {
  const data = {
    features: fromRows(golden.features),
    labels: Uint8Array.from(golden.labels),
    weights: halves(golden.labels),
  };
  const prior = new Float64Array(data.features.columns).fill(golden.toward);
  const found = await logisticRegression(data, { ridge: golden.ridge, prior });
  expect(found.converged).toBe(true);
  // Both stop at gradients of about 1e-9; the ridge, at least 0.01, turns those into 1e-7.
  golden.coefficients.forEach((coefficient, j) => {
    expect(found.coefficients[j]).toBeCloseTo(coefficient, 6);
  });
  expect(found.intercept).toBeCloseTo(golden.intercept, 6);
});

/** n rows of p features, the first of which are of class 1 and moved. */
function drawn(n: number, p: number, ones: number, seed: number, moved = 1): LogisticData {
  const z = normal(key(seed));
  const labels = Uint8Array.from({ length: n }, (_, i) => (i < ones ? 1 : 0));
  const rows = Array.from(labels, (label) => Array.from({ length: p }, () => z() + moved * label));
  return { features: fromRows(rows), labels, weights: halves(labels) };
}

describe("theory", () => {
  test("the conditions of the minimum: λ (β − c) = Σ a_i (t_i − p_i) f_i, and Σ a_i (t_i − p_i) = 0", async () => {
    const shapes = fc.record({
      n: fc.integer({ min: 4, max: 60 }),
      p: fc.integer({ min: 1, max: 8 }),
      ridge: fc.double({ min: 0.01, max: 10, noNaN: true }),
      seed: fc.integer({ min: 0, max: 1e6 }),
    });
    await fc.assert(
      fc.asyncProperty(shapes, async ({ n, p, ridge, seed }) => {
        const data = drawn(n, p, 1 + (seed % (n - 1)), seed);
        const prior = new Float64Array(p).map(normal(key(seed + 1)));
        const { coefficients, intercept } = await logisticRegression(data, { ridge, prior });
        const pulls = Array.from(data.labels, (label, i) => {
          const odds = rowOf(data.features, i).reduce((sum, f, j) => sum + f * coefficients[j], intercept);
          return data.weights[i] * (label - 1 / (1 + Math.exp(-odds)));
        });
        expect(pulls.reduce((a, b) => a + b)).toBeCloseTo(0, 8);
        coefficients.forEach((beta, j) => {
          const pull = pulls.reduce((sum, value, i) => sum + value * rowOf(data.features, i)[j], 0);
          expect(ridge * (beta - prior[j])).toBeCloseTo(pull, 8);
        });
      }),
      { numRuns: 50 },
    );
  });

  test("a strong ridge leaves the prior, and only the intercept learns", async () => {
    const prior = Float64Array.of(0.5, -2);
    const { coefficients } = await logisticRegression(drawn(40, 2, 10, 1), { ridge: 1e6, prior });
    coefficients.forEach((beta, j) => {
      expect(beta).toBeCloseTo(prior[j], 5);
    });
  });

  test("separable rows: the weaker the ridge, the steeper; each side on its own side", async () => {
    const data = drawn(40, 2, 10, 2, 10);
    const steepness = async (ridge: number) => {
      const { coefficients, intercept } = await logisticRegression(data, { ridge });
      data.labels.forEach((label, i) => {
        const odds = rowOf(data.features, i).reduce((sum, f, j) => sum + f * coefficients[j], intercept);
        expect(odds > 0).toBe(label === 1);
      });
      return Math.hypot(...coefficients);
    };
    const [strong, middle, weak] = [await steepness(0.1), await steepness(1e-3), await steepness(1e-5)];
    expect(weak).toBeGreaterThan(middle);
    expect(middle).toBeGreaterThan(strong);
  });

  test("a weight of 2 is a row twice", async () => {
    const { features, labels } = drawn(30, 3, 8, 3);
    const rows = Array.from({ length: 30 }, (_, i) => [...rowOf(features, i)]);
    const twice = await logisticRegression(
      {
        features: fromRows([...rows, rows[0], rows[20]]),
        labels: Uint8Array.of(...labels, labels[0], labels[20]),
        weights: new Float64Array(32).fill(1),
      },
      { ridge: 0.3 },
    );
    const weights = Float64Array.from({ length: 30 }, (_, i) => (i === 0 || i === 20 ? 2 : 1));
    const weighed = await logisticRegression({ features, labels, weights }, { ridge: 0.3 });
    expect(weighed.intercept).toBeCloseTo(twice.intercept, 6);
    weighed.coefficients.forEach((beta, j) => {
      expect(beta).toBeCloseTo(twice.coefficients[j], 6);
    });
  });

  // Four rows with a known part of their log-odds, worked out by hand in the document that states the offset head.
  test("with an offset: β and α add to what is known of each row", async () => {
    const data = {
      features: fromRows([[-1], [0], [0], [1]]),
      labels: Uint8Array.of(0, 0, 1, 1),
      weights: new Float64Array(4).fill(0.25),
      offset: Float64Array.of(0, 1, 2, 3),
    };
    const { coefficients, intercept } = await logisticRegression(data, { ridge: 0.1 });
    expect(intercept).toBeCloseTo(-1.5, 6);
    expect(coefficients[0]).toBeCloseTo(0.563485, 6);
  });
});
