import { describe, expect, it } from "vitest";
import { key } from "../../numeric/index.ts";
import { fill } from "./noise.ts";

const drawn = (distribution: Parameters<typeof fill>[1], seed = 1, n = 100_001) => {
  const out = new Float32Array(n);
  fill(out, distribution, key(seed));
  return out;
};
const mean = (x: Float32Array, f = (v: number) => v) => x.reduce((total, v) => total + f(v), 0) / x.length;

it.each(["normal", "uniform", { keep: 0.5 }] as const)("%o: a function of the key", (distribution) => {
  expect(drawn(distribution)).toEqual(drawn(distribution));
  expect(drawn(distribution)).not.toEqual(drawn(distribution, 2));
});

// Means of 100,001 draws lie within 4 standard errors.
it("normal: mean 0 and variance 1", () => {
  expect(Math.abs(mean(drawn("normal")))).toBeLessThan(4 / 316);
  expect(Math.abs(mean(drawn("normal"), (v) => v * v) - 1)).toBeLessThan((4 * Math.SQRT2) / 316);
});

it("uniform: within [0, 1), mean 1/2", () => {
  const u = drawn("uniform");
  expect(u.every((v) => v >= 0 && v < 1)).toBe(true);
  expect(Math.abs(mean(u) - 0.5)).toBeLessThan((4 * 0.289) / 316);
});

describe.each([0.1, 0.5, 0.9])("keep %f", (keep) => {
  it("0 or 1 / keep, kept that often", () => {
    const m = drawn({ keep });
    expect(new Set(m).size).toBe(2);
    expect(Math.abs(Math.max(...m.slice(0, 100)) * keep - 1)).toBeLessThan(1e-3);
    expect(Math.abs(mean(m, (v) => (v > 0 ? 1 : 0)) - keep)).toBeLessThan((4 * Math.sqrt(keep * (1 - keep))) / 316);
  });

  it("neighbors are independent", () => {
    const m = drawn({ keep });
    const both = m.slice(1).reduce((n, v, i) => n + (v > 0 && m[i] > 0 ? 1 : 0), 0) / (m.length - 1);
    expect(Math.abs(both - keep * keep)).toBeLessThan(4 / 316);
  });
});
