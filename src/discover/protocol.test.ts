import { describe, expect, it } from "vitest";
import { type Key, key, matrix, normal, uniform } from "../numeric/index.ts";
import { zOf } from "./combine.ts";
import { poisson } from "./deal.ts";
import { compileKernelFitter } from "./fit-kernels.ts";

// The law of t, and the best test there is, on the exponential benchmark: checks 10 and 11, of fewer toys.
const N0 = 2000;
const exponentials = (n: number, k: Key): Float64Array => {
  const u = uniform(k);
  return Float64Array.from({ length: n }, () => -Math.log(1 - u()));
};

describe("the exponential benchmark", () => {
  it("the likelihood ratio itself sees the tail peak at Z = 4.75, median t = 22", () => {
    const density = (x: number) =>
      (10 * Math.exp(-((x - 6.4) ** 2) / (2 * 0.16 ** 2))) / (0.16 * Math.sqrt(2 * Math.PI));
    const t = Float64Array.from({ length: 1500 }, (_, i) => {
      const own = key(i);
      const next = normal(own.for("peak"));
      const rows = [
        ...exponentials(poisson(own.for("count"), N0), own.for("rows")),
        ...Array.from({ length: poisson(own.for("signal"), 10) }, () => 6.4 + 0.16 * next()),
      ];
      return 2 * (-10 + rows.reduce((sum, x) => sum + Math.log1p(density(x) / (N0 * Math.exp(-x))), 0));
    }).sort();
    const middle = t[750];
    const p = t.reduce((sum, value) => sum + (value >= middle ? Math.exp(-value / 2) : 0), 0) / 1500;
    // 20,000 toys give ± .02 for Z; 1,500 give ± .07
    expect(Math.abs(middle - 22)).toBeLessThan(1);
    expect(Math.abs(zOf(p) - 4.75)).toBeLessThan(0.21);
  });

  it.each([
    // Theory: 3 + w (3 − .994) for the mean of t with 3 centers that stay; its deviation is about √6.
    [20_000, 3 + 0.1 * 2.006],
    [2000, 3 + 1 * 2.006],
  ])("t of three centers that stay follows its law with %i reference rows", async (referenceRows, expected) => {
    const toys = 96;
    const together = 16;
    const cells = 650;
    const rows = matrix(
      cells,
      1,
      Float64Array.from({ length: cells }, (_, i) => (i + 0.5) / 50),
    );
    const path = { widths: new Float64Array(250).fill(1), reads: [250] };
    using fitter = await compileKernelFitter(
      { fits: together, kernels: 3, columns: 1 },
      { rate: 0.05, ridge: 0, clip: 20, centers: "stay" },
    );
    const starts = Array.from({ length: together }, () => matrix(3, 1, Float64Array.of(0.5, 2, 4)));
    const count = (into: Float64Array, values: Float64Array, by: number) => {
      for (const x of values) into[Math.min(cells - 1, Math.floor(x * 50))] += by;
    };
    let total = 0;
    for (let from = 0; from < toys; from += together) {
      const [window, reference] = [new Float64Array(together * cells), new Float64Array(together * cells)];
      for (let b = 0; b < together; b++) {
        const own = key(referenceRows + from + b);
        count(window.subarray(b * cells, (b + 1) * cells), exponentials(poisson(own.for("n"), N0), own.for("D")), 1);
        count(
          reference.subarray(b * cells, (b + 1) * cells),
          exponentials(referenceRows, own.for("R")),
          N0 / referenceRows,
        );
      }
      const fits = await fitter.fit({ rows, window, reference, starts, annealings: starts.map(() => path) });
      for (const [{ statistic }] of fits) total += statistic;
    }
    const deviation = Math.sqrt((2 * expected * expected) / 3 / toys);
    expect(Math.abs(total / toys - expected)).toBeLessThan(3 * deviation);
  });
});
