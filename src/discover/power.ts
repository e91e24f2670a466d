import { InputError } from "../errors/index.ts";
import {
  binomialInterval,
  type Key,
  type Matrix,
  permutation,
  stackRows,
  takeRows,
  uniform,
} from "../numeric/index.ts";
import { combineLevels } from "./combine.ts";
import { memberFitter, statisticsOfLevels } from "./members.ts";
import type { Samples, TestContext } from "./samples.ts";
import type { SparkerResult } from "./sparker.ts";
import { planToys, type SparkerOptions } from "./toy-plan.ts";

/** How often a signal of a given share would be found. */
export interface Power {
  readonly share: number;
  readonly alpha: number;
  readonly windows: number;
  readonly found: number;
  readonly power: number;
  /** Clopper–Pearson, 95 %. */
  readonly low: number;
  readonly high: number;
  /** Where the signal's rows come from; "window": rows drawn by the fit itself, post hoc and optimistic. */
  readonly from: "given rows" | "window";
}

/**
 * The power of the test at a share s: windows of the same size, of reference rows with a binomial number of signal rows
 * among them, are fitted as the window was, and each is judged alone against the toys. Without signal rows, rows of the
 * window are drawn, each in proportion to max(0, 1 − e^−f): what the fit found, hence optimistic.
 * The signal's rows have the columns of the samples. O(windows) fits on this thread.
 */
export async function estimatePower(
  { window, reference }: Samples,
  found: SparkerResult,
  options: SparkerOptions,
  {
    share,
    signalRows = null,
    alpha = 0.05,
    windows = 100,
    key,
    signal,
    onProgress,
  }: TestContext & {
    readonly share: number;
    readonly signalRows?: Matrix | null;
    readonly alpha?: number;
    readonly windows?: number | undefined;
  },
): Promise<Power> {
  if (!(share > 0 && share < 1))
    throw new InputError(`discover: power: expected a share between 0 and 1, got ${share}; give 0.01 for 1 %`);
  const drawSignal = signalOf(signalRows, window, found);
  let count = 0;
  for (let i = 0; i < windows; i++) {
    const own = key.for("power").for(i);
    const u = uniform(own.for("count"));
    let planted = 0;
    for (let row = 0; row < window.rows; row++) planted += Number(u() < share);
    const order = permutation(own.for("rows"), reference.rows);
    const normal = order.subarray(0, window.rows - planted);
    const made = stackRows(takeRows(reference, normal), drawSignal(planted, own.for("signal")));
    const rest = takeRows(reference, order.subarray(normal.length));
    const { plan, settings } = await planToys(
      { window: made, reference: found.plan.toys === "resample" ? reference : rest },
      { ...options, kernels: found.kernels, deal: found.plan.toys },
      found.plan.toys === "resample" ? found.plan.expected : null,
      own,
    );
    using fitter = memberFitter(plan, settings, own);
    const { levels } = await fitter.window(signal);
    const { pValue } = combineLevels(statisticsOfLevels(levels), found.toyStatistics, options);
    if (pValue <= alpha) count++;
    onProgress?.({ stage: "power", done: i + 1, total: windows });
  }
  const { low, high } = binomialInterval(count, windows);
  return {
    share,
    alpha,
    windows,
    found: count,
    power: count / windows,
    low,
    high,
    from: signalRows ? "given rows" : "window",
  };
}

/** Draws of signal rows: of those given without replacement while there are enough, or of the window by its surplus. */
function signalOf(given: Matrix | null, window: Matrix, { place }: SparkerResult): (count: number, key: Key) => Matrix {
  if (given !== null)
    return (count, key) => {
      const order = permutation(key, given.rows);
      return takeRows(
        given,
        Array.from({ length: count }, (_, i) => order[i % given.rows]),
      );
    };
  const chances = place.logRatios.map((f) => Math.max(0, -Math.expm1(-f)));
  const sums = chances.slice();
  for (let i = 1; i < sums.length; i++) sums[i] += sums[i - 1];
  const whole = sums[sums.length - 1];
  if (!(whole > 0))
    throw new InputError(
      "discover: power: expected window rows in surplus to draw from, got none; give signal rows (--signal)",
    );
  return (count, key) => {
    const u = uniform(key);
    return takeRows(
      window,
      Array.from({ length: count }, () => {
        const at = u() * whole;
        return sums.findIndex((sum) => sum > at);
      }),
    );
  };
}
