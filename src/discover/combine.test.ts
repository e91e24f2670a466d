import { describe, expect, it } from "vitest";
import { binomialInterval, chiSquareTail, incompleteGammaTail, key, normal } from "../numeric/index.ts";
import { combineLevels, zOf } from "./combine.ts";

function close(actual: ArrayLike<number>, expected: readonly number[], digits = 6): void {
  for (let i = 0; i < expected.length; i++) expect(actual[i]).toBeCloseTo(expected[i], digits);
}

// Check 7 of the specification.
const toys = Float64Array.of(1, 5, 2, 3, 3, 9, 4, 1);
const window = [3.5, 9.5];

describe("combination of two levels, four toys", () => {
  it("rank: T and global p of the worked example", () => {
    const half = combineLevels(window, toys, { scale: "rank" });
    close(half.toys, [0.383119, 0.223144, 0.814924, 1.207078]);
    expect(half.window).toBeCloseTo(1.436151, 6);
    expect(half.pValue).toBe(0.2);
    close(half.levelPValues, [0.4, 0.2]);
    expect(combineLevels(window, toys, { scale: "rank", combination: "min-p" }).pValue).toBe(0.4);
  });

  it("smooth: T and global p of the worked example", () => {
    const { toys: T, window: own, pValue, resolution } = combineLevels(window, toys);
    close(T, [0.524895, 0.336651, 1.213009, 1.065467]);
    expect(own).toBeCloseTo(1.360892, 6);
    expect([pValue, resolution]).toEqual([0.2, 0.2]);
  });

  it("mean: T is the mean of −s, Fisher's up to a factor", () => {
    // s of the worked example of smooth: (−1.016368, −1.475734)
    expect(combineLevels(window, toys, { combination: "mean" }).window).toBeCloseTo((1.016368 + 1.475734) / 2, 6);
    const { window: half } = combineLevels(window, toys);
    const { window: least } = combineLevels(window, toys, { combination: "min-p" });
    expect(half).toBeCloseTo(least / 2 + (1.016368 + 1.475734) / 4, 6);
  });

  it("T of p = (.01, .2, .5) is 3.453878", () => {
    const s = [0.01, 0.2, 0.5].map(Math.log);
    expect(-Math.min(...s) / 2 - (s[0] + s[1] + s[2]) / 6).toBeCloseTo(3.453878, 6);
    // by ranks: the window is 1st, 20th and 50th of 100 members
    const many = Float64Array.from({ length: 99 * 3 }, (_, at) => Math.floor(at / 3) + 1);
    expect(combineLevels([100, 80.5, 50.5], many, { scale: "rank" }).window).toBeCloseTo(3.453878, 6);
  });

  it.each(["smooth", "rank"] as const)(
    "%s: T stays as it is when a level is multiplied, p when toys change places",
    (scale) => {
      const next = normal(key(4));
      const t = Float64Array.from({ length: 60 }, () => next() ** 2 * 3);
      const before = combineLevels([4, 2, 7], t, { scale });
      const after = combineLevels(
        [40, 2, 7],
        t.map((x, at) => (at % 3 === 0 ? 10 * x : x)),
        { scale },
      );
      close(after.toys, [...before.toys], 6);
      const turned = Float64Array.from({ length: 60 }, (_, at) => t[3 * (19 - Math.floor(at / 3)) + (at % 3)]);
      expect(combineLevels([4, 2, 7], turned, { scale }).pValue).toBe(before.pValue);
    },
  );

  it("statistics below 0 and NaN count as 0, and equal statistics everywhere give p = 1", () => {
    const broken = Float64Array.of(Number.NaN, -5, 2, 3, 3, 9, 4, 1);
    const zero = Float64Array.of(0, 0, 2, 3, 3, 9, 4, 1);
    expect(combineLevels(window, broken)).toEqual(combineLevels(window, zero));
    expect(combineLevels([0, 0], new Float64Array(8)).pValue).toBe(1);
  });

  it("a window far beyond every toy has the smallest p there is", () => {
    const { pValue, window: own } = combineLevels([1e6, 1e7], toys);
    expect(pValue).toBe(0.2);
    expect(Number.isFinite(own)).toBe(true);
  });

  it("without toys it is refused", () => {
    expect(() => combineLevels([1], new Float64Array(0))).toThrow("discover: toys: expected at least 1, got none");
  });
});

// Checks 8 and 9 of the specification, on the functions of numeric that the answer rests on.
describe("intervals and tails", () => {
  it("Clopper–Pearson intervals", () => {
    const at = (k: number, n: number, confidence?: number) => Object.values(binomialInterval(k, n, confidence));
    close(at(72, 100), [0.621333, 0.805206]);
    close(at(0, 50), [0, 0.071122]);
    close(at(50, 50), [0.928878, 1]);
    close(at(72, 100, 0.6827), [0.667911, 0.767231], 4);
  });

  it("Z of χ² 28.44 at 9.58 degrees of freedom, of 1/301 and 1/1001; a gamma tail", () => {
    expect(zOf(chiSquareTail(28.44, 9.58))).toBeCloseTo(3.0412, 4);
    expect(zOf(1 / 301)).toBeCloseTo(2.7142, 4);
    expect(zOf(1 / 1001)).toBeCloseTo(3.0905, 4);
    expect(incompleteGammaTail(7.82, 40 / 3.34)).toBeCloseTo(0.08106, 5);
    for (const [t, z] of [
      [23.37, 2.43],
      [26.53, 2.82],
      [28.43, 3.04],
    ])
      expect(zOf(chiSquareTail(t, 9.58))).toBeCloseTo(z, 2);
  });
});
