import { describe, expect, it } from "vitest";
import { fromRows, key } from "../numeric/index.ts";
import { annealing, SCHEDULES } from "./annealing.ts";
import { medianWidth, widthRange } from "./widths.ts";

const levels = (high: number, low: number) => {
  const { widths, reads } = annealing("geometric-hold", { steps: 500, levels: 5, high, low });
  return reads.map((s) => widths[s - 1]);
};

describe("annealing", () => {
  it("9.2 → .05: widths of levels, and of steps within the first", () => {
    const { widths, reads } = annealing("geometric-hold", { steps: 500, levels: 5, high: 9.2, low: 0.05 });
    expect(reads).toEqual([100, 200, 300, 400, 500]);
    for (const [c, width] of [3.2421, 1.1425, 0.4026, 0.1419, 0.05].entries())
      expect(levels(9.2, 0.05)[c]).toBeCloseTo(width, 4);
    expect(widths[0]).toBeCloseTo(9.0639, 4);
    expect(widths[34]).toBeCloseTo(5.4614, 4);
    for (let s = 70; s <= 100; s++) expect(widths[s - 1]).toBeCloseTo(3.2421, 4);
  });

  it.each(SCHEDULES)("%s: never widens and ends at the narrowest width", (schedule) => {
    const { widths } = annealing(schedule, { steps: 300, levels: 3, high: 5, low: 0.05 });
    for (let s = 1; s < widths.length; s++) expect(widths[s]).toBeLessThanOrEqual(widths[s - 1]);
    expect(widths[299]).toBeCloseTo(0.05, 12);
  });
});

describe("widths of reference rows 0, 1, 3, 7", () => {
  const rows = fromRows([[0], [1], [3], [7]]);

  it("q05 = 1.25 and 2 q99 = 13.9, and the levels between", () => {
    const { high, low } = widthRange(rows, key(0))!;
    expect([high, low]).toEqual([13.9, 1.25]);
    for (const [c, width] of [8.58606, 5.30363, 3.27606, 2.02363, 1.25].entries())
      expect(levels(high, low)[c]).toBeCloseTo(width, 5);
    expect(medianWidth(rows, key(0))).toBe(3.5);
  });

  it("rows that are equal do not count, and no width is left where all are", () => {
    const tied = fromRows([[0], [0], [0], [1], [3], [7]]);
    expect(widthRange(tied, key(0))!.low).toBeGreaterThan(0.9);
    expect(widthRange(fromRows([[2], [2], [2]]), key(0))).toBeNull();
  });
});
