import fc from "fast-check";
import { expect, test } from "vitest";
import { chiSquareTail } from "./incomplete-gamma.ts";
import { key, normal, permutation, sample, uniform } from "./key.ts";

const draws = (next: () => number, n: number) => Array.from({ length: n }, next);

test("equal seeds and names give equal draws, other names other draws", () => {
  const k = key(7).for("init").for(3);
  expect(draws(uniform(k), 5)).toEqual(draws(uniform(key("7").for("init").for("3")), 5));
  const others = [key(8).for("init").for(3), key(7).for(3).for("init"), key(7).for("init/3"), key(7).for("init")];
  for (const other of others) expect(draws(uniform(other), 5)).not.toEqual(draws(uniform(k), 5));
});

test("a key is a frozen value: drawing and splitting leave it as it was", () => {
  const k = key(1);
  const before = draws(uniform(k), 3);
  k.for("other");
  expect(draws(uniform(k), 3)).toEqual(before);
  expect(Object.isFrozen(k)).toBe(true);
});

test("uniform draws lie in [0, 1) and fill 100 bins evenly (chi-square, 1 in 10⁶ to fail by chance)", () => {
  for (const k of [key(0), key(1), key("a"), key(0).for("a"), key(0).for(1).for(2)]) {
    const bins = new Float64Array(100);
    const next = uniform(k);
    for (let i = 0; i < 100_000; i++) bins[Math.floor(next() * 100)]++; // outside [0, 1) would be lost
    expect(bins.reduce((sum, count) => sum + count)).toBe(100_000);
    const statistic = bins.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chiSquareTail(statistic, 99)).toBeGreaterThan(1e-6);
  }
});

test("first draws of neighboring names are independent of each other (correlation within 5 standard errors)", () => {
  const n = 20_000;
  const first = Array.from({ length: n + 1 }, (_, i) => uniform(key(0).for(i))() - 0.5);
  const correlation = first.slice(1).reduce((sum, u, i) => sum + u * first[i] * 12, 0) / n;
  expect(Math.abs(correlation)).toBeLessThan(5 / Math.sqrt(n));
});

test("normal draws have mean 0, variance 1, skewness 0 and kurtosis 3 within 5 standard errors", () => {
  const n = 100_000;
  const z = draws(normal(key(3)), n);
  const moment = (power: number) => z.reduce((sum, x) => sum + x ** power, 0) / n;
  expect(Math.abs(moment(1))).toBeLessThan(5 / Math.sqrt(n));
  expect(Math.abs(moment(2) - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
  expect(Math.abs(moment(3))).toBeLessThan(5 * Math.sqrt(15 / n));
  expect(Math.abs(moment(4) - 3)).toBeLessThan(5 * Math.sqrt(96 / n));
});

test("a permutation holds each index once, a sample is sorted and without repetition", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 60 }), fc.string(), (n, count, name) => {
      const indices = Array.from({ length: n }, (_, i) => i);
      expect([...permutation(key(name), n)].sort((a, b) => a - b)).toEqual(indices);
      const drawn = [...sample(key(name), n, count)];
      expect(drawn).toHaveLength(Math.min(n, count));
      expect([...new Set(drawn)].sort((a, b) => a - b)).toEqual(drawn);
      expect(drawn.every((i) => i < n)).toBe(true);
    }),
  );
});

test("all six orders of three are equally likely (chi-square, 1 in 10⁶ to fail by chance)", () => {
  const counts = new Map<string, number>();
  for (let i = 0; i < 12_000; i++) {
    const order = permutation(key(5).for(i), 3).join("");
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect(counts.size).toBe(6);
  const statistic = [...counts.values()].reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0);
  expect(chiSquareTail(statistic, 5)).toBeGreaterThan(1e-6);
});
