import { readFileSync } from "node:fs";
// @ts-expect-error cephes declares types for its CommonJS half only
import untyped from "cephes";
import { expect, test } from "vitest";
import { betaQuantile, incompleteBeta } from "./incomplete-beta.ts";
import { chiSquareTail, incompleteGamma, incompleteGammaTail } from "./incomplete-gamma.ts";
import { logGamma } from "./log-gamma.ts";
import { normalCdf, normalQuantile } from "./normal-distribution.ts";

const cephes: Record<"lgam" | "ndtr" | "ndtri" | "igam" | "igamc" | "chdtrc" | "incbet" | "incbi", Real> = untyped;
type Real = (...args: number[]) => number;

// Exact to 60 digits (mpmath); 10⁻¹² relative is a few units in the last place times the conditioning.
const golden: Record<string, number[][]> = JSON.parse(
  readFileSync(new URL("special-functions.golden.json", import.meta.url), "utf8"),
);

function relative(actual: number, expected: number, where: unknown, tolerance = 1e-12): void {
  const error = actual === expected ? 0 : Math.abs(actual / expected - 1);
  if (!(error <= tolerance)) expect.fail(`${where}: expected ${expected}, got ${actual}, off by ${error}`);
}

const functions: Record<string, Real> = {
  logGamma,
  gammaTail: incompleteGammaTail,
  gammaLower: incompleteGamma,
  beta: incompleteBeta,
  betaQuantile,
  normalCdf,
};

test.each(Object.keys(functions))("%s = mpmath within 10⁻¹² relative", (name) => {
  expect(golden[name].length).toBeGreaterThan(5);
  for (const row of golden[name]) relative(functions[name](...row.slice(0, -1)), row.at(-1) as number, row);
});

test("log gamma = cephes within 10⁻¹² relative", () => {
  for (let x = 0.0131; x < 1e6; x *= 1.0131) relative(logGamma(x), cephes.lgam(x), x);
});

test("the normal distribution function and its inverse = cephes within 10⁻¹² relative, into the far tails", () => {
  // cephes loses its digits below −26.7; mpmath goes on from there.
  for (let z = -26.7; z < 9; z += 0.0137) relative(normalCdf(z), cephes.ndtr(z), z);
  for (let p = 1e-305; p < 1; p *= 1.07) relative(normalQuantile(p), cephes.ndtri(p), p);
});

test("normalQuantile(normalCdf(z)) = z, and the ends are infinite", () => {
  for (let z = -37; z < -0.01; z += 0.37) relative(normalQuantile(normalCdf(z)), z, z);
  expect([normalQuantile(0), normalQuantile(0.5), normalQuantile(1)]).toEqual([-Infinity, 0, Infinity]);
  expect([normalCdf(-Infinity), normalCdf(0), normalCdf(Infinity)]).toEqual([0, 0.5, 1]);
});

test("incomplete gamma and the chi-square tail = cephes within 10⁻¹² relative, into the far tails", () => {
  for (const a of [0.1, 0.5, 1, 2.5, 10, 50]) {
    for (let x = 0.01; x < 600; x *= 1.1) {
      relative(incompleteGammaTail(a, x), cephes.igamc(a, x), [a, x]);
      relative(incompleteGamma(a, x), cephes.igam(a, x), [a, x]);
    }
  }
  for (const degrees of [1, 2, 5, 99])
    for (const x of [0.1, 1, 10, 100, 1000])
      relative(chiSquareTail(x, degrees), cephes.chdtrc(degrees, x), [degrees, x]);
  expect([incompleteGamma(2, 0), incompleteGammaTail(2, 0), incompleteGammaTail(2, Infinity)]).toEqual([0, 1, 0]);
});

// cephes' own inverse is good to 10⁻¹¹ only.
test("incomplete beta = cephes within 10⁻¹², its inverse within 10⁻¹¹", () => {
  const parameters = [0.1, 0.5, 1, 2, 7, 40];
  for (const a of parameters) {
    for (const b of parameters) {
      for (let x = 1e-6; x < 1; x *= 1.2) {
        relative(incompleteBeta(a, b, x), cephes.incbet(a, b, x), [a, b, x]);
        relative(betaQuantile(x, a, b), cephes.incbi(a, b, x), [a, b, x], 1e-11);
      }
    }
  }
});

test("I(betaQuantile(p)) = p down to p = 10⁻²⁵⁰, and symmetric: 1 − quantile(1 − p, b, a)", () => {
  for (const [a, b] of [
    [0.5, 0.5],
    [1, 50],
    [3, 4],
    [40, 2],
    [2000, 3],
    [500, 9501],
  ]) {
    for (let p = 1e-250; p < 0.9; p *= 37) {
      const x = betaQuantile(p, a, b);
      if (x > 1e-300 && x < 0.999) relative(incompleteBeta(a, b, x), p, [a, b, p], 1e-10);
    }
    for (const p of [0.01, 0.3, 0.5, 0.9]) expect(1 - betaQuantile(1 - p, b, a)).toBeCloseTo(betaQuantile(p, a, b), 13);
  }
  expect([betaQuantile(0, 2, 3), betaQuantile(1, 2, 3)]).toEqual([0, 1]);
});

test("quantiles out of reach of a double end at 0 and 1, without NaN", () => {
  for (const p of [1e-300, 0.01, 0.5, 0.99]) {
    for (const a of [1e-4, 1, 1e4]) {
      for (const b of [1e-4, 1, 1e4]) {
        const x = betaQuantile(p, a, b);
        expect(x >= 0 && x <= 1, `${p} ${a} ${b} ${x}`).toBe(true);
      }
    }
  }
});

test("arguments out of range are an error, never NaN", () => {
  expect(() => logGamma(0)).toThrow("logGamma: x: expected a number above 0, got 0");
  expect(() => normalQuantile(1.1)).toThrow("normal quantile: p: expected a number from 0 to 1, got 1.1");
  expect(() => normalCdf(NaN)).toThrow("normal cdf: z: expected a number, got NaN");
  expect(() => betaQuantile(NaN, 1, 1)).toThrow("beta quantile: p: expected a number from 0 to 1, got NaN");
  expect(() => incompleteBeta(0, 1, 0.5)).toThrow("incomplete beta: expected finite a and b above 0, got 0 and 1");
  expect(() => incompleteBeta(1, 1, 2)).toThrow("incomplete beta: x: expected a number from 0 to 1, got 2");
  expect(() => incompleteGamma(1, -1)).toThrow(
    "incomplete gamma: expected a finite shape above 0 and x ≥ 0, got 1 and -1",
  );
});
