/** The law of t for three centers that stay, on exponential rows: χ² with 3 degrees for a large reference, wider by its noise. */
import { compileKernelFitter, poisson } from "../src/discover/index.ts";
import { chiSquareTail, type Key, key as keyOf, matrix, uniform, uniformDistance } from "../src/numeric/index.ts";
import type { Measurement } from "./results.ts";

const N0 = 2000;
const CELLS = 1300;
const TOYS = 500;
const TOGETHER = 10;

/**
 * Means of 500 toys of 2,000 expected rows (Poisson) beside theory, 3 + w (3 − .994) with counts and (1 + w)(3 − .994) for
 * the shape alone, and the KS p of χ²₃ where w is small. Cells of .01.
 */
export async function lawBenchmark(seed: number): Promise<readonly Measurement[]> {
  const rows = matrix(
    CELLS,
    1,
    Float64Array.from({ length: CELLS }, (_, i) => (i + 0.5) / 100),
  );
  const path = { widths: new Float64Array(250).fill(1), reads: [250] };
  using fitter = await compileKernelFitter(
    { fits: TOGETHER, kernels: 3, columns: 1 },
    { rate: 0.05, ridge: 0, clip: 20, centers: "stay" },
  );
  const starts = Array.from({ length: TOGETHER }, () => matrix(3, 1, Float64Array.of(0.5, 2, 4)));
  const out: Measurement[] = [];
  for (const kind of ["count and shape", "shape"] as const)
    for (const N_R of [200_000, 20_000, 2000]) {
      const t: number[] = [];
      for (let from = 0; from < TOYS; from += TOGETHER) {
        const window = new Float64Array(TOGETHER * CELLS);
        const reference = new Float64Array(TOGETHER * CELLS);
        for (let b = 0; b < TOGETHER; b++) {
          const key = keyOf(seed)
            .for("law")
            .for(N_R + from + b);
          const count = kind === "shape" ? N0 : poisson(key.for("n"), N0);
          add(window.subarray(b * CELLS, (b + 1) * CELLS), count, 1, key.for("D"));
          add(reference.subarray(b * CELLS, (b + 1) * CELLS), N_R, N0 / N_R, key.for("R"));
        }
        const fits = await fitter.fit({ rows, window, reference, starts, annealings: starts.map(() => path) });
        t.push(...fits.map(([{ statistic }]) => statistic));
      }
      const w = N0 / N_R;
      out.push({
        kind,
        reference_rows: N_R,
        toys: TOYS,
        mean: t.reduce((a, b) => a + b, 0) / TOYS,
        theory: kind === "shape" ? (1 + w) * 2.006 : 3 + w * 2.006,
        ks_p_value: kind === "shape" ? null : uniformDistance(t.map((x) => chiSquareTail(Math.max(0, x), 3))).pValue,
      });
    }
  return out;
}

function add(into: Float64Array, n: number, by: number, key: Key): void {
  const u = uniform(key);
  for (let i = 0; i < n; i++) into[Math.min(CELLS - 1, Math.floor(-Math.log(1 - u()) * 100))] += by;
}
