import fc from "fast-check";
import { expect, test } from "vitest";
import { key, uniform } from "../numeric/index.ts";
import { calibrationOf } from "./calibration.ts";
import { falseAlarmThreshold, realizedRate } from "./false-alarm.ts";
import { groupCalibrationOf } from "./group-calibration.ts";
import { conformalPValues } from "./p-values.ts";

test("999 calibration rows at 5 %: the 50th largest score, interval of Beta(50, 950)", () => {
  const calibration = calibrationOf(Array.from({ length: 999 }, (_, i) => i + 1));
  const { threshold, rank, rate, low, high } = falseAlarmThreshold(calibration, 0.05, "score", "--rate");
  expect([threshold, rank, rate]).toEqual([950, 50, 0.05]);
  // scipy 1.17.1: beta.ppf([0.025, 0.975], 50, 950)
  expect(low).toBeCloseTo(0.03737299919946922, 13);
  expect(high).toBeCloseTo(0.06432986442771636, 13);
});

test("a row is flagged by p ≤ level exactly when its score lies above the threshold, ties included", () => {
  const cell = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double({ min: -5, max: 5, noNaN: true }));
  fc.assert(
    fc.property(
      fc.array(cell, { minLength: 9, maxLength: 40 }),
      fc.double({ min: 0.1, max: 0.99, noNaN: true }),
      (scores, level) => {
        const calibration = calibrationOf(scores);
        const { threshold } = falseAlarmThreshold(calibration, level, "score", "--rate");
        const rows = Float64Array.of(...scores, -10, 10);
        const above = [...rows].map((s) => s - 2e-6 * Math.abs(s) > threshold);
        expect([...conformalPValues(calibration, rows)].map((p) => p <= level)).toEqual(above);
      },
    ),
  );
});

test("0.29 of 99 + 1 is rank 29, in spite of rounding", () => {
  const calibration = calibrationOf(Array.from({ length: 99 }, (_, i) => i));
  expect(falseAlarmThreshold(calibration, 0.29, "score", "--rate").rank).toBe(29);
});

test("the realized rate of i.i.d. rows lies in the interval 95 times of 100 (within 5 standard errors)", () => {
  const repeats = 4000;
  for (const [n, level] of [
    [30, 0.1],
    [200, 0.05],
  ]) {
    const u = uniform(key("realized").for(n));
    let inside = 0;
    for (let repeat = 0; repeat < repeats; repeat++) {
      const calibration = calibrationOf(Float64Array.from({ length: n }, u));
      const { threshold, low, high } = falseAlarmThreshold(calibration, level, "score", "--rate");
      const realized = 1 - threshold; // of uniform scores
      if (low <= realized && realized <= high) inside++;
    }
    expect(Math.abs(inside / repeats - 0.95)).toBeLessThan(5 * Math.sqrt((0.95 * 0.05) / repeats));
  }
});

test("higher confidence gives a wider interval around the rate", () => {
  const [narrow, wide] = [realizedRate(100, 5, 0.5), realizedRate(100, 5, 0.99)];
  expect(wide.low).toBeLessThan(narrow.low);
  expect(narrow.high).toBeLessThan(wide.high);
});

test("calibrations by groups or by time have no threshold of this kind", () => {
  const groups = groupCalibrationOf([1, 2, 3], ["a", "a", "b"]);
  for (const calibration of [groups, calibrationOf([1, 2, 3], "time")])
    expect(() => falseAlarmThreshold(calibration, 0.5, "score", "--rate")).toThrow(
      `score: --rate: expected a model calibrated on exchangeable rows, got one by ${calibration.unit}; compare p-values with the level`,
    );
});

test("a level that the calibration rows cannot resolve is refused in the name of the command", () => {
  expect(() => falseAlarmThreshold(calibrationOf([1, 2, 3]), 0.01, "score", "--false-alarm-rate")).toThrow(
    "score: --false-alarm-rate: 0.01 is below 1/(3 + 1) = 0.25, the smallest p-value that 3 calibration rows can resolve",
  );
});
