import { expect, test } from "vitest";
import { binomialInterval } from "./binomial.ts";

test("the interval is scipy's: binomtest(k, n).proportion_ci(confidence), scipy 1.17.1", () => {
  for (const [k, n, confidence, low, high] of [
    [0, 10, 0.95, 0, 0.30849710781876294],
    [3, 10, 0.95, 0.06673951117773447, 0.652452850060008],
    [50, 1000, 0.99, 0.03392666271022023, 0.0705043752014578],
    [10, 10, 0.9, 0.7411344491066528, 1],
  ]) {
    const interval = binomialInterval(k, n, confidence);
    expect(interval.low).toBeCloseTo(low, 12);
    expect(interval.high).toBeCloseTo(high, 12);
  }
});

test("coverage is at least the confidence for every probability (exact sum over the outcomes)", () => {
  const n = 20;
  for (let p = 0.01; p < 1; p += 0.01) {
    let covered = 0;
    let mass = (1 - p) ** n;
    for (let k = 0; k <= n; k++) {
      const { low, high } = binomialInterval(k, n, 0.9);
      if (low <= p && p <= high) covered += mass;
      mass *= ((n - k) / (k + 1)) * (p / (1 - p));
    }
    expect(covered).toBeGreaterThanOrEqual(0.9);
  }
});

test("impossible counts and confidences are refused", () => {
  expect(() => binomialInterval(3, 2)).toThrow("expected whole 0 ≤ successes ≤ trials ≥ 1, got 3 of 2");
  expect(() => binomialInterval(1, 2, 1)).toThrow("confidence: expected a number between 0 and 1, got 1");
});
