import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromRows, key, matrix, quantileSorted, rowOf } from "../../numeric/index.ts";
import { nearnessTo } from "../outliers/index.ts";
import { aggregated, byNeighbors, candidates, ellipsoid, generatorsOf, push } from "./outskirts.ts";

// Golden numbers worked out by hand from the formulas, to six digits.
const means = fromRows([
  [0, 0],
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
  [3, 1],
]);
const variances = fromRows([
  [0.1, 0.2],
  [0.1, 0.2],
  [0.1, 0.2],
  [0.1, 0.2],
  [0.1, 0.2],
  [0.4, 0.2],
]);
const six = { means, variances };
const closeTo = (got: ArrayLike<number>, expected: readonly number[]) => {
  expect(got.length).toBe(expected.length);
  expected.forEach((value, i) => {
    expect(got[i]).toBeCloseTo(value, 6);
  });
};

describe("the aggregated posterior", () => {
  test("its mean and covariance", () => {
    const { mean, covariance } = aggregated(six);
    closeTo(mean, [0.5, 0.166667]);
    closeTo(covariance.values, [1.733333, 0.416667, 0.416667, 0.672222]);
  });

  test("ρ of each row", () => {
    closeTo(ellipsoid(six).own, [0.384716, 0.536727, 1.316658, 1.167821, 1.434764, 1.92358]);
  });
});

test("quantiles are linear between neighbors", () => {
  expect(quantileSorted([1, 2, 3, 4], 0.9)).toBeCloseTo(3.7, 12);
  expect(quantileSorted([1, 2, 3, 4], 0.95)).toBeCloseTo(3.85, 12);
});

describe("generators", () => {
  // Six rows are fewer than 20, so all of them generate; as one of many they show the rule.
  const own = ellipsoid(six).own;
  const many = Float64Array.from({ length: 600 }, (_, i) => own[i % 6]);
  const of = (q: number) => [...new Set([...generatorsOf(many, q).rows].map((i) => i % 6))].sort();

  test("T and the rows beyond it, ≥", () => {
    expect(generatorsOf(own, 0.8).threshold).toBeCloseTo(1.434764, 6);
    expect(generatorsOf(own, 0.9).threshold).toBeCloseTo(1.679172, 6);
    expect(of(0.8)).toEqual([4, 5]);
    expect(of(0.9)).toEqual([5]);
  });

  test("20 of them at least, the largest, where there are so many rows", () => {
    expect([...generatorsOf(own, 0.9).rows]).toEqual([0, 1, 2, 3, 4, 5]);
    const rising = Float64Array.from({ length: 100 }, (_, i) => i);
    expect([...generatorsOf(rising, 0.99).rows]).toEqual(Array.from({ length: 20 }, (_, i) => 80 + i));
  });
});

describe("push from row 6", () => {
  const radius = ellipsoid(six);
  const T = 1.434764;
  const from = (s: number, e: readonly number[], a: number) =>
    push(radius.centerOf(5), rowOf(means, 5), rowOf(variances, 5).map(Math.sqrt), { s, a, e });

  test.each([
    { s: 1, e: [-1, 0.5], a: 0, z: [2.367544, 1.223607], rho: 1.63045, kept: true },
    { s: 1, e: [-1, 0.5], a: 0.5, z: [3.301317, 1.752077], rho: 2.445675, kept: true },
    { s: 2, e: [-2, -1], a: 0, z: [0.470178, 0.105573], rho: 0.074808, kept: false },
  ])("s = $s, a = $a: ρ = $rho", async ({ s, e, a, z, rho, kept }) => {
    const made = from(s, e, a);
    closeTo(made, z);
    const [r] = await radius.of(fromRows([[...made]]));
    expect(r).toBeCloseTo(rho, 6);
    expect(r >= T).toBe(kept);
  });

  test("ρ grows with 1 + a", async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0, max: 5, noNaN: true }), async (a) => {
        const [one, other] = await radius.of(fromRows([[...from(1, [-1, 0.5], 0)], [...from(1, [-1, 0.5], a)]]));
        expect(other).toBeCloseTo((1 + a) * one, 9);
      }),
      { numRuns: 50 },
    );
  });

  test("s = a = 0 stays where it is", () => closeTo(from(0, [3, -4], 0), [3, 1]));
});

describe("by neighbors", () => {
  test("distances to the 2nd nearest other: 1, √2, √2, √2, √2, 3", async () => {
    using near = await nearnessTo(means, { k: 2, key: key(1) });
    expect(near.threshold).toBeCloseTo(Math.SQRT2, 12);
    // With five neighbors of six rows all others are neighbors.
    using radius = await byNeighbors(six, key(1));
    closeTo(radius.own, [Math.sqrt(10), 2.236068, 3, Math.sqrt(17), Math.sqrt(13), Math.sqrt(17)]);
    closeTo(radius.centerOf(5), [0, 0]);
    closeTo(radius.centerOf(0), [0.6, 0.2]);
  });
});

test("candidates come from generators alone, equal keys equal candidates", () => {
  const radius = ellipsoid(six);
  const options = { push: 1, spreads: [1, 2, 3] };
  const one = candidates(six, radius, Uint32Array.of(2, 5), options, 200, key(1));
  expect(new Set(one.from)).toEqual(new Set([2, 5]));
  expect(candidates(six, radius, Uint32Array.of(2, 5), options, 200, key(1))).toEqual(one);
  const still = candidates(six, radius, Uint32Array.of(4), { push: 0, spreads: [0] }, 3, key(1));
  closeTo(still.z.values, [0, -1, 0, -1, 0, -1]);
});

test("no candidates are none", () => {
  expect(candidates(six, ellipsoid(six), Uint32Array.of(0), { push: 1, spreads: [1] }, 0, key(1)).z).toEqual(
    matrix(0, 2),
  );
});
