import fc from "fast-check";
import { expect, test } from "vitest";
import { key, uniform } from "../numeric/index.ts";
import { type CalibrationStep, groupPlan, type SteppedPlan } from "./group-plan.ts";

const steps = (plan: SteppedPlan): readonly CalibrationStep[] => (plan.method === "split" ? [plan] : plan.steps);
const plan = (names: readonly string[], mode: "auto" | "split" | "cross" = "auto", name = "key") =>
  groupPlan(names, mode, key(name), 'fit: --group: column "g"');
const increasing = (rows: Uint32Array) => rows.every((row, i) => i === 0 || row > rows[i - 1]);

/** Groups of sizes from 1 to some 40, whose rows are mixed. */
function drawNames(groups: number, rows: number, name = "names"): string[] {
  const u = uniform(key(name));
  return Array.from({ length: rows }, (_, i) => `g${i < groups ? i : Math.floor(groups * u() ** 2)}`);
}

test("no group is on both sides of a step, indices increase, and no row is lost", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 40 }),
      fc.integer({ min: 0, max: 200 }),
      fc.constantFrom("split" as const, "cross" as const),
      fc.string(),
      (groups, more, mode, name) => {
        const names = drawNames(groups, groups + more, name);
        const made = plan(names, mode, name);
        for (const { train, calibrate } of steps(made)) {
          expect(increasing(train) && increasing(calibrate)).toBe(true);
          const learned = new Set(Array.from(train, (row) => names[row]));
          expect(Array.from(calibrate).some((row) => learned.has(names[row]))).toBe(false);
          expect(train.length + calibrate.length).toBe(names.length); // few rows: none is thinned away
          expect(train.length).toBeGreaterThan(0);
          expect(calibrate.length).toBeGreaterThan(0);
        }
      },
    ),
  );
});

test("split holds out a fifth of the groups, whatever their sizes; cross makes min(10, groups) folds", () => {
  for (const groups of [2, 3, 9, 10, 11, 60]) {
    const names = drawNames(groups, 500);
    const [split] = steps(plan(names, "split"));
    expect(new Set(Array.from(split.calibrate, (row) => names[row])).size).toBe(Math.max(1, Math.floor(groups / 5)));
    const folds = steps(plan(names, "cross"));
    expect(folds).toHaveLength(Math.min(10, groups));
    const calibrated = folds.flatMap(({ calibrate }) => Array.from(calibrate)).sort((a, b) => a - b);
    expect(calibrated).toEqual([...names.keys()]);
  }
});

test("auto holds groups out where a fifth of them resolves 1 %, and makes folds where it does not", () => {
  expect(plan(drawNames(494, 5000)).method).toBe("cross");
  expect(plan(drawNames(495, 5000)).method).toBe("split");
  expect(plan(drawNames(495, 999)).method).toBe("cross");
});

test("every group is equally likely to be held out, large or small (within 5 standard errors)", () => {
  const names = drawNames(10, 400);
  const counts = new Map<string, number>();
  for (let i = 0; i < 2000; i++) {
    const [{ calibrate }] = steps(plan(names, "split", `draw ${i}`));
    for (const name of new Set(Array.from(calibrate, (row) => names[row])))
      counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  expect(counts.size).toBe(10);
  for (const count of counts.values())
    expect(Math.abs(count / 2000 - 0.2)).toBeLessThan(5 * Math.sqrt((0.2 * 0.8) / 2000));
});

test("large groups are thinned to a number of rows that depends on the number of groups alone", () => {
  const names = Array.from({ length: 30_000 }, (_, i) => (i < 20_000 ? "a" : i < 29_990 ? "b" : "c"));
  const rows = steps(plan(names, "cross")).flatMap(({ calibrate }) => Array.from(calibrate));
  const count = (name: string) => rows.filter((row) => names[row] === name).length;
  expect([count("a"), count("b"), count("c")]).toEqual([3333, 3333, 10]);
  const many = Array.from({ length: 24_000 }, (_, i) => `g${i % 12_000}`);
  expect(steps(plan(many, "cross")).reduce((n, { calibrate }) => n + calibrate.length, 0)).toBe(10_000);
  expect(new Set(Array.from(steps(plan(many, "split"))[0].calibrate, (row) => many[row])).size).toBe(2000);
});

test("equal keys draw equal plans, other keys others", () => {
  const names = drawNames(30, 300);
  for (const mode of ["split", "cross"] as const) {
    expect(plan(names, mode, "a")).toEqual(plan(names, mode, "a"));
    expect(plan(names, mode, "b")).not.toEqual(plan(names, mode, "a"));
  }
});

test("one group is refused with a remedy", () => {
  expect(() => plan(["a", "a", "a"])).toThrow(
    'fit: --group: column "g": expected at least 2 groups, so that one can calibrate what was learned from another, got 1; name a column with more different values, or calibrate without --group',
  );
});
