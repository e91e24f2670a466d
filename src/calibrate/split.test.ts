import fc from "fast-check";
import { expect, test } from "vitest";
import { key } from "../numeric/index.ts";
import { type CalibrationPlan, calibrationPlan } from "./split.ts";

const all = (n: number) => Array.from({ length: n }, (_, i) => i);
const sorted = (...parts: Uint32Array[]) => parts.flatMap((part) => [...part]).sort((a, b) => a - b);

function ofMethod<M extends CalibrationPlan["method"]>(plan: CalibrationPlan, method: M) {
  expect(plan.method).toBe(method);
  return plan as Extract<CalibrationPlan, { method: M }>;
}

test("split: each row trains or calibrates, 20 % and at most 2,000 calibrate, indices increase", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 15_000 }), fc.string(), (n, name) => {
      const { train, calibrate } = ofMethod(calibrationPlan(n, "split", key(name)), "split");
      expect(sorted(train, calibrate)).toEqual(all(n));
      expect(calibrate.length).toBe(Math.max(1, Math.min(2000, Math.floor(n / 5))));
      expect([...train, ...calibrate]).toEqual([...sorted(train), ...sorted(calibrate)]);
    }),
    { numRuns: 30 },
  );
});

test("cross: each row is in just one of min(n, 10) folds, whose sizes differ by at most one", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 60 }), fc.string(), (n, name) => {
      const { folds } = ofMethod(calibrationPlan(n, "cross", key(name)), "cross");
      expect(folds).toHaveLength(Math.min(n, 10));
      expect(sorted(...folds)).toEqual(all(n));
      const sizes = folds.map((fold) => fold.length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }),
  );
});

test("auto crosses below 1,000 rows and splits from there on", () => {
  expect(calibrationPlan(999, "auto", key(0)).method).toBe("cross");
  expect(calibrationPlan(1000, "auto", key(0)).method).toBe("split");
});

test("equal keys draw equal plans, other keys others", () => {
  for (const mode of ["split", "cross"] as const) {
    expect(calibrationPlan(100, mode, key(1))).toEqual(calibrationPlan(100, mode, key(1)));
    expect(calibrationPlan(100, mode, key(2))).not.toEqual(calibrationPlan(100, mode, key(1)));
  }
});

test("every row is equally likely to calibrate (within 5 standard errors)", () => {
  const counts = new Float64Array(10);
  for (let i = 0; i < 5000; i++)
    for (const row of ofMethod(calibrationPlan(10, "split", key(i)), "split").calibrate) counts[row]++;
  for (const count of counts) expect(Math.abs(count / 5000 - 0.2)).toBeLessThan(5 * Math.sqrt((0.2 * 0.8) / 5000));
});

test("options: share, most, least, splitFrom and folds", () => {
  expect(ofMethod(calibrationPlan(100, "split", key(0), { share: 0.5 }), "split").calibrate).toHaveLength(50);
  expect(ofMethod(calibrationPlan(100, "split", key(0), { share: 0.29 }), "split").calibrate).toHaveLength(29);
  expect(ofMethod(calibrationPlan(100, "split", key(0), { most: 7 }), "split").calibrate).toHaveLength(7);
  expect(ofMethod(calibrationPlan(198, "split", key(0), { least: 99 }), "split").calibrate).toHaveLength(99);
  expect(ofMethod(calibrationPlan(197, "split", key(0), { least: 99 }), "split").calibrate).toHaveLength(39);
  expect(ofMethod(calibrationPlan(1000, "split", key(0), { least: 99 }), "split").calibrate).toHaveLength(200);
  expect(ofMethod(calibrationPlan(3, "split", key(0), { share: 0.99 }), "split").train).toHaveLength(1);
  expect(calibrationPlan(100, "auto", key(0), { splitFrom: 100 }).method).toBe("split");
  expect(ofMethod(calibrationPlan(100, "cross", key(0), { folds: 3 }), "cross").folds).toHaveLength(3);
});

test("too few rows and options out of range are refused with a remedy", () => {
  expect(() => calibrationPlan(1, "auto", key(0))).toThrow(
    "calibrate: rows: expected at least 2 normal rows, got 1; add normal rows",
  );
  expect(() => calibrationPlan(9, "split", key(0), { share: 20 })).toThrow(
    "calibrate: share: expected a number between 0 and 1, got 20; give 0.2 for 20 %",
  );
  expect(() => calibrationPlan(9, "cross", key(0), { folds: 1 })).toThrow(
    "calibrate: folds: expected an integer ≥ 2, got 1",
  );
});
