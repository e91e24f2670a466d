import { describe, expect, it } from "vitest";
import { key, matrix, normal, uniform } from "../numeric/index.ts";
import { parseOptions } from "../options/index.ts";
import { kernelValues } from "./kernel-values.ts";
import type { Kernels } from "./log-ratio.ts";
import { memberFitter, statisticsOfLevels } from "./members.ts";
import { type FitSettings, statisticCount } from "./plan.ts";
import { sparkerOptions } from "./sparker-options.ts";
import { strongestAlone } from "./strongest.ts";
import { planToys } from "./toy-plan.ts";

const next = normal(key(1));
const rows = matrix(120, 3, Float64Array.from({ length: 360 }, next));
const u = uniform(key(2));
const counts = {
  window: Float64Array.from({ length: 120 }, (_, i) => Number(i < 40)),
  reference: Float64Array.from({ length: 120 }, (_, i) => (i < 40 ? 0 : 0.5)),
};
const kernels: Kernels = {
  centers: matrix(4, 3, rows.values.slice(0, 12)),
  amplitudes: Float64Array.from({ length: 4 }, () => 2 * u() - 1),
  width: 1.1,
};
const free = { ridge: 0, clip: 20 };

/** L of one kernel, term by term. */
function lossOf(i: number, a: number, width = kernels.width): number {
  let loss = 0;
  for (let row = 0; row < 120; row++) {
    let squared = 0;
    for (let j = 0; j < 3; j++) squared += (rows.values[row * 3 + j] - kernels.centers.values[i * 3 + j]) ** 2;
    const k = Math.exp(-squared / (2 * width ** 2));
    loss += counts.reference[row] * (Math.exp(a * k) - 1) - counts.window[row] * a * k;
  }
  return loss;
}

describe("the strongest kernel alone", () => {
  it("is the one of largest t on a grid of amplitudes, by the loss term by term", () => {
    const found = strongestAlone(rows, counts, kernels, free);
    let best = { i: -1, a: 0, loss: 0 };
    for (let i = 0; i < 4; i++)
      for (let a = -6; a <= 6; a += 0.001) {
        const loss = lossOf(i, a);
        if (loss < best.loss) best = { i, a, loss };
      }
    expect([...found.kernels.centers.values]).toEqual([...kernels.centers.values.subarray(best.i * 3, best.i * 3 + 3)]);
    expect(found.kernels.amplitudes[0]).toBeCloseTo(best.a, 2);
    expect(found.statistic).toBeCloseTo(-2 * best.loss, 5);
    expect(found.kernels.width).toBe(1.1);
  });

  it("Σ_D k = w Σ_R e^f k + 2 lambda a there, and f is that of one kernel without a gate", async () => {
    const { kernels: one } = strongestAlone(rows, counts, kernels, { ridge: 0.2, clip: 20 });
    const [a] = one.amplitudes;
    const { logRatios, gated } = await kernelValues(rows, one);
    let [inside, expected] = [0, 0];
    logRatios.forEach((f, row) => {
      expect(f).toBeCloseTo(a * gated[row], 12);
      inside += counts.window[row] * gated[row];
      expected += counts.reference[row] * Math.exp(f) * gated[row];
    });
    expect(inside).toBeCloseTo(expected + 0.4 * a, 5);
  });

  it("keeps its amplitude within the clip, also where the reference has no rows", () => {
    const far = {
      ...kernels,
      centers: matrix(1, 3, rows.values.slice(0, 3)),
      amplitudes: Float64Array.of(0),
      width: 1e-3,
    };
    const { kernels: one, statistic } = strongestAlone(rows, counts, far, { ridge: 0.03, clip: 5 });
    // a − ridge a² is largest at 1 / (2 ridge), beyond the clip; t = 2 a for the one row in reach.
    expect(one.amplitudes[0]).toBe(5);
    expect(statistic).toBeCloseTo(10, 6);
    const nowhere = { ...far, centers: matrix(1, 3, Float64Array.of(90, 90, 90)) };
    expect(strongestAlone(rows, counts, nowhere, { ridge: 0.03, clip: 5 }).statistic).toBe(0);
  });

  it("is what members add behind their levels: toys the same whoever fits them, of starts the largest", async () => {
    const samples = {
      window: matrix(40, 3, rows.values.slice(0, 120)),
      reference: matrix(80, 3, rows.values.slice(120)),
    };
    const options = parseOptions("sparker", sparkerOptions, { steps: 40, levels: 2, kernels: 3, starts: 2 });
    const { plan, settings } = await planToys(samples, options, null, key(3));
    using fitter = memberFitter(plan, settings, key(3));
    const together = await fitter.toys([0, 1, 2, 3]);
    const [again] = await fitter.toys([2]);
    expect(statisticsOfLevels(again.levels)).toHaveLength(statisticCount(settings));
    statisticsOfLevels(again.levels).forEach((t, c) => {
      expect(t).toBeCloseTo(statisticsOfLevels(together[2].levels)[c], 3);
    });
    const t = async (changed: Partial<FitSettings>) => {
      using own = memberFitter(plan, { ...settings, ...changed }, key(3));
      return statisticsOfLevels((await own.window()).levels);
    };
    const [both, first, joint] = [await t({}), await t({ starts: 1 }), await t({ alone: "none" })];
    expect(joint).toHaveLength(2);
    joint.forEach((value, c) => {
      expect(value).toBeCloseTo(both[c], 6);
    });
    first.forEach((value, c) => {
      expect(both[c]).toBeGreaterThanOrEqual(value - 1e-6);
    });
  });
});
