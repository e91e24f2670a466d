import { expect, test } from "vitest";
import { studentQuantile } from "./student-quantile.ts";

// Abramowitz and Stegun 1964, table 26.10, to the digits printed there; one degree of freedom is tan(π (p − 1/2)).
test.each([
  [0.975, 4, 2.776],
  [0.975, 9, 2.262],
  [0.975, 19, 2.093],
  [0.995, 2, 9.925],
  [0.75, 7, 0.711],
  [0.975, 120, 1.98],
])("the quantile at %d with %d degrees of freedom is %d", (p, freedom, expected) => {
  expect(studentQuantile(p, freedom)).toBeCloseTo(expected, 3);
  expect(studentQuantile(1 - p, freedom)).toBeCloseTo(-expected, 3);
});

test("one degree of freedom is the Cauchy distribution, two have a closed form, and the middle is 0", () => {
  for (const p of [0.001, 0.2, 0.6, 0.975, 0.9999]) {
    const cauchy = Math.tan(Math.PI * (p - 0.5));
    expect(Math.abs(studentQuantile(p, 1) / cauchy - 1)).toBeLessThan(1e-10);
    const two = (2 * p - 1) / Math.sqrt(2 * p * (1 - p));
    expect(Math.abs(studentQuantile(p, 2) / two - 1)).toBeLessThan(1e-10);
  }
  expect(studentQuantile(0.5, 3)).toBe(0);
});

test("what is no probability, and no freedom, is refused", () => {
  expect(() => studentQuantile(1, 3)).toThrow("p: expected a number between 0 and 1, got 1");
  expect(() => studentQuantile(0.9, 0)).toThrow("freedom: expected a number > 0, got 0");
});
