import fc from "fast-check";
import { expect, test } from "vitest";
import { key, normal, permutation, uniform } from "../numeric/index.ts";
import { calibrationOf } from "./calibration.ts";
import { conformalPValues, randomizedPValues } from "./p-values.ts";

const scoresWithTies = fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 2, maxLength: 12 });
const scoresOfAnySize = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 2, maxLength: 12 });

/** The p-value of row i when the other rows calibrate. */
function leaveOut(scores: number[], i: number): number {
  return conformalPValues(calibrationOf(scores.toSpliced(i, 1)), Float64Array.of(scores[i]))[0];
}

test("p = (1 + #{c ≥ s}) / (n + 1): by hand", () => {
  const calibration = calibrationOf([1, 2, 2, 3]);
  expect([...conformalPValues(calibration, Float64Array.of(0, 1, 2, 2.5, 3, 4))]).toEqual([1, 1, 0.8, 0.4, 0.4, 0.2]);
});

// A new normal row is exchangeable with the calibration rows: each of the n + 1 rows is equally likely to be the new one.
test.each([
  ["ties", scoresWithTies],
  ["any scores", scoresOfAnySize],
])("P(p ≤ t) ≤ t exactly, for every t and any multiset of n + 1 rows: %s", (_, arbitrary) => {
  fc.assert(
    fc.property(arbitrary, (scores) => {
      const p = scores.map((_, i) => leaveOut(scores, i));
      for (const t of p) expect(p.filter((x) => x <= t).length / p.length).toBeLessThanOrEqual(t + 1e-12);
    }),
  );
});

test("without ties P(p ≤ k / (n + 1)) = k / (n + 1)", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: -1000, max: 1000 }), { minLength: 2, maxLength: 12 }), (scores) => {
      const n = scores.length - 1;
      const p = scores.map((_, i) => leaveOut(scores, i)).sort((a, b) => a - b);
      expect(p).toEqual(scores.map((_, k) => (k + 1) / (n + 1)));
    }),
  );
});

test("a higher score never has a higher p-value, and the order of calibration rows is irrelevant", () => {
  fc.assert(
    fc.property(scoresOfAnySize, scoresOfAnySize, fc.string(), (calibration, scores, name) => {
      const sorted = Float64Array.from(scores).sort();
      const p = conformalPValues(calibrationOf(calibration), sorted);
      for (let i = 1; i < p.length; i++) expect(p[i]).toBeLessThanOrEqual(p[i - 1]);
      const shuffled = Float64Array.from(permutation(key(name), calibration.length), (i) => calibration[i]);
      expect(conformalPValues(calibrationOf(shuffled), sorted)).toEqual(p);
    }),
  );
});

test("both kinds = their naive twins", () => {
  const cell = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ min: -3, max: 3, noNaN: true }));
  fc.assert(
    fc.property(fc.array(cell, { minLength: 1 }), fc.array(cell), (calibration, scores) => {
      const prepared = calibrationOf(calibration);
      const tolerance = (s: number) => 2e-6 * Math.abs(s);
      const count = (test: (c: number) => boolean) => calibration.filter(test).length;
      const conservative = scores.map((s) => (1 + count((c) => c >= s - tolerance(s))) / (calibration.length + 1));
      expect([...conformalPValues(prepared, Float64Array.from(scores))]).toEqual(conservative);
      const u = uniform(key(1));
      const randomized = scores.map((s) => {
        const above = count((c) => c > s + tolerance(s));
        const tied = count((c) => c >= s - tolerance(s)) - above;
        return (above + u() * (1 + tied)) / (calibration.length + 1);
      });
      expect([...randomizedPValues(prepared, Float64Array.from(scores), uniform(key(1)))]).toEqual(randomized);
    }),
  );
});

test("scores within 2·10⁻⁶ relative tie, on either side and for either sign; farther ones do not", () => {
  for (const c of [1000, -1000, 1e-9]) {
    const calibration = calibrationOf([c]);
    const p = (factor: number) => conformalPValues(calibration, Float64Array.of(c + Math.abs(c) * factor))[0];
    expect([p(-1e-6), p(0), p(1.9e-6), p(2.1e-6)]).toEqual([1, 1, 1, 0.5]);
  }
});

/** Kolmogorov's distance to the uniform distribution; above 2.7 / √N once in 10⁶ times for uniform p. */
function distanceToUniform(p: number[]): number {
  const sorted = p.toSorted((a, b) => a - b);
  return Math.max(...sorted.map((x, i) => Math.max((i + 1) / sorted.length - x, x - i / sorted.length)));
}

test.each([
  ["with ties", (z: () => number) => Math.round(z())],
  ["without ties", (z: () => number) => z()],
])("randomized p-values of normal rows are uniform for 1, 7 and 30 calibration rows, %s", (_, draw) => {
  const repeats = 20_000;
  for (const n of [1, 7, 30]) {
    const p = Array.from({ length: repeats }, (_, i) => {
      const z = normal(key(n).for(i).for("scores"));
      const calibration = calibrationOf(Float64Array.from({ length: n }, () => draw(z)));
      return randomizedPValues(calibration, Float64Array.of(draw(z)), uniform(key(n).for(i).for("ties")))[0];
    });
    expect(distanceToUniform(p)).toBeLessThan(2.7 / Math.sqrt(repeats));
  }
});

test("equal keys give equal randomized p-values, none above the conservative one", () => {
  const calibration = calibrationOf([1, 1, 2, 3, 3, 3]);
  const scores = Float64Array.of(0, 1, 2, 3, 4);
  const p = randomizedPValues(calibration, scores, uniform(key(7)));
  expect(randomizedPValues(calibration, scores, uniform(key(7)))).toEqual(p);
  expect(randomizedPValues(calibration, scores, uniform(key(8)))).not.toEqual(p);
  const conservative = conformalPValues(calibration, scores);
  for (const [i, value] of p.entries()) expect(value).toBeLessThan(conservative[i]);
});

test("no rows give no p-values; NaN scores are refused by row; the scores are not written to", () => {
  const calibration = calibrationOf([1]);
  expect(conformalPValues(calibration, new Float64Array(0))).toHaveLength(0);
  const scores = Float64Array.of(1, 2);
  conformalPValues(calibration, scores);
  expect([...scores]).toEqual([1, 2]);
  for (const refuse of [
    () => conformalPValues(calibration, Float64Array.of(0, NaN)),
    () => randomizedPValues(calibration, Float64Array.of(0, NaN), uniform(key(0))),
  ])
    expect(refuse).toThrow("p-value: scores: expected finite numbers, got NaN in row 1");
});
