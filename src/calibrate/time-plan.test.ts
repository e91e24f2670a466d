import fc from "fast-check";
import { expect, test } from "vitest";
import { key, uniform } from "../numeric/index.ts";
import type { CalibrationStep, SteppedPlan } from "./group-plan.ts";
import { timePlan } from "./time-plan.ts";

const steps = (plan: SteppedPlan): readonly CalibrationStep[] => (plan.method === "split" ? [plan] : plan.steps);
const plan = (times: ArrayLike<number>, mode: "auto" | "split" | "cross" = "auto", name = "key") =>
  timePlan(Float64Array.from(times), mode, key(name), 'fit: --time: column "t"');
const at = (times: ArrayLike<number>, rows: Uint32Array) => Array.from(rows, (row) => times[row]);

test("whatever the order of the rows and however many tie: all rows learned from are earlier than those scored", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -5, max: 30 }), { minLength: 3, maxLength: 80 }),
      fc.constantFrom("split" as const, "cross" as const),
      (times, mode) => {
        fc.pre(new Set(times).size > 1);
        for (const { train, calibrate } of steps(plan(times, mode))) {
          expect(train.length * calibrate.length).toBeGreaterThan(0);
          expect(Math.max(...at(times, train))).toBeLessThan(Math.min(...at(times, calibrate)));
          for (const rows of [train, calibrate]) expect([...rows]).toEqual([...rows].sort((a, b) => a - b));
        }
      },
    ),
  );
});

test("split: the earlier 80 % train, the last 20 % calibrate, at most 2,000 of them, spread over the block", () => {
  const u = uniform(key(1));
  const times = Float64Array.from({ length: 50_000 }, u);
  const [{ train, calibrate }] = steps(plan(times, "split"));
  expect([train.length, calibrate.length]).toEqual([40_000, 2000]);
  const later = [...times].sort((a, b) => a - b).slice(40_000);
  const taken = at(times, calibrate).sort((a, b) => a - b);
  for (let i = 0; i < 2000; i++) {
    expect(taken[i]).toBeGreaterThanOrEqual(later[5 * i]);
    expect(taken[i]).toBeLessThanOrEqual(later[5 * i + 4]);
  }
});

test("the thinned rows do not fall in step with rows that take turns (within 5 standard errors)", () => {
  const times = Array.from({ length: 50_000 }, (_, i) => i);
  const [{ calibrate }] = steps(plan(times, "split"));
  for (let turn = 0; turn < 5; turn++) {
    const share = calibrate.filter((row) => row % 5 === turn).length / 2000;
    expect(Math.abs(share - 0.2)).toBeLessThan(5 * Math.sqrt((0.2 * 0.8) / 2000));
  }
});

test("cross: five blocks of a tenth over the later half, each after all the rows that it is scored by", () => {
  const times = Array.from({ length: 100 }, (_, i) => 100 - i); // the file runs backward
  const blocks = steps(plan(times));
  expect(blocks.map(({ train }) => train.length)).toEqual([50, 60, 70, 80, 90]);
  expect(blocks.map(({ calibrate }) => calibrate.length)).toEqual([10, 10, 10, 10, 10]);
  const many = steps(
    plan(
      Array.from({ length: 60_000 }, (_, i) => i),
      "cross",
    ),
  );
  expect(many.reduce((n, { calibrate }) => n + calibrate.length, 0)).toBe(10_000);
});

test("auto goes forward in blocks, however many rows there are", () => {
  for (const n of [20, 5000]) {
    const times = Array.from({ length: n }, (_, i) => i);
    expect(plan(times, "auto")).toEqual(plan(times, "cross"));
  }
});

test("a cut moves to the nearest change of time: no day is on both sides", () => {
  const days = Array.from({ length: 70 }, (_, i) => Math.floor(i / 10));
  const [{ train, calibrate }] = steps(plan(days, "split"));
  expect([train.length, calibrate.length]).toEqual([60, 10]); // 56 is nearer to 60 than to 50
  const two = steps(plan([1, 1, 1, 2], "cross"));
  expect(two).toHaveLength(1);
  expect([...two[0].calibrate]).toEqual([3]);
});

test("one time alone is refused with a remedy", () => {
  expect(() => plan([5, 5, 5])).toThrow(
    'fit: --time: column "t": expected at least two different times, got 5 in all 3 rows; name a column that tells earlier rows from later ones',
  );
});
