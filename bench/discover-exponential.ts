/**
 * Protocol A: 1-d exponential reference, N_R = 200,000 fresh rows a toy, N0 = 2,000 expected, counts Poisson; signals of
 * 10 rows (tail), 90 (bulk) and 90 (tail excess) are added. Widths 9.2 → .05, cells .01 up to 13.
 */
import { annealing, combineLevels, compileKernelFitter, fitChiSquare, poisson, zOf } from "../src/discover/index.ts";
import {
  binomialInterval,
  chiSquareTail,
  type Key,
  key as keyOf,
  matrix,
  median,
  normal,
  sample,
  uniform,
  uniformDistance,
} from "../src/numeric/index.ts";
import { type Measurement, openJournal } from "./results.ts";

const N0 = 2000;
const N_R = 200_000;
const CELLS = 1300;
const KERNELS = 10;
const LEVELS = 5;
const TOGETHER = 5;

const SIGNALS = {
  null: () => [],
  tail: (k: Key) => peak(k, 10, 6.4),
  bulk: (k: Key) => peak(k, 90, 1.6),
  excess: (k: Key) => {
    const u = uniform(k.for("rows"));
    return Array.from({ length: poisson(k.for("count"), 90) }, () => -Math.log((1 - u()) * (1 - u()) * (1 - u())));
  },
} as const;
export type Signal = keyof typeof SIGNALS;

function peak(k: Key, count: number, at: number): number[] {
  const next = normal(k.for("rows"));
  return Array.from({ length: poisson(k.for("count"), count) }, () => at + 0.16 * next());
}

/** The published Z of NPLM-Falkon and the power that the issue of these methods asks for. */
const BARS = { tail: [2.43, 0.78], bulk: [2.82, 0.9], excess: [3.04, 0.92] } as const;

/** Statistics of toys of one signal, n × C, from the journal or fitted now. */
async function toys(signal: Signal, n: number, seed: number, journal: ReturnType<typeof openJournal<Measurement>>) {
  const out = new Float64Array(n * LEVELS);
  const grid = matrix(
    CELLS,
    1,
    Float64Array.from({ length: CELLS }, (_, i) => (i + 0.5) / 100),
  );
  const path = annealing("geometric-hold", { steps: 500, levels: LEVELS, high: 9.2, low: 0.05 });
  using fitter = await compileKernelFitter(
    { fits: TOGETHER, kernels: KERNELS, columns: 1 },
    { rate: 0.05, ridge: 0.1, clip: 5, centers: "move" },
  );
  for (let from = 0; from < n; from += TOGETHER) {
    const measured = await journal.once({ protocol: "A", signal, from, seed, steps: 500 }, async () => {
      const window = new Float64Array(TOGETHER * CELLS);
      const reference = new Float64Array(TOGETHER * CELLS);
      const starts = Array.from({ length: TOGETHER }, (_, b) => {
        const k = keyOf(seed)
          .for(signal)
          .for(from + b);
        const rows = [...exponentials(poisson(k.for("n"), N0), k.for("D")), ...SIGNALS[signal](k.for("signal"))];
        count(window.subarray(b * CELLS, (b + 1) * CELLS), rows, 1);
        count(reference.subarray(b * CELLS, (b + 1) * CELLS), exponentials(N_R, k.for("R")), N0 / N_R);
        return matrix(
          KERNELS,
          1,
          Float64Array.from(sample(k.for("starts"), rows.length, KERNELS), (row) => rows[row]),
        );
      });
      const started = performance.now();
      const fits = await fitter.fit({ rows: grid, window, reference, starts, annealings: starts.map(() => path) });
      const seconds = (performance.now() - started) / 1000;
      return { t: JSON.stringify(fits.map((levels) => levels.map(({ statistic }) => statistic))), seconds };
    });
    out.set((JSON.parse(measured["t"] as string) as number[][]).flat(), from * LEVELS);
  }
  return out;
}

function exponentials(n: number, k: Key): Float64Array {
  const u = uniform(k);
  return Float64Array.from({ length: n }, () => -Math.log(1 - u()));
}

function count(into: Float64Array, values: ArrayLike<number>, by: number): void {
  for (let i = 0; i < values.length; i++) into[Math.max(0, Math.min(CELLS - 1, Math.floor(values[i] * 100)))] += by;
}

/** Runs the protocol: 300 toys and 300 further null windows, `signalToys` a signal; one row of results a signal. */
export async function exponentialBenchmark(
  seed: number,
  signalToys: number,
  fresh: boolean,
): Promise<readonly Measurement[]> {
  const journal = openJournal<Measurement>("discover-exponential", fresh);
  const nulls = await toys("null", 600, seed, journal);
  const [reference, judged] = [nulls.subarray(0, 300 * LEVELS), nulls.subarray(300 * LEVELS)];
  const member = (all: Float64Array, i: number) => all.subarray(i * LEVELS, (i + 1) * LEVELS);
  const pValues = Array.from({ length: 300 }, (_, i) => combineLevels(member(judged, i), reference).pValue);
  const jitter = uniform(keyOf(seed).for("jitter"));
  const uniformity = uniformDistance(pValues.map((p) => Math.max(0, p - jitter() / 301)));
  const laws = Array.from({ length: LEVELS }, (_, c) =>
    fitChiSquare(Float64Array.from({ length: 600 }, (_, i) => Math.max(0, nulls[i * LEVELS + c]))),
  );
  const out: Measurement[] = [
    {
      protocol: "A",
      signal: "null",
      toys: 600,
      power: pValues.filter((p) => p <= 0.05).length / 300,
      ks_p_value: uniformity.pValue,
      degrees: laws.map(({ shape }) => (2 * shape).toFixed(1)).join(" / "),
      law_fits: laws.map(({ fitPValue }) => fitPValue.toFixed(2)).join(" / "),
    },
  ];
  for (const signal of ["tail", "bulk", "excess"] as const) {
    const t = await toys(signal, signalToys, seed, journal);
    const found = (alpha: number, scale: "smooth" | "rank", combination: "half-half" | "min-p" = "half-half") =>
      Array.from(
        { length: signalToys },
        (_, i) => combineLevels(member(t, i), reference, { scale, combination }).pValue,
      ).filter((p) => p <= alpha).length;
    const detected = found(0.05, "smooth");
    const { low, high } = binomialInterval(detected, signalToys);
    const z = laws.map(({ shape }, c) =>
      zOf(chiSquareTail(median(Float64Array.from({ length: signalToys }, (_, i) => t[i * LEVELS + c])), 2 * shape)),
    );
    out.push({
      protocol: "A",
      signal,
      toys: signalToys,
      power: detected / signalToys,
      low,
      high,
      power_at_1_percent: found(0.01, "smooth") / signalToys,
      power_ranks: found(0.05, "rank") / signalToys,
      power_min_p: found(0.05, "smooth", "min-p") / signalToys,
      best_z: Math.max(...z),
      z: z.map((value) => value.toFixed(2)).join(" / "),
      falkon_z: BARS[signal][0],
      power_bar: BARS[signal][1],
    });
  }
  return out;
}
