/**
 * What was tried to find the tail of protocol A more often: variants of the fit on the same windows, 200 null, 200 tail and
 * 70 windows of the other signals with each key. Power is the mean of that at α = .03, .04, .05, .06 and .07, each window
 * judged alone against the null windows of all keys, so that one line between two toys decides less.
 */
import { COMBINATIONS, combineLevels } from "../src/discover/index.ts";
import { exponentialToys, type FitVariant, lawsOf, medianZ, type Signal, SPECIFIED } from "./discover-exponential.ts";
import { type Measurement, openJournal } from "./results.ts";

const COUNTS = { null: 200, tail: 200, bulk: 70, excess: 70 } as const satisfies Record<Signal, number>;
const ALPHAS = [0.03, 0.04, 0.05, 0.06, 0.07];

const five: FitVariant = { ...SPECIFIED, kernels: 5, ridge: 0.03 };
const VARIANTS: readonly (readonly [string, FitVariant])[] = [
  ["as specified: M 10, λ .1, S 500, clip 5, rate .05, 5 widths, 1 start", SPECIFIED],
  ["M 5", { ...SPECIFIED, kernels: 5 }],
  ["M 20", { ...SPECIFIED, kernels: 20 }],
  ["λ .3", { ...SPECIFIED, ridge: 0.3 }],
  ["λ .03", { ...SPECIFIED, ridge: 0.03 }],
  ["λ .01", { ...SPECIFIED, ridge: 0.01 }],
  ["λ .03, S 1000", { ...SPECIFIED, ridge: 0.03, steps: 1000 }],
  ["λ .03, rate .1", { ...SPECIFIED, ridge: 0.03, rate: 0.1 }],
  ["λ .03, rate .02", { ...SPECIFIED, ridge: 0.03, rate: 0.02 }],
  ["λ .03, clip 10", { ...SPECIFIED, ridge: 0.03, clip: 10 }],
  ["λ .03, 7 widths", { ...SPECIFIED, ridge: 0.03, levels: 7 }],
  ["half of the kernels spread evenly over the range", { ...SPECIFIED, from: "half spread" }],
  ["λ .03, 2 starts", { ...SPECIFIED, ridge: 0.03, starts: 2 }],
  ["M 3, λ .03", { ...five, kernels: 3 }],
  ["M 3, λ .03, 3 starts", { ...five, kernels: 3, starts: 3 }],
  ["M 5, λ .03", five],
  ["M 5, λ .03, 2 starts", { ...five, starts: 2 }],
  ["M 5, λ .03, 3 starts", { ...five, starts: 3 }],
  ["**M 5, λ .03, 4 starts**", { ...five, starts: 4 }],
];

/** One row a variant. */
export async function remediesBenchmark(
  keys: readonly number[],
  fresh: boolean,
  say: (text: string) => void,
): Promise<readonly Measurement[]> {
  const journal = openJournal<Measurement>("discover-exponential", fresh);
  const out: Measurement[] = [];
  for (const [name, variant] of VARIANTS) {
    const { levels } = variant;
    const toys = async (signal: Signal) => {
      const all: number[] = [];
      for (const key of keys) all.push(...(await exponentialToys(signal, COUNTS[signal], key, journal, variant)));
      return Float64Array.from(all);
    };
    const nulls = await toys("null");
    const laws = lawsOf(nulls, levels);
    const row: Record<string, string | number> = {
      variant: name,
      keys: keys.join(", "),
      degrees: laws.map(({ shape }) => (2 * shape).toFixed(1)).join(" / "),
    };
    for (const signal of ["tail", "bulk", "excess"] as const) {
      const t = await toys(signal);
      const windows = t.length / levels;
      for (const combination of COMBINATIONS) {
        const pValues = Array.from(
          { length: windows },
          (_, i) => combineLevels(t.subarray(i * levels, (i + 1) * levels), nulls, { combination }).pValue,
        );
        const powers = ALPHAS.map((alpha) => pValues.filter((p) => p <= alpha).length / windows);
        row[`${signal}_${combination.replace("-", "_")}`] = powers.reduce((a, b) => a + b, 0) / ALPHAS.length;
      }
      row[`${signal}_z`] = Math.max(...medianZ(t, laws));
    }
    out.push(row);
    say(`${name}: tail ${row["tail_half_half"]}`);
  }
  return out;
}
