import { describe, expect, it } from "vitest";
import { constantRate, cosine, oneCycle, warmUp } from "./schedules.ts";

describe("one cycle", () => {
  // Golden: PyTorch's OneCycleLR with pct_start .01, max 0.01, 1,000 steps; (step, rate, momentum).
  const golden = [
    [0, 4e-4, 0.95],
    [4, 0.0043664888, 0.908682],
    [9, 0.01, 0.85],
    [10, 0.0099999748, 0.85],
    [100, 0.0097929714, 0.85207],
    [504, 0.00500002, 0.9],
    [900, 2.4475644e-4, 0.947553],
    [999, 4e-8, 0.95],
  ];
  it.each(golden)("step %i: rate %f, momentum %f", (t, rate, momentum) => {
    const pace = oneCycle(0.01, { rising: 0.01, momentum: [0.85, 0.95] })(t, 1000);
    expect(Math.abs(pace.rate - rate)).toBeLessThan(1e-8 * Math.max(1, rate / 1e-2) + 1e-9);
    expect(Math.abs(pace.momentum! - momentum)).toBeLessThan(1e-6);
  });
  it.each([
    [7, 5.2e-4],
    [14, 1e-3],
    [750, 5.068773e-4],
  ])("largest 1e-3, 1,500 steps, step %i: %f", (t, rate) => {
    expect(Math.abs(oneCycle(1e-3, { rising: 0.01 })(t, 1500).rate - rate)).toBeLessThan(1e-10);
  });
  it.each([1, 2, 3, 7])("%i steps: every rate is finite and above 0", (steps) => {
    for (let t = 0; t < steps; t++) expect(oneCycle(0.1)(t, steps).rate).toBeGreaterThan(0);
  });
});

it("a cosine starts at the rate, is half-way in the middle and ends near the last", () => {
  expect(cosine(0.1)(0, 100).rate).toBe(0.1);
  expect(cosine(0.1, 0.02)(50, 100).rate).toBeCloseTo(0.06, 12);
  expect(cosine(0.1)(99, 100).rate).toBeLessThan(1e-4);
});

it("a warm-up grows in a straight line to the schedule it precedes", () => {
  const schedule = warmUp(4, constantRate(0.2));
  expect([0, 1, 2, 3, 4, 5].map((t) => schedule(t, 10).rate)).toEqual([0.05, 0.1, 0.15000000000000002, 0.2, 0.2, 0.2]);
});
