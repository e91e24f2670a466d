import { describe, expect, it } from "vitest";
import { columnMeans, fromRows, type Matrix, matrix, takeRows } from "../numeric/index.ts";
import { compileKernelFitter } from "./fit-kernels.ts";
import { kernelValues } from "./kernel-values.ts";

const rounded = (x: number) => Math.round(x * 1e4) / 1e4;
function close(actual: ArrayLike<number>, expected: readonly number[], digits: number): void {
  for (let i = 0; i < expected.length; i++) expect(actual[i]).toBeCloseTo(expected[i], digits);
}

// Check 5 of the specification: rows, standardization, five steps and their statistics, computed there in NumPy.
const ONE_TO_20 = Array.from({ length: 20 }, (_, i) => i + 1);
const D = fromRows(ONE_TO_20.map((i) => [rounded(2 * Math.sin(i)), rounded(Math.cos(1.7 * i))]));
const R = fromRows(ONE_TO_20.map((i) => [rounded(Math.sin(2.3 * i) + 0.2), rounded(1.5 * Math.cos(i))]));
const mean = columnMeans(R);
const deviation = [0, 1].map((j) =>
  Math.sqrt(R.values.reduce((total, x, at) => total + (at % 2 === j ? (x - mean[j]) ** 2 : 0), 0) / R.rows),
);
const scaled = (m: Matrix) =>
  matrix(
    m.rows,
    2,
    m.values.map((x, at) => (x - mean[at % 2]) / deviation[at % 2]),
  );
const [d, r] = [scaled(D), scaled(R)];
const starts = takeRows(d, [0, 6, 13]);
const both = fromRows(
  [d, r].flatMap(({ rows, values }) => Array.from({ length: rows }, (_, i) => [...values.slice(2 * i, 2 * i + 2)])),
);
const inD = Float64Array.from({ length: 40 }, (_, i) => Number(i < 20));
const inR = inD.map((x) => 1 - x);
const twice = (x: Float64Array) => Float64Array.from([...x, ...x]);
const settings = { rate: 0.05, ridge: 0.1, clip: 5, centers: "move" } as const;
const annealingOf = (reads: number[]) => ({ widths: Float64Array.of(2, 1.6, 1.2, 1, 1), reads });

describe("a fit of kernels", () => {
  it("standardizes as in the worked example", () => {
    close(mean, [0.238565, 0.04048], 6);
    close(deviation, [0.714252, 1.044014], 6);
    close(starts.values, [2.022166, -0.162143, 1.505681, 0.714186, 2.439806, 0.187086], 6);
  });

  it("L, amplitudes and centers after each of five steps are those of the worked example, in a batch of two as well", async () => {
    using fitter = await compileKernelFitter({ fits: 2, kernels: 3, columns: 2 }, settings);
    const levels = await fitter.fit({
      rows: both,
      window: twice(inD),
      reference: twice(inR),
      starts: [starts, starts],
      annealings: [annealingOf([1, 2, 3, 4, 5]), annealingOf([1, 2, 3, 4, 5])],
    });
    const losses = [-0.071344, -0.193443, -0.385899, -0.602784, -0.822275];
    for (const fit of levels) {
      close(
        fit.map(({ statistic }) => statistic / -2),
        losses,
        5,
      );
      close(fit[0].kernels.amplitudes, [-0.05, -0.05, 0.05], 6);
      close(fit[4].kernels.amplitudes, [0.11592, -0.249966, 0.244462], 5);
      close(fit[4].kernels.centers.values, [1.995445, -0.318053, 1.342426, 0.875808, 2.587797, 0.019785], 5);
    }
    expect(levels[1][4]).toEqual(levels[0][4]);
    expect(levels[0][2].statistic).toBeCloseTo(0.771798, 5);
    expect(levels[0][4].statistic).toBeCloseTo(1.64455, 5);
    const { logRatios } = await kernelValues(d, levels[0][4].kernels);
    const order = ONE_TO_20.toSorted((a, b) => logRatios[b - 1] - logRatios[a - 1]).slice(0, 3);
    expect(order).toEqual([14, 20, 1]);
    close(
      order.map((i) => logRatios[i - 1]),
      [0.117755, 0.108125, 0.101001],
      5,
    );
  });

  it("t does not depend on the order of rows nor of kernels", async () => {
    using fitter = await compileKernelFitter({ fits: 1, kernels: 3, columns: 2 }, settings);
    const fit = async (rows: Matrix, window: Float64Array, from: Matrix) =>
      (
        await fitter.fit({
          rows,
          window,
          reference: window.map((x) => 1 - x),
          starts: [from],
          annealings: [annealingOf([5])],
        })
      )[0][0].statistic;
    const backwards = Array.from({ length: 40 }, (_, i) => 39 - i);
    const t = await fit(both, inD, starts);
    expect(await fit(takeRows(both, backwards), inD.toReversed(), takeRows(starts, [2, 0, 1]))).toBeCloseTo(t, 5);
  });

  it("centers that stay where they start leave only amplitudes to fit", async () => {
    using fitter = await compileKernelFitter({ fits: 1, kernels: 3, columns: 2 }, { ...settings, centers: "stay" });
    const [[level]] = await fitter.fit({
      rows: both,
      window: inD,
      reference: inR,
      starts: [starts],
      annealings: [annealingOf([5])],
    });
    close(level.kernels.centers.values, [...starts.values], 6);
    expect(level.kernels.amplitudes.every((a) => a !== 0)).toBe(true);
  });

  it("amplitudes stay within the clip", async () => {
    using fitter = await compileKernelFitter({ fits: 1, kernels: 3, columns: 2 }, { ...settings, clip: 0.1 });
    const [[level]] = await fitter.fit({
      rows: both,
      window: inD,
      reference: inR,
      starts: [starts],
      annealings: [annealingOf([5])],
    });
    expect(Math.max(...level.kernels.amplitudes.map(Math.abs))).toBeCloseTo(0.1, 7);
  });
});
