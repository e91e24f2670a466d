import { InputError } from "../errors/index.ts";
import { betaQuantile } from "../numeric/index.ts";
import type { Calibration } from "./calibration.ts";
import { levelSlack } from "./level.ts";
import { requireResolution } from "./resolution.ts";

/** A threshold on scores, and what it does to normal rows. */
export interface FalseAlarmThreshold {
  /** A row is flagged when its score lies above this calibration score (by more than the tolerance for ties). */
  readonly threshold: number;
  /** k = ⌊α (n + 1)⌋: the threshold is the k-th largest calibration score. */
  readonly rank: number;
  /** k / (n + 1) ≤ α: the probability that a normal row is flagged, on average over calibration sets, without ties. */
  readonly rate: number;
  /** The ends of the interval for the realized rate given this calibration set: see {@link realizedRate}. */
  readonly low: number;
  readonly high: number;
}

/**
 * The threshold that flags a normal row with probability at most `level`, in (0, 1), by the rule p ≤ level on
 * conservative conformal p-values ({@link conformalPValues}), and the rate that it attains. Ties among scores only
 * lower the rate. For exchangeable rows; the interval for i.i.d. rows.
 *
 * Throws for calibrations by groups or time, and when level < 1 / (n + 1), in the name of `who` and `flag`. O(√n).
 */
export function falseAlarmThreshold(
  calibration: Calibration,
  level: number,
  who: string,
  flag: string,
  confidence = 0.95,
): FalseAlarmThreshold {
  const { sorted, n, unit } = calibration;
  if (unit !== "rows")
    throw new InputError(
      `${who}: ${flag}: expected a model calibrated on exchangeable rows, got one by ${unit}; compare p-values with the level`,
    );
  requireResolution(n, level, who, flag);
  const rank = alarmRank(n, level);
  return { threshold: sorted[n - rank], rank, rate: rank / (n + 1), ...realizedRate(n, rank, confidence) };
}

/** k = ⌊α (n + 1)⌋, from 0 to n: with p = j / (n + 1), p ≤ α means j ≤ k. */
export function alarmRank(n: number, level: number): number {
  return Math.min(n, Math.floor(level * (n + 1) * levelSlack));
}

/**
 * Where the share of normal rows flagged lies, given one calibration set, with `confidence` over calibration sets: the
 * central interval of Beta(k, n + 1 − k), the law of the probability beyond the k-th largest of n i.i.d. scores without
 * ties (with ties it can only be lower). Source: Vovk 2012, "Conditional validity of inductive conformal predictors".
 * For 1 ≤ k ≤ n. O(√n).
 */
export function realizedRate(
  n: number,
  rank: number,
  confidence = 0.95,
): { readonly low: number; readonly high: number } {
  const side = (1 - confidence) / 2;
  return { low: betaQuantile(side, rank, n + 1 - rank), high: betaQuantile(1 - side, rank, n + 1 - rank) };
}
