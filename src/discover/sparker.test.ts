import { describe, expect, it } from "vitest";
import { Interrupted } from "../errors/index.ts";
import { evaluate, input, ndArray } from "../graph/index.ts";
import {
  fromRows,
  type Key,
  key,
  type Matrix,
  matrix,
  normal,
  stackRows,
  takeRows,
  uniform,
  uniformDistance,
} from "../numeric/index.ts";
import { parseOptions } from "../options/index.ts";
import { annealing } from "./annealing.ts";
import { cellsOf } from "./cells.ts";
import { compileKernelFitter } from "./fit-kernels.ts";
import { kernelExpressions, kernelValues } from "./kernel-values.ts";
import { poissonPValue, sparker } from "./sparker.ts";
import { sparkerOptions } from "./sparker-options.ts";
import { widthRange } from "./widths.ts";

const options = (given: object = {}) => parseOptions("sparker", sparkerOptions, given);
const quick = options({ steps: 100, levels: 3, kernels: 4, starts: 1, scaling: "standard" });

const normals = (n: number, d: number, k: Key): Matrix => {
  const next = normal(k);
  return matrix(n, d, Float64Array.from({ length: n * d }, next));
};
/** Normal rows of which the first `count` are a clump at (2.5, …). */
function planted(n: number, d: number, count: number, k: Key): Matrix {
  const rows = normals(n, d, k);
  const near = normal(k.for("clump"));
  return { ...rows, values: rows.values.map((x, at) => (at < count * d ? 2.5 + near() / 10 : x)) };
}

describe("sparker", () => {
  it("finds a clump, says where it is, and how many rows it is", async () => {
    const window = planted(200, 3, 16, key(1));
    const reference = normals(1000, 3, key(2));
    const found = await sparker({ window, reference }, options({ steps: 200 }), { key: key(3), toys: 39, workers: 0 });
    expect(found.pValue).toBe(1 / 40);
    expect(found.toyKind.toys).toBe("permute");
    const [first] = found.place.kernels;
    expect(first.amplitude).toBeGreaterThan(0);
    // The shape alone is compared: what is in excess somewhere is lacking elsewhere, so only excesses add up to the clump.
    const explained = found.place.kernels.reduce((sum, { explained }) => sum + Math.max(0, explained), 0);
    expect(explained).toBeGreaterThan(8);
    expect(explained).toBeLessThan(32);
    const top = found.place.highest.map(({ row }) => row);
    expect(top.filter((row) => row < 16).length).toBeGreaterThanOrEqual(9);
    expect(found.levels.map(({ width }) => width)).toEqual(
      found.levels.map(({ width }) => width).toSorted((a, b) => b - a),
    );
    // A deficit has none of its rows in the window: the reference shows them.
    const lackingFrom = planted(800, 1, 150, key(9));
    const lacking = await sparker(
      { window: normals(400, 1, key(8)), reference: lackingFrom },
      options({ steps: 200 }),
      { key: key(3), toys: 39, workers: 0 },
    );
    expect(lacking.pValue).toBe(1 / 40);
    expect(
      Math.min(...lacking.place.kernels.filter(({ active }) => active).map(({ amplitude }) => amplitude)),
    ).toBeLessThan(0);
    for (const { row } of lacking.place.lowest) expect(Math.abs(lackingFrom.values[row] - 2.5)).toBeLessThan(1);
  }, 60_000);

  it("resamples from a large reference, with a Poisson count where it is expected", async () => {
    const reference = normals(6000, 1, key(4));
    const window = normals(60, 1, key(5));
    const found = await sparker({ window, reference }, quick, { key: key(6), toys: 19, workers: 0 });
    expect(found.toyKind.toys).toBe("resample");
    expect(found.referenceRows).toBe(540);
    expect(found.weight).toBeCloseTo(60 / 540, 12);
    const surplus = await sparker({ window, reference }, quick, { key: key(6), toys: 19, workers: 0, expected: 20 });
    expect(surplus.weight).toBeCloseTo(20 / 540, 12);
    expect(surplus.pValue).toBe(0.05);
    expect(found.pValue).toBeGreaterThan(0.05);
    const apart = await sparker({ window, reference: takeRows(reference, [...Array(300).keys()]) }, quick, {
      key: key(6),
      toys: 9,
      workers: 0,
      expected: 20,
    });
    expect(apart.countPValue).toBeLessThan(1e-9);
  });

  it("is the same after an interruption, for equal keys", async () => {
    const samples = { window: planted(120, 5, 6, key(1)), reference: normals(600, 5, key(2)) };
    const told = new Map<number, Float64Array>();
    const one = await sparker(samples, quick, {
      key: key(3),
      toys: 12,
      workers: 0,
      onToy: (number, t) => told.set(number, t),
    });
    const known = new Map([...told].filter(([number]) => number % 3 !== 0));
    const resumed: number[] = [];
    const two = await sparker(samples, quick, {
      key: key(3),
      toys: 12,
      workers: 0,
      known,
      onToy: (number) => resumed.push(number),
    });
    expect(resumed.toSorted((a, b) => a - b)).toEqual([0, 3, 6, 9]);
    expect(two.pValue).toBe(one.pValue);
    for (let at = 0; at < 36; at++) expect(two.toyStatistics[at]).toBeCloseTo(one.toyStatistics[at], 3);
  });

  it("stops where the signal fires", async () => {
    const controller = new AbortController();
    const samples = { window: normals(50, 2, key(1)), reference: normals(100, 2, key(2)) };
    const run = sparker(samples, quick, {
      key: key(3),
      toys: 5000,
      workers: 0,
      signal: controller.signal,
      onToy: () => controller.abort(),
    });
    await expect(run).rejects.toThrow(Interrupted);
  });

  it("columns that are constant are left aside, equal rows are refused, and so are windows that outweigh the reference", async () => {
    const constant = (rows: Matrix) => fromRows(Array.from({ length: rows.rows }, (_, i) => [3, rows.values[i]]));
    const found = await sparker(
      { window: constant(normals(40, 1, key(1))), reference: constant(normals(80, 1, key(2))) },
      quick,
      { key: key(3), toys: 5, workers: 0 },
    );
    expect(found.preparation.kept).toEqual([1]);
    const ones = matrix(20, 2, new Float64Array(40).fill(1));
    await expect(sparker({ window: ones, reference: ones }, quick, { key: key(3), toys: 5 })).rejects.toThrow(
      "discover: columns: expected one that varies, got none",
    );
    await expect(
      sparker({ window: normals(100, 1, key(1)), reference: normals(10, 1, key(2)) }, quick, { key: key(3), toys: 5 }),
    ).rejects.toThrow("discover: the window: expected at most 5 times as many rows as the reference, got 10.0 times");
  });

  it("finds five rows near one another among 250 in 20 columns, and f is highest there", async () => {
    const window = normals(250, 20, key(1));
    const near = normal(key(9));
    for (let at = 20; at < 100; at++) window.values[at] = window.values[at % 20] + near() / 10;
    const reference = normals(750, 20, key(2));
    const small = options({ steps: 150, levels: 3, kernels: 4, starts: 2, scaling: "standard" });
    const found = await sparker({ window, reference }, small, { key: key(3), toys: 19, workers: 0 });
    expect(found.pValue).toBe(1 / 20);
    expect(found.place.highest.slice(0, 5).map(({ row }) => row)).toSatisfy(
      (rows: number[]) => rows.filter((row) => row < 5).length >= 4,
    );
    expect(found.levels.every(({ alone }) => alone !== null && alone.statistic >= 0)).toBe(true);
    expect(found.toyStatistics).toHaveLength(19 * 6);
  });

  it("f as a graph of raw prepared rows equals f of the place, in float64", async () => {
    const samples = { window: planted(80, 2, 8, key(1)), reference: normals(200, 2, key(2)) };
    const { place, windowFit, level, levelFits } = await sparker(samples, quick, { key: key(3), toys: 5, workers: 0 });
    const { rows, values } = windowFit.window;
    const { f } = kernelExpressions(input("x", "float64", ["rows", 2]), levelFits[level].kernels);
    const out = evaluate({ f }, { x: ndArray("float64", [rows, 2], values) }).f.data as Float64Array;
    for (let i = 0; i < rows; i++) expect(out[i]).toBeCloseTo(place.logRatios[i], 10);
  });

  it("t of cells = t of rows within 1 %, for equal kernels at every level", async () => {
    const [window, reference] = [planted(3000, 1, 300, key(1)), normals(9000, 1, key(2))];
    const rows = stackRows(window, reference);
    const { high, low } = widthRange(rows, key(0))!;
    const cells = cellsOf(rows, low);
    expect(cells.rows.rows).toBeLessThan(1000);
    using fitter = await compileKernelFitter(
      { fits: 1, kernels: 4, columns: 1 },
      { rate: 0.05, ridge: 0.1, clip: 5, centers: "move" },
    );
    const [inD, inR] = [new Float64Array(cells.rows.rows), new Float64Array(cells.rows.rows)];
    for (const [i, place] of cells.places.entries()) (i < 3000 ? inD : inR)[place] += i < 3000 ? 1 : 1 / 3;
    const [levels] = await fitter.fit({
      rows: cells.rows,
      window: inD,
      reference: inR,
      starts: [takeRows(rows, [0, 1000, 2000, 2999])],
      annealings: [annealing("geometric-hold", { steps: 60, levels: 5, high, low })],
    });
    for (const { statistic, kernels } of levels) {
      const [ofD, ofR] = [await kernelValues(window, kernels), await kernelValues(reference, kernels)];
      const loss =
        ofR.logRatios.reduce((sum, f) => sum + Math.expm1(f) / 3, 0) - ofD.logRatios.reduce((a, b) => a + b, 0);
      expect(Math.abs(statistic / (-2 * loss) - 1)).toBeLessThan(0.01);
    }
  });
});

describe("null p-values by permutation are uniform", () => {
  const next = (k: Key) => uniform(k);

  // Check 14 in a reduced form: 40 windows of 30 rows against 90, 5 columns, 19 toys. bench/discover.ts has the full one.
  it("for independent rows, and with 30 % of rows twice there", async () => {
    const small = options({ steps: 60, levels: 3, kernels: 4, starts: 1, scaling: "standard" });
    const pValues: number[] = [];
    const ofCopies: number[] = [];
    for (let i = 0; i < 40; i++) {
      const rows = normals(120, 5, key(i).for("rows"));
      const run = async (all: Matrix) =>
        (
          await sparker(
            {
              window: takeRows(all, [...Array(30).keys()]),
              reference: takeRows(
                all,
                [...Array(90).keys()].map((r) => r + 30),
              ),
            },
            small,
            { key: key(i), toys: 19, workers: 0 },
          )
        ).pValue;
      pValues.push(await run(rows));
      const u = next(key(i).for("copies"));
      const copied = takeRows(
        rows,
        Array.from({ length: 120 }, (_, r) => (u() < 0.3 ? Math.floor(u() * 120) : r)),
      );
      if (i < 20) ofCopies.push(await run(copied));
    }
    // p-values stand on a grid of 1/20: the distance to the uniform law of that grid is at most that of the continuous one.
    const jittered = pValues.map((p, i) => p - uniform(key(i).for("jitter"))() / 20);
    expect(uniformDistance(jittered).pValue).toBeGreaterThan(0.01);
    // Binomial(20, .1) exceeds 6 with probability .002.
    expect(ofCopies.filter((p) => p <= 0.1).length).toBeLessThanOrEqual(6);
  }, 120_000);
});

it("the Poisson count is two-sided", () => {
  expect(poissonPValue(2000, 2000)).toBe(1);
  // P(N ≥ 2100 | 2000) = .013535 by scipy.stats.poisson.sf(2099, 2000)
  expect(poissonPValue(2100, 2000)).toBeCloseTo(2 * 0.013534943503812485, 10);
  expect(poissonPValue(0, 3)).toBeCloseTo(2 * Math.exp(-3), 10);
});
