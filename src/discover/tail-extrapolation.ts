import { incompleteGammaTail, median, uniformDistance } from "../numeric/index.ts";

/** A law fitted to the statistics of toys, and the tail of the window under it. */
export interface TailFit {
  readonly law: "gamma" | "chi-square";
  readonly shape: number;
  readonly scale: number;
  /** Kolmogorov–Smirnov p-value of the fit; too kind, because the parameters were fitted to the same toys. */
  readonly fitPValue: number;
  /** P(t ≥ the window's) under the law. */
  readonly pValue: number;
}

/** What laws say beyond the toys, or why they say nothing. */
export type Extrapolation =
  | { readonly pValue: number; readonly levels: readonly TailFit[]; readonly toys: number }
  | { readonly refused: string };

const FEWEST_TOYS = 100;
const LEAST_FIT = 0.05;

/**
 * A p-value beyond the resolution of n toys (n × C statistics): at each level the law (gamma of location 0, or χ²) that
 * fits the toys better by Kolmogorov–Smirnov distance; the least tail of the window times C. Refused below 100 toys and
 * where a level fits neither (KS p < .05). An extrapolation: it rests on the law, not on counts. O(C n log n).
 */
export function extrapolateTail(window: ArrayLike<number>, toys: Float64Array): Extrapolation {
  const C = window.length;
  const n = toys.length / C;
  if (n < FEWEST_TOYS) return { refused: `expected at least ${FEWEST_TOYS} toys, got ${n}` };
  const levels: TailFit[] = [];
  for (let c = 0; c < C; c++) {
    const t = Float64Array.from({ length: n }, (_, i) => Math.max(0, toys[i * C + c] || 0));
    const fits = [fitGamma(t), fitChiSquare(t)].filter((fit) => fit !== null);
    const best = fits.reduce((a, b) => (b.fitPValue > a.fitPValue ? b : a), { ...fits[0], fitPValue: -1 });
    if (!(best.fitPValue >= LEAST_FIT))
      return {
        refused: `no law fits the toys in statistic ${c + 1} of ${C} (Kolmogorov–Smirnov p below ${LEAST_FIT})`,
      };
    levels.push({ ...best, pValue: incompleteGammaTail(best.shape, Math.max(0, window[c]) / best.scale) });
  }
  return { pValue: Math.min(1, C * Math.min(...levels.map(({ pValue }) => pValue))), levels, toys: n };
}

type Law = Omit<TailFit, "pValue">;

/** The gamma law of largest likelihood, location 0: Newton on ln k − digamma(k) = ln mean − mean ln. Null with zeros. */
export function fitGamma(values: Float64Array): Law | null {
  if (values.some((t) => !(t > 0))) return null;
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const logs = values.reduce((total, t) => total + Math.log(t), 0) / values.length;
  const gap = Math.log(mean) - logs;
  if (!(gap > 0)) return null;
  let k = (3 - gap + Math.sqrt((gap - 3) ** 2 + 24 * gap)) / (12 * gap); // Minka 2002
  for (let step = 0; step < 50; step++) {
    const [value, slope] = [Math.log(k) - digamma(k) - gap, 1 / k - trigamma(k)];
    const next = k - value / slope;
    const moved = Math.abs(next - k);
    k = next > 0 ? next : k / 2;
    if (moved < 1e-12 * k) break;
  }
  return { law: "gamma", shape: k, scale: mean / k, fitPValue: distance(values, k, mean / k) };
}

/** The χ² law of least Kolmogorov–Smirnov distance: degrees on a grid of 0.1 within 10 of the median. */
export function fitChiSquare(values: Float64Array): Law {
  const middle = median(values);
  let best: Law | null = null;
  for (let step = -100; step <= 100; step++) {
    const degrees = middle + step / 10;
    if (degrees < 0.1) continue;
    const fitPValue = distance(values, degrees / 2, 2);
    if (best === null || fitPValue > best.fitPValue)
      best = { law: "chi-square", shape: degrees / 2, scale: 2, fitPValue };
  }
  return best!;
}

function distance(values: Float64Array, shape: number, scale: number): number {
  return uniformDistance(values.map((t) => incompleteGammaTail(shape, t / scale))).pValue;
}

/** The derivative of ln Gamma, by recurrence and its asymptotic series (DLMF 5.11.2). */
function digamma(x: number): number {
  let [value, at] = [0, x];
  for (; at < 10; at++) value -= 1 / at;
  const r = 1 / (at * at);
  return value + Math.log(at) - 0.5 / at - r * (1 / 12 - r * (1 / 120 - r * (1 / 252 - r / 240)));
}

/** Its derivative. */
function trigamma(x: number): number {
  let [value, at] = [0, x];
  for (; at < 10; at++) value += 1 / (at * at);
  const r = 1 / (at * at);
  return value + 1 / at + r / 2 + (r / at) * (1 / 6 - r * (1 / 30 - r * (1 / 42 - r / 30)));
}
