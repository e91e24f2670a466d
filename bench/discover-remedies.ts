/**
 * What was tried to find the tail of protocol A more often: variants of the fit on the same windows, 200 null, 200 tail and
 * 70 windows of the other signals with each key. Power is the mean of that at α = .03, .04, .05, .06 and .07 by the null
 * windows of all keys, so that one line between two toys decides less.
 */
import { median, normalCdf } from "../src/numeric/index.ts";
import {
  exponentialToys,
  type FitVariant,
  lawsOf,
  medianZ,
  type Signal,
  SPECIFIED,
  statisticCount,
} from "./discover-exponential.ts";
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
  ["half of the kernels spread evenly over the range", { ...SPECIFIED, from: "half spread" }],
  ["M 3, λ .03", { ...five, kernels: 3 }],
  ["M 3, λ .03, 3 starts", { ...five, kernels: 3, starts: 3 }],
  ["M 5, λ .03", five],
  ["M 5, λ .03, 2 starts", { ...five, starts: 2 }],
  ["M 5, λ .03, 3 starts", { ...five, starts: 3 }],
  ["M 5, λ .03, 4 starts", { ...five, starts: 4 }],
  ["**M 5, λ .03, 3 starts, the strongest kernel also alone** (default)", { ...five, starts: 3, alone: "strongest" }],
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
    const C = statisticCount(variant);
    const toys = async (signal: Signal) => {
      const all: number[] = [];
      for (const key of keys) all.push(...(await exponentialToys(signal, COUNTS[signal], key, journal, variant)));
      return Float64Array.from(all);
    };
    const nulls = await toys("null");
    const laws = lawsOf(nulls, variant);
    const row: Record<string, string | number> = {
      variant: name,
      keys: keys.join(", "),
      degrees: laws.map(({ shape }) => (2 * shape).toFixed(1)).join(" / "),
    };
    for (const signal of ["tail", "bulk", "excess"] as const) {
      const t = await toys(signal);
      const found = powers(t, nulls, C);
      for (const [combination, power] of Object.entries(found)) row[`${signal}_${combination}`] = power;
      row[`${signal}_z`] = Math.max(...medianZ(t, laws, C));
    }
    out.push(row);
    say(`${name}: tail ${row["tail_half_half"]}`);
  }
  return out;
}

/** Power of each combination: levels on the scale of the null windows, as `combineLevels` has it of all members. */
function powers(t: Float64Array, nulls: Float64Array, C: number): Readonly<Record<string, number>> {
  const roots = (values: Float64Array) => values.map((x) => Math.cbrt(Math.max(0, x || 0)));
  const [own, of] = [roots(t), roots(nulls)];
  const scales = Array.from({ length: C }, (_, c) => {
    const level = of.filter((_, i) => i % C === c);
    const middle = median(level);
    return { middle, spread: 1.4826 * median(level.map((u) => Math.abs(u - middle))) };
  });
  const combined = (values: Float64Array) =>
    Array.from({ length: values.length / C }, (_, i) => {
      const s = scales.map(({ middle, spread }, c) =>
        Math.log(Math.max(Number.MIN_VALUE, normalCdf((middle - values[i * C + c]) / spread))),
      );
      const [least, mean] = [Math.min(...s), s.reduce((a, b) => a + b, 0) / C];
      return { half_half: -least / 2 - mean / 2, mean: -mean, min_p: -least };
    });
  const [windows, toys] = [combined(own), combined(of)];
  return Object.fromEntries(
    (["half_half", "mean", "min_p"] as const).map((combination) => {
      const sorted = toys.map((one) => one[combination]).sort((a, b) => b - a);
      const found = ALPHAS.map((alpha) => {
        const line = sorted[Math.floor(alpha * (toys.length + 1)) - 1];
        return windows.filter((one) => one[combination] >= line).length / windows.length;
      });
      return [combination, found.reduce((a, b) => a + b, 0) / ALPHAS.length];
    }),
  );
}
