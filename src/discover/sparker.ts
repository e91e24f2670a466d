import { InputError } from "../errors/index.ts";
import { incompleteGamma, incompleteGammaTail, type Matrix } from "../numeric/index.ts";
import { type Combined, combineLevels, zOf } from "./combine.ts";
import type { Level } from "./fit-kernels.ts";
import { memberFitter, statisticsOfLevels, type WindowFit } from "./members.ts";
import { type Place, placeOf } from "./place.ts";
import type { FitSettings, ToyPlan } from "./plan.ts";
import type { Preparation } from "./preparation.ts";
import type { Samples, TestContext } from "./samples.ts";
import { type Extrapolation, extrapolateTail } from "./tail-extrapolation.ts";
import { planToys, type SparkerOptions } from "./toy-plan.ts";
import { type ToyOptions, toyStatistics } from "./toy-statistics.ts";

/** One level of the window among its toys. */
export interface LevelResult {
  /** sigma, in prepared columns. */
  readonly width: number;
  readonly statistic: number;
  /** Share of members (toys and window) whose statistic is at least the window's. */
  readonly pValue: number;
  readonly z: number;
  readonly toyMedian: number;
  /** The same of the strongest kernel without the others; null where it does not count. */
  readonly alone: Omit<LevelResult, "width" | "alone"> | null;
}

/** Whether a window is of the reference's kind, and where not. */
export interface SparkerResult extends Omit<Combined, "levelPValues"> {
  readonly levels: readonly LevelResult[];
  /** The level that the place is read at, from 0: that of the smallest p-value of all kernels together. */
  readonly level: number;
  /** Statistics of toys, n × C or n × 2 C: one a level, and behind them those of the strongest kernels alone, where they count. */
  readonly toyStatistics: Float64Array;
  readonly toyKind: { readonly toys: "permute" | "resample"; readonly reason: string };
  /** Fits whose statistic came out below 0 or not as a number, counted as 0: of toys at any level, and of the window. */
  readonly failures: { readonly toys: number; readonly window: number };
  readonly extrapolation: Extrapolation;
  /** The window's count against the expected one, two-sided Poisson; null where none was given or it is part of the test. */
  readonly countPValue: number | null;
  readonly place: Place;
  readonly preparation: Preparation;
  readonly windowFit: WindowFit;
  readonly levelFits: readonly Level[];
  readonly kernels: number;
  /** Directions that rows spread in; null where the number of kernels was given. */
  readonly dimension: number | null;
  /** w: what a reference row weighs. */
  readonly weight: number;
  readonly referenceRows: number;
  readonly notes: readonly string[];
  /** What was fitted and how, for further windows (power). */
  readonly plan: ToyPlan;
  readonly settings: FitSettings;
  /** Places, in the reference given, of the rows that the fit used; null for all in order. */
  readonly referencePlaces: Uint32Array | null;
}

const MOST_WEIGHT = 5;

/**
 * SparKer: is the window drawn from the reference's law, and where not? (Grosso, Hindupur, Fel, Bright-Thonney, Harris
 * and Ba 2025, arXiv 2511.03095.)
 *
 *     D, R    window and reference, N_D × d and N_R × d        w      weight of a reference row, N_D / N_R or N0 / N_R
 *     mu, a   centers and amplitudes of M kernels              sigma  their common width, which shrinks
 *     f       log of the density ratio, Σ a_i p_i k_i (Eq. 2)  t      −2 L, L = w Σ_R (e^f − 1) − Σ_D f (Eq. 3)
 *
 * A few Gaussian kernels start at rows of the window and move, by Adam on all rows, while their width shrinks, in one
 * and two columns from twice the 99 % quantile of pair distances to the 5 % quantile. They settle where the window has more
 * rows than the reference (a > 0) or fewer (a < 0). t is read at C widths, of all kernels and of the strongest one alone;
 * the same fit on n toys gives its law where nothing is new; all readings combine into one p-value. Its resolution is
 * 1 / (n + 1). All kernels of the level with the smallest p-value tell the place.
 *
 * The p-value is exact (P(p ≤ a) ≤ a) for toys by permutation if rows of both samples are exchangeable when nothing is
 * new. Serial correlation, bursts of near copies and drift break that: a small p then says "different", not "attacked".
 *
 * **Differs from the paper**, whose full text was not at hand: widths from quantiles of distances, geometric schedule
 * with holds (`linear` is the public code's), five kernels (a public configuration has 10; four where rows spread in many
 * directions), three starts from other rows, of which the best counts at each width, the strongest kernel alone beside all
 * of them (`alone`), lambda .03 and clip 5 (there 1 and 1), cube roots instead of ranks, toys by permutation with pooled
 * scaling and widths, rows of one and two columns in cells. From three columns on kernels start in clumps of the window
 * (`begin`) and end as narrow as near rows are apart (`ladder`): there pairs are all about equally far apart, and no kernel
 * of such widths holds a clump without much else. Chosen on keys of their own: kernels, starts and lambda with protocol A,
 * keys 0 to 4; `alone` with other simulated windows of A; `begin` and `ladder` with protocols C and D, key 20.
 * Left out: kernels without gates, principal components or encoders in front, stratified references and references that
 * grow on the way (a uniform draw of up to 20,000 rows costs a tenth of t's noise at w = .1).
 * Measured (docs/discover.md): on the 1-d benchmark, keys that took no part in choosing, a tail of 10 rows among 2,000 is
 * found in 82 % of windows, 90 rows in the bulk in 97 % and an excess of 90 in 94 % (aims 78, 90, 92 %); the best width
 * passes the published Z of kernels with thousands of centers by more than .5 in the mean. Five rows near one another among
 * 500 in 28 columns are found and headed by f, where both peers and 1-NN distance see little. Of five kinds of intrusions
 * planted in 500 rows half of the windows are found (31 of 60; Infiltration and Slowhttptest hardly ever), where the peers
 * find what chance does; as a score of rows f is behind 1-NN distance for three of the kinds, ahead for two: it sees rows
 * that are many, not rows that are far.
 * **Fails** where the window is denser than the reference in a spot that the reference fills too (a dense core): the MMD
 * peer is then stronger. O(n S M (N_D + N_R) d).
 */
export async function sparker(
  { window, reference, groups = null }: Samples,
  options: SparkerOptions,
  {
    toys,
    known,
    onToy,
    expected = null,
    ...context
  }: TestContext & {
    /** n. */
    readonly toys: number;
    /** N0: how many rows a normal window has, if the exposure is known. */
    readonly expected?: number | null;
  } & Pick<ToyOptions, "known" | "onToy">,
): Promise<SparkerResult> {
  const { key, workers, signal, onProgress } = context;
  checkSizes(window, reference, toys, expected);
  const notes: string[] = [];

  // 1. Which toys, of which rows, and how many kernels: all from what window and toys have in common.
  onProgress?.({ stage: "prepare", done: 0, total: 1 });
  const planned = await planToys({ window, reference, groups }, options, expected, key);
  const { plan, settings, kind } = planned;

  // 2. The window's fit, and the same on every toy.
  using fitter = memberFitter(plan, settings, key);
  onProgress?.({ stage: "fit the window", done: 0, total: 1 });
  const windowFit = await fitter.window(signal);
  requireWeight(windowFit.weight, notes);
  const statistics = await toyStatistics(plan, settings, key, fitter, {
    toys,
    workers,
    signal,
    known,
    onToy,
    onProgress: (done, total) => onProgress?.({ stage: "toys", done, total }),
  });

  // 3. One p-value of all levels, joint and alone.
  const own = statisticsOfLevels(windowFit.levels);
  const { levelPValues, ...combined } = combineLevels(own, statistics, options);
  const judged = own.map((statistic, c) => {
    const ofToys = Float64Array.from({ length: toys }, (_, i) => Math.max(0, statistics[i * own.length + c] || 0));
    return {
      statistic: Math.max(0, statistic || 0),
      pValue: levelPValues[c],
      z: zOf(levelPValues[c]),
      toyMedian: ofToys.sort()[Math.floor(toys / 2)],
    };
  });
  const results = windowFit.levels.map(({ kernels }, c): LevelResult => {
    const alone = judged[settings.levels + c] ?? null;
    return { width: kernels.width, ...judged[c], alone };
  });

  // 4. Where: all kernels of the level that is least like the toys'.
  const level = leastLikely(results, statistics);
  onProgress?.({ stage: "find the place", done: 0, total: 1 });
  const place = await placeOf(
    windowFit.window,
    windowFit.reference,
    windowFit.weight,
    windowFit.levels[level].kernels,
    { signal },
  );
  const joint = plan.toys === "resample" && plan.expected !== null;
  return {
    ...combined,
    levels: results,
    level,
    toyStatistics: statistics,
    toyKind: { toys: kind.toys, reason: kind.reason },
    failures: { toys: failed(statistics), window: failed(own) },
    extrapolation: extrapolateTail(own, statistics),
    countPValue: expected === null || joint ? null : poissonPValue(window.rows, expected),
    place,
    preparation: planned.preparation ?? windowFit.preparation!,
    windowFit,
    levelFits: windowFit.levels,
    kernels: settings.kernels,
    dimension: planned.dimension,
    weight: windowFit.weight,
    referenceRows: windowFit.reference.rows,
    notes,
    plan,
    settings,
    referencePlaces: windowFit.referencePlaces ?? planned.referencePlaces,
  };
}

function checkSizes(window: Matrix, reference: Matrix, toys: number, expected: number | null): void {
  for (const [what, { rows }] of [
    ["window", window],
    ["reference", reference],
  ] as const)
    if (rows < 2) throw new InputError(`discover: the ${what}: expected at least 2 rows, got ${rows}`);
  if (!(Number.isInteger(toys) && toys >= 1 && toys <= 1_000_000))
    throw new InputError(`discover: toys: expected an integer from 1 to 1000000, got ${toys}`);
  if (expected !== null && !(expected > 0 && expected < 1e9))
    throw new InputError(`discover: expected: expected a number of rows above 0, got ${expected}`);
}

function requireWeight(weight: number, notes: string[]): void {
  if (weight > MOST_WEIGHT)
    throw new InputError(
      `discover: the window: expected at most ${MOST_WEIGHT} times as many rows as the reference, got ${weight.toPrecision(3)} times; give more reference rows, or cut the window with --where`,
    );
  if (weight > 1)
    notes.push(
      "the window has more rows than the reference: the noise of the reference dominates, and small excesses are missed",
    );
}

/** The level of the smallest joint p-value; among equal ones the one furthest from its toys in their deviations. */
function leastLikely(levels: readonly LevelResult[], statistics: Float64Array): number {
  const C = levels[0].alone ? 2 * levels.length : levels.length;
  const n = statistics.length / C;
  const distances = levels.map(({ statistic }, c) => {
    const t = Float64Array.from({ length: n }, (_, i) => Math.max(0, statistics[i * C + c] || 0));
    const mean = t.reduce((a, b) => a + b, 0) / n;
    const deviation = Math.sqrt(t.reduce((sum, x) => sum + (x - mean) ** 2, 0) / n);
    return (statistic - mean) / (deviation || 1);
  });
  return levels.reduce((best, { pValue }, c) => {
    const difference = pValue - levels[best].pValue;
    return difference < 0 || (difference === 0 && distances[c] > distances[best]) ? c : best;
  }, 0);
}

function failed(statistics: ArrayLike<number>): number {
  return Array.from(statistics).filter((t) => !(t >= 0)).length;
}

/** How often a Poisson count is as far from its mean as this, on either side: at most twice the smaller tail. */
export function poissonPValue(count: number, mean: number): number {
  const atMost = incompleteGammaTail(count + 1, mean);
  const atLeast = count === 0 ? 1 : incompleteGamma(count, mean);
  return Math.min(1, 2 * Math.min(atMost, atLeast));
}
