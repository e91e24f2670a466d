/**
 * Protocol A: 1-d exponential reference, N_R = 200,000 fresh rows a toy, N0 = 2,000 expected, counts Poisson; signals of
 * 10 rows (tail), 90 (bulk) and 90 (tail excess) are added. Widths 9.2 → .05, cells .01 up to 13.
 */
import {
  annealing,
  COMBINATIONS,
  type Combination,
  combineLevels,
  compileKernelFitter,
  fitChiSquare,
  type LevelScale,
  poisson,
  statisticsOfLevels,
  withStrongest,
  zOf,
} from "../src/discover/index.ts";
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
const TOGETHER = 5;

/** How kernels are fitted. */
export interface FitVariant {
  readonly kernels: number;
  /** How often a fit starts; of each level the best counts. */
  readonly starts: number;
  readonly steps: number;
  readonly levels: number;
  readonly ridge: number;
  readonly clip: number;
  readonly rate: number;
  /** Where kernels start: at rows of the window, or half of them spread evenly over its range. */
  readonly from: "rows" | "half spread";
  /** Whether the strongest kernel of each width counts alone as well. */
  readonly alone: "strongest" | "none";
}

/** As the specification has it. */
export const SPECIFIED: FitVariant = {
  kernels: 10,
  starts: 1,
  steps: 500,
  levels: 5,
  ridge: 0.1,
  clip: 5,
  rate: 0.05,
  from: "rows",
  alone: "none",
};

/** As `discover` does where rows spread in few directions. */
const DEFAULT: FitVariant = { ...SPECIFIED, kernels: 5, starts: 3, ridge: 0.03, alone: "strongest" };

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

/** How many statistics a toy of a variant has. */
export function statisticCount({ levels, alone }: FitVariant): number {
  return alone === "strongest" ? 2 * levels : levels;
}

/** Statistics of toys of one signal, n × C: of each the best of all starts; strongest kernels alone behind the levels. The same rows for every variant. */
export async function exponentialToys(
  signal: Signal,
  n: number,
  seed: number,
  journal: ReturnType<typeof openJournal<Measurement>>,
  variant: FitVariant,
): Promise<Float64Array> {
  const { kernels, steps, levels, from: placed, ridge, clip, rate, alone } = variant;
  const C = statisticCount(variant);
  const out = new Float64Array(n * C).fill(Number.NaN);
  const path = annealing("geometric-hold", { steps, levels, high: 9.2, low: 0.05 });
  using fitter = await compileKernelFitter(
    { fits: TOGETHER, kernels, columns: 1 },
    { ridge, clip, rate, centers: "move" },
  );
  for (let from = 0; from < n; from += TOGETHER) {
    let made: ReturnType<typeof batchOf> | null = null;
    for (let start = 0; start < variant.starts; start++) {
      const identity = {
        protocol: "A",
        signal,
        from,
        seed,
        steps,
        ...differences(variant),
        ...(start > 0 && { start }),
      };
      const measured = await journal.once(identity, async () => {
        made ??= batchOf(signal, from, seed);
        const { samples, ...counts } = made;
        const starts = samples.map(({ rows, key }) =>
          matrix(kernels, 1, startsOf(placed, rows, kernels, key.for(`starts${start || ""}`))),
        );
        const began = performance.now();
        const joint = await fitter.fit({ ...counts, starts, annealings: starts.map(() => path) });
        const fits = alone === "strongest" ? withStrongest(counts, joint, variant) : joint;
        const seconds = (performance.now() - began) / 1000;
        return { t: JSON.stringify(fits.map(statisticsOfLevels)), seconds };
      });
      const t = (JSON.parse(measured["t"] as string) as (number | null)[][]).flat();
      t.forEach((value, i) => {
        const at = from * C + i;
        if (value !== null && !(value <= out[at])) out[at] = value;
      });
    }
  }
  return out;
}

const grid = matrix(
  CELLS,
  1,
  Float64Array.from({ length: CELLS }, (_, i) => (i + 0.5) / 100),
);

/** Toys `from` and following: the rows of their windows, and both samples counted in cells. */
function batchOf(signal: Signal, from: number, seed: number) {
  const window = new Float64Array(TOGETHER * CELLS);
  const reference = new Float64Array(TOGETHER * CELLS);
  const samples = Array.from({ length: TOGETHER }, (_, b) => {
    const key = keyOf(seed)
      .for(signal)
      .for(from + b);
    const rows = [...exponentials(poisson(key.for("n"), N0), key.for("D")), ...SIGNALS[signal](key.for("signal"))];
    count(window.subarray(b * CELLS, (b + 1) * CELLS), rows, 1);
    count(reference.subarray(b * CELLS, (b + 1) * CELLS), exponentials(N_R, key.for("R")), N0 / N_R);
    return { rows, key };
  });
  return { rows: grid, window, reference, samples };
}

/** Rows of the window, and places spread evenly from one end to the other. */
function startsOf(from: FitVariant["from"], rows: readonly number[], M: number, key: Key): Float64Array {
  const spread = from === "rows" ? 0 : Math.floor(M / 2);
  const drawn = Array.from(sample(key, rows.length, M - spread), (row) => rows[row]);
  let [low, high] = [rows[0], rows[0]];
  for (const x of rows) [low, high] = [Math.min(low, x), Math.max(high, x)];
  const places = Array.from({ length: spread }, (_, i) => low + ((high - low) * (i + 1)) / spread);
  return Float64Array.from([...drawn, ...places]);
}

function exponentials(n: number, k: Key): Float64Array {
  const u = uniform(k);
  return Float64Array.from({ length: n }, () => -Math.log(1 - u()));
}

function count(into: Float64Array, values: ArrayLike<number>, by: number): void {
  for (let i = 0; i < values.length; i++) into[Math.max(0, Math.min(CELLS - 1, Math.floor(values[i] * 100)))] += by;
}

/** What tells one variant's fits from another's; nothing for those of the specification. */
function differences({ starts: _, steps: __, ...variant }: FitVariant): Record<string, unknown> {
  const differs = Object.entries(variant).filter(([name, value]) => value !== SPECIFIED[name as keyof FitVariant]);
  return differs.length === 0 ? {} : { variant: Object.fromEntries(differs) };
}

/** Statistics of one toy among those of all. */
function member(all: Float64Array, C: number, i: number): Float64Array {
  return all.subarray(i * C, (i + 1) * C);
}

/** The statistics of all kernels together, without those of the strongest ones. */
function ofJoint(all: Float64Array, { levels, ...variant }: FitVariant): Float64Array {
  const C = statisticCount({ levels, ...variant });
  return all.filter((_, i) => i % C < levels);
}

/** χ² laws of null statistics, a level each; of all kernels together. */
export function lawsOf(nulls: Float64Array, { levels, ...variant }: FitVariant) {
  const C = statisticCount({ levels, ...variant });
  return Array.from({ length: levels }, (_, c) =>
    fitChiSquare(Float64Array.from({ length: nulls.length / C }, (_, i) => Math.max(0, nulls[i * C + c]))),
  );
}

/** Z of each level at the median t, by those laws. */
export function medianZ(t: Float64Array, laws: ReturnType<typeof lawsOf>, C: number): readonly number[] {
  return laws.map(({ shape }, c) =>
    zOf(chiSquareTail(median(Float64Array.from({ length: t.length / C }, (_, i) => t[i * C + c])), 2 * shape)),
  );
}

/** Runs the protocol: 300 toys and 300 further null windows, `signalToys` a signal; one row of results a signal. */
export async function exponentialBenchmark(
  seed: number,
  signalToys: number,
  fresh: boolean,
  variant: FitVariant = DEFAULT,
): Promise<readonly Measurement[]> {
  const journal = openJournal<Measurement>("discover-exponential", fresh);
  const C = statisticCount(variant);
  const nulls = await exponentialToys("null", 600, seed, journal, variant);
  const [reference, judged] = [nulls.subarray(0, 300 * C), nulls.subarray(300 * C)];
  const pValues = Array.from({ length: 300 }, (_, i) => combineLevels(member(judged, C, i), reference).pValue);
  const jitter = uniform(keyOf(seed).for("jitter"));
  const uniformity = uniformDistance(pValues.map((p) => Math.max(0, p - jitter() / 301)));
  const laws = lawsOf(nulls, variant);
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
    const t = await exponentialToys(signal, signalToys, seed, journal, variant);
    const found = (alpha: number, scale?: LevelScale, combination?: Combination) =>
      Array.from(
        { length: signalToys },
        (_, i) => combineLevels(member(t, C, i), reference, { scale, combination }).pValue,
      ).filter((p) => p <= alpha).length;
    const detected = found(0.05);
    const jointly = ofJoint(reference, variant);
    const joint = Array.from(
      { length: signalToys },
      (_, i) => combineLevels(member(t, C, i).subarray(0, variant.levels), jointly).pValue,
    ).filter((p) => p <= 0.05).length;
    const { low, high } = binomialInterval(detected, signalToys);
    const z = medianZ(t, laws, C);
    out.push({
      protocol: "A",
      signal,
      toys: signalToys,
      power: detected / signalToys,
      low,
      high,
      power_at_1_percent: found(0.01) / signalToys,
      power_joint: joint / signalToys,
      power_ranks: found(0.05, "rank") / signalToys,
      ...Object.fromEntries(
        COMBINATIONS.map((combination) => [
          `power_${combination.replace("-", "_")}`,
          found(0.05, "smooth", combination) / signalToys,
        ]),
      ),
      best_z: Math.max(...z),
      z: z.map((value) => value.toFixed(2)).join(" / "),
      falkon_z: BARS[signal][0],
      power_bar: BARS[signal][1],
    });
  }
  return out;
}
