import { describe, expect, it } from "vitest";
import { fromRows, key, matrix, normal } from "../numeric/index.ts";
import { placeOf } from "./place.ts";

const column = (...values: number[]) => matrix(values.length, 1, Float64Array.from(values));

describe("place", () => {
  // Check 3 of the specification: the model of check 2 at its best amplitudes.
  it("counts, z and rows explained of the worked example", async () => {
    const best = { centers: fromRows([[0], [2]]), amplitudes: Float64Array.of(0.867465, 0.82263), width: 1 };
    // The example's rows explained are those of amplitudes (.5, −.4), its counts do not depend on amplitudes.
    const line = { ...best, amplitudes: Float64Array.of(0.5, -0.4) };
    const { kernels, surplus } = await placeOf(column(0, 1, 2.5), column(-1, 0.5, 1.5, 3), 0.5, line);
    const byCenter = kernels.toSorted((a, b) => a.center[0] - b.center[0]);
    const expected = [
      { observed: 1.186146, expected: 0.664145, z: 0.683092, explained: 0.306135, modeled: 0.264254 },
      { observed: 1.160041, expected: 0.664145, z: 0.648931, explained: -0.322454, modeled: -0.126654 },
    ];
    for (const [i, values] of expected.entries())
      for (const [name, value] of Object.entries(values))
        expect(byCenter[i][name as keyof typeof values]).toBeCloseTo(value, 5);
    expect(kernels[0]).toBe(byCenter[0]); // alone it gains, the deficit, where the window has more rows, does not
    expect(surplus.window).toBeCloseTo(0.306135 - 0.322454, 5);
    expect(surplus.model).toBeCloseTo(0.264254 - 0.126654, 5);
    expect(surplus.loose).toBe(true);
    expect(byCenter[0].nearest).toEqual({ row: 0, widths: 0 });
    expect(byCenter[1].rows[0].row).toBeLessThan(4); // a deficit shows reference rows
  });

  it("the kernel on a planted clump is active, shows its rows first, and others near it join it", async () => {
    const next = normal(key(3));
    const reference = fromRows(Array.from({ length: 300 }, () => [next(), next()]));
    const window = fromRows(Array.from({ length: 60 }, (_, i) => (i < 6 ? [3 + next() / 10, 3] : [next(), next()])));
    const kernels = {
      centers: fromRows([
        [3, 3],
        [3.05, 3],
        [-9, 9],
      ]),
      amplitudes: Float64Array.of(4, 3, 2),
      width: 0.4,
    };
    const {
      kernels: listed,
      active,
      highest,
      logRatios,
      contributions,
    } = await placeOf(window, reference, 0.2, kernels);
    expect(active).toBe(2);
    expect(listed[1].within).toBe(0);
    expect(listed[2].active).toBe(false);
    expect(
      highest
        .slice(0, 6)
        .map(({ row }) => row)
        .sort(),
    ).toEqual([0, 1, 2, 3, 4, 5]);
    expect(
      listed[0].rows
        .slice(0, 6)
        .map(({ row }) => row)
        .sort(),
    ).toEqual([0, 1, 2, 3, 4, 5]);
    expect(listed[0].shifts[0]).toBeGreaterThan(2);
    // f is the sum of what kernels contribute
    expect(contributions.slice(0, 3).reduce((a, b) => a + b)).toBeCloseTo(logRatios[0], 12);
  });
});
