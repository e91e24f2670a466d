import { expect, test } from "vitest";
import { calibrationOf } from "./calibration.ts";

test("scores are sorted in a copy", () => {
  const scores = Float64Array.of(3, -1, 2);
  expect(calibrationOf(scores)).toEqual({
    sorted: Float64Array.of(-1, 2, 3),
    n: 3,
    atLeast: Float64Array.of(3, 2, 1, 0),
    unit: "rows",
  });
  expect([...scores]).toEqual([3, -1, 2]);
});

test("none, NaN and infinite scores are refused", () => {
  expect(() => calibrationOf([])).toThrow(
    "calibrate: rows: expected at least 1 calibration row, got 0; hold out normal rows",
  );
  expect(() => calibrationOf([1, NaN])).toThrow("calibrate: scores: expected finite numbers, got NaN in row 1");
  expect(() => calibrationOf([Infinity])).toThrow("got Infinity in row 0");
});
