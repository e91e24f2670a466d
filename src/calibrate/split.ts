import { InputError } from "../errors/index.ts";
import { type Key, permutation, sample } from "../numeric/index.ts";

export type CalibrationMode = "auto" | "split" | "cross";

/** Which normal rows fit the detector and which calibrate it; all indices increasing. */
export type CalibrationPlan =
  | { readonly method: "split"; readonly train: Uint32Array; readonly calibrate: Uint32Array }
  /** Each row is in one fold: score it by a detector fitted on the others; the final detector is fitted on all. */
  | { readonly method: "cross"; readonly folds: readonly Uint32Array[] };

/** How a plan is drawn. */
export interface CalibrationPlanOptions {
  /** The share of the rows held out by `split`, in (0, 1). */
  readonly share: number;
  /** The most rows that `split` holds out: p-values then resolve 1 / 2001. */
  readonly most: number;
  /** The fewest that it holds out where as many are left to learn from: with 99, p-values resolve 1 %. */
  readonly least: number;
  /** `auto` splits from this many rows on, and crosses below. */
  readonly splitFrom: number;
  /** The number of folds of `cross`, at most one a row. */
  readonly folds: number;
}

const defaults: CalibrationPlanOptions = { share: 0.2, most: 2000, least: 1, splitFrom: 1000, folds: 10 };

/**
 * Draws which of n normal rows calibrate the detector. `split` holds rows out, which gives exact p-values and one fit;
 * `cross` uses every row for both, by K fits more, and is approximate (see {@link describeGuarantee}); `auto` chooses
 * by n.
 *
 * Throws when there are fewer than 2 rows, and on options out of range. O(n).
 */
export function calibrationPlan(
  n: number,
  mode: CalibrationMode,
  key: Key,
  options: Partial<CalibrationPlanOptions> = {},
): CalibrationPlan {
  if (!(Number.isInteger(n) && n >= 2))
    throw new InputError(`calibrate: rows: expected at least 2 normal rows, got ${n}; add normal rows`);
  const settings = { ...defaults, ...options };
  check(settings);
  const split = mode === "split" || (mode === "auto" && n >= settings.splitFrom);
  return split ? splitPlan(n, key, settings) : crossPlan(n, key, settings.folds);
}

function splitPlan(n: number, key: Key, { share, most, least }: CalibrationPlanOptions): CalibrationPlan {
  const fewest = 2 * least <= n ? least : 1;
  const count = Math.max(fewest, Math.min(most, n - 1, Math.floor(n * share + 1e-9)));
  const calibrate = sample(key.for("calibrate"), n, count);
  const train = new Uint32Array(n - count);
  for (let row = 0, held = 0; row < n; row++) {
    if (row === calibrate[held]) held++;
    else train[row - held] = row;
  }
  return { method: "split", train, calibrate };
}

function crossPlan(n: number, key: Key, most: number): CalibrationPlan {
  const count = Math.min(n, most);
  const order = permutation(key.for("folds"), n);
  const folds = Array.from({ length: count }, (_, fold) =>
    order.slice(Math.floor((fold * n) / count), Math.floor(((fold + 1) * n) / count)).sort(),
  );
  return { method: "cross", folds };
}

function check({ share, most, least, splitFrom, folds }: CalibrationPlanOptions): void {
  if (!(share > 0 && share < 1))
    throw new InputError(`calibrate: share: expected a number between 0 and 1, got ${share}; give 0.2 for 20 %`);
  for (const [name, value, lowest] of [
    ["most", most, 1],
    ["least", least, 1],
    ["splitFrom", splitFrom, 2],
    ["folds", folds, 2],
  ] as const) {
    if (!(Number.isInteger(value) && value >= lowest))
      throw new InputError(`calibrate: ${name}: expected an integer ≥ ${lowest}, got ${value}`);
  }
}
