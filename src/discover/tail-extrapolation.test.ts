import { describe, expect, it } from "vitest";
import { chiSquareTail, incompleteGammaTail, key, normal, uniform } from "../numeric/index.ts";
import { extrapolateTail, fitChiSquare, fitGamma } from "./tail-extrapolation.ts";

const z = normal(key(5));
const chiSquare = (degrees: number) => {
  let total = 0;
  for (let i = 0; i < degrees; i++) total += z() ** 2;
  return total;
};

describe("tail extrapolation", () => {
  const t = Float64Array.from({ length: 400 }, () => chiSquare(6));

  it("finds degrees of freedom and gamma parameters again", () => {
    expect(Math.abs(2 * fitChiSquare(t).shape - 6)).toBeLessThan(0.5);
    const gamma = fitGamma(t)!;
    // the estimate's deviation is about shape √(2 / n) = .21
    expect(Math.abs(gamma.shape - 3)).toBeLessThan(0.7);
    expect(gamma.shape * gamma.scale).toBeCloseTo(t.reduce((a, b) => a + b, 0) / 400, 10);
  });

  it("the gamma fit is a maximum of the likelihood", () => {
    const { shape, scale } = fitGamma(t)!;
    const mean = t.reduce((a, b) => a + b, 0) / t.length;
    // the density by differences of the distribution function
    const logLikelihood = (k: number) =>
      t.reduce(
        (sum, x) =>
          sum +
          Math.log(
            (incompleteGammaTail(k, (x - 1e-4) * (k / mean)) - incompleteGammaTail(k, (x + 1e-4) * (k / mean))) / 2e-4,
          ),
        0,
      );
    expect(scale).toBeCloseTo(mean / shape, 12);
    expect(logLikelihood(shape)).toBeGreaterThan(logLikelihood(1.02 * shape));
    expect(logLikelihood(shape)).toBeGreaterThan(logLikelihood(0.98 * shape));
  });

  it("goes beyond the toys, times the number of levels, near the law that made them", () => {
    const two = Float64Array.from({ length: 800 }, (_, at) => (at % 2 === 0 ? t[at / 2] : chiSquare(3)));
    const found = extrapolateTail([40, 1], two);
    if ("refused" in found) throw new Error(found.refused);
    const expected = 2 * chiSquareTail(40, 6);
    expect(Math.abs(Math.log(found.pValue / expected))).toBeLessThan(Math.log(20));
    expect(found.pValue).toBeLessThan(1 / 400);
  });

  it("is refused with few toys and where no law fits", () => {
    expect(extrapolateTail([1], new Float64Array(99).fill(1))).toEqual({
      refused: "expected at least 100 toys, got 99",
    });
    const u = uniform(key(6));
    const clumps = Float64Array.from({ length: 300 }, (_, i) => (i % 2 ? 100 : 1) + u());
    expect(extrapolateTail([1], clumps)).toMatchObject({
      refused: expect.stringContaining("no law fits the toys in statistic 1 of 1"),
    });
  });
});
