import { describe, expect, it } from "vitest";
import { Interrupted } from "../errors/index.ts";
import { key, matrix, normal } from "../numeric/index.ts";
import { annealing } from "./annealing.ts";
import { cellsOf } from "./cells.ts";
import { blocksOf, poisson, randomDeal } from "./deal.ts";
import { compileKernelFitter } from "./fit-kernels.ts";
import { memberFitter } from "./members.ts";
import type { FitSettings, PermutePlan } from "./plan.ts";
import { toyKind } from "./toy-kind.ts";
import { toyStatistics } from "./toy-statistics.ts";
import { widthRange } from "./widths.ts";

const next = normal(key(1));
const rows = matrix(300, 3, Float64Array.from({ length: 900 }, next));
const widths = widthRange(rows, key(2))!;
const plan: PermutePlan = {
  toys: "permute",
  rows,
  cells: cellsOf(rows, widths.low),
  windowRows: 50,
  blocks: null,
  widths,
};
const settings: FitSettings = {
  kernels: 3,
  starts: 1,
  begin: "rows",
  steps: 60,
  levels: 3,
  schedule: "geometric-hold",
  rate: 0.05,
  ridge: 0.1,
  clip: 5,
  centers: "move",
  alone: "none",
};

describe("toys", () => {
  it("are the same in worker threads, alone and in batches", async () => {
    using fitter = memberFitter(plan, settings, key(3));
    const here = await toyStatistics(plan, settings, key(3), fitter, { toys: 40, workers: 0 });
    const told: number[] = [];
    const there = await toyStatistics(plan, settings, key(3), fitter, {
      toys: 40,
      workers: 2,
      poolAfterSeconds: 0,
      onToy: (number) => told.push(number),
    });
    // Sums over a batch may come in another order: equal to rounding.
    for (const [at, t] of here.entries()) expect(Math.abs(there[at] - t)).toBeLessThan(1e-3);
    expect(told.toSorted((a, b) => a - b)).toEqual([...Array(40).keys()]);
    const [alone] = await fitter.toys([7]);
    for (const [c, { statistic }] of alone.levels.entries()) expect(statistic).toBeCloseTo(here[21 + c], 3);
  });

  it("t of three starts is at each level the largest of them, and the first start stays as it was", async () => {
    using once = memberFitter(plan, settings, key(3));
    using thrice = memberFitter(plan, { ...settings, starts: 3 }, key(3));
    const [single, several] = [await once.window(), await thrice.window()];
    expect(several.starts.map(({ rows }) => rows)).toEqual([3, 3, 3]);
    expect([...several.starts[0].values]).toEqual([...single.starts[0].values]);
    expect([...several.starts[1].values]).not.toEqual([...single.starts[0].values]);
    using fitter = await compileKernelFitter({ fits: 1, kernels: 3, columns: 3 }, settings);
    const counted = Float64Array.from({ length: 300 }, (_, i) => Number(i < 50));
    const each: (readonly { readonly statistic: number }[])[] = [];
    for (const starts of several.starts) {
      const [levels] = await fitter.fit({
        rows: plan.rows,
        window: counted,
        reference: counted.map((own) => (1 - own) / 5),
        starts: [starts],
        annealings: [annealing(settings.schedule, { ...settings, ...widths })],
      });
      each.push(levels);
    }
    several.levels.forEach(({ statistic }, c) => {
      expect(statistic).toBeCloseTo(Math.max(...each.map((levels) => levels[c].statistic)), 3);
    });
  });

  it("stop in worker threads when the signal fires", async () => {
    using fitter = memberFitter(plan, settings, key(3));
    const controller = new AbortController();
    const run = toyStatistics(plan, settings, key(3), fitter, {
      toys: 100_000,
      workers: 2,
      poolAfterSeconds: 0,
      signal: controller.signal,
      onProgress: (done) => done > 20 && controller.abort(),
    });
    await expect(run).rejects.toThrow(Interrupted);
  });
});

describe("deals", () => {
  it("take as many rows as the window has, every row as often as any other", () => {
    const counts = new Float64Array(20);
    for (let i = 0; i < 2000; i++) {
      const deal = randomDeal(20, 5, null, key(i));
      expect(deal.reduce((a, b) => a + b, 0)).toBe(5);
      deal.forEach((side, row) => {
        counts[row] += side;
      });
    }
    // each count is binomial(2000, ¼): 500 ± 19
    expect(Math.max(...counts.map((count) => Math.abs(count - 500)))).toBeLessThan(4.5 * 19.4);
  });

  it("take whole groups, as many as the window has; a group on both sides is one on each", () => {
    const names = ["a", "a", "b", "c", "a", "d", "d", "e"];
    const blocks = blocksOf(names, 4);
    expect([blocks.count, blocks.ofWindow]).toEqual([6, 3]);
    const deal = randomDeal(8, 4, blocks, key(1));
    expect(deal[0]).toBe(deal[1]);
    expect(deal[5]).toBe(deal[6]);
    expect(
      new Set(
        Array.from(deal.keys())
          .filter((row) => deal[row] === 1)
          .map((row) => blocks.places[row]),
      ).size,
    ).toBe(3);
  });

  it("Poisson draws have their mean and variance", () => {
    const draws = Array.from({ length: 2000 }, (_, i) => poisson(key(i), 40));
    const mean = draws.reduce((a, b) => a + b, 0) / 2000;
    const variance = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 1999;
    expect(Math.abs(mean - 40)).toBeLessThan(4 * Math.sqrt(40 / 2000));
    expect(Math.abs(variance / 40 - 1)).toBeLessThan(4 * Math.sqrt(2 / 2000));
  });

  it("toys are drawn from a reference that is ten times what they take, else dealt", () => {
    expect(toyKind(500, 5000, "auto", 20_000).toys).toBe("permute");
    expect(toyKind(500, 14_999, "auto", 20_000).toys).toBe("permute");
    expect(toyKind(500, 15_000, "auto", 20_000)).toMatchObject({ toys: "resample", referenceRows: 1000 });
    expect(toyKind(500, 1_000_000, "auto", 20_000)).toMatchObject({ toys: "resample", referenceRows: 20_000 });
    expect(toyKind(500, 1_000_000, "permute", 20_000).toys).toBe("permute");
    expect(toyKind(500, 5000, "resample", 20_000).reason).toContain("fewer than 10 times");
  });
});
