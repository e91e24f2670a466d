import fc from "fast-check";
import { expect, test } from "vitest";
import { InputError } from "../errors/index.ts";
import { conditionalBounds } from "./conditional.ts";
import { requireResolution, rowsFor, smallestPValue } from "./resolution.ts";

test("the message names the number, the limit and both remedies", () => {
  const refuse = () => requireResolution(50, 0.001, "score", "--fdr");
  expect(refuse).toThrow(InputError);
  expect(refuse).toThrow(
    "score: --fdr: 0.001 is below 1/(50 + 1) = 0.0196, the smallest p-value that 50 calibration rows can resolve; " +
      "use at least 999 calibration rows (more normal rows, or a larger share of them held out) or --fdr 0.02 or more",
  );
  expect(() => requireResolution(50, 0.01, "score", "--fdr", 0.1)).toThrow(
    "score: --fdr: 0.01 is below 1 − 0.1^(1/25) = 0.088, the smallest calibration-conditional p-value that 50 calibration rows can resolve; " +
      "use at least 460 calibration rows (more normal rows, or a larger share of them held out) or --fdr 0.09 or more",
  );
});

test("where whole groups calibrate, more groups are asked for", () => {
  expect(() => requireResolution(4, 0.01, "score", "--false-alarm-rate", undefined, "groups")).toThrow(
    "the smallest p-value that 4 calibration groups can resolve; use at least 99 calibration groups " +
      "(more groups of normal rows, or fit with --calibration cross, where every group calibrates) or --false-alarm-rate 0.2 or more",
  );
});

test("level = 1 / (n + 1) is just enough, in spite of rounding", () => {
  for (let n = 1; n < 2000; n++) {
    expect(() => requireResolution(n, 1 / (n + 1), "score", "--fdr")).not.toThrow();
    expect(rowsFor(1 / (n + 1))).toBe(n);
  }
});

test("the remedies work and the rows named are the fewest", () => {
  const delta = fc.option(fc.double({ min: 0.01, max: 0.5, noNaN: true }), { nil: undefined });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 200 }),
      fc.double({ min: 1e-4, max: 0.9, noNaN: true }),
      delta,
      (n, level, d) => {
        const rows = rowsFor(level, d);
        expect(() => requireResolution(rows, level, "a", "b", d)).not.toThrow();
        if (rows > 1) expect(() => requireResolution(rows - 1, level, "a", "b", d)).toThrow(InputError);
        try {
          requireResolution(n, level, "a", "b", d);
        } catch (error) {
          const suggested = Number(/or b (\S+) or more$/.exec(String(error))?.[1]);
          if (suggested < 1) expect(() => requireResolution(n, suggested, "a", "b", d)).not.toThrow();
        }
      },
    ),
  );
});

test("the smallest conditional p-value is the first bound", () => {
  for (const n of [1, 2, 7, 100]) expect(smallestPValue(n, 0.1)).toBe(conditionalBounds(n, 0.1)[0]);
});

test("levels outside (0, 1) are refused", () => {
  expect(() => requireResolution(50, 5, "score", "--fdr")).toThrow(
    "score: --fdr: expected a number between 0 and 1, got 5; give 0.05 for 5 %",
  );
});
