import { InputError } from "../errors/index.ts";

/** What is taken to be exchangeable: rows, whole groups of rows, or nothing (rows that follow in time). */
export type CalibrationUnit = "rows" | "groups" | "time";

/** The scores of the calibration rows, ready to be compared with. */
export interface Calibration {
  /** Increasing: a score a row, or each different score once where rows weigh unequally. */
  readonly sorted: Float64Array;
  /** How many rows calibrate, or groups where each group counts as one: p-values resolve 1 / (n + 1). */
  readonly n: number;
  /** The weight of the scores from place i on, one longer than `sorted`: n − i where each row counts as one. */
  readonly atLeast: Float64Array;
  readonly unit: CalibrationUnit;
}

/**
 * Prepares the scores of the calibration rows (normal rows that the detector was not fitted on), in any order.
 * Throws on none, and on scores that are not finite. O(n log n).
 */
export function calibrationOf(scores: ArrayLike<number>, unit: "rows" | "time" = "rows"): Calibration {
  if (scores.length === 0)
    throw new InputError("calibrate: rows: expected at least 1 calibration row, got 0; hold out normal rows");
  requireFinite("calibrate", scores);
  const n = scores.length;
  const atLeast = Float64Array.from({ length: n + 1 }, (_, i) => n - i);
  return Object.freeze({ sorted: Float64Array.from(scores).sort(), n, atLeast, unit });
}

/** Throws, in the name of `who`, on a score that is NaN or infinite. O(n). */
export function requireFinite(who: string, scores: ArrayLike<number>): void {
  for (let row = 0; row < scores.length; row++) {
    if (!Number.isFinite(scores[row]))
      throw new InputError(`${who}: scores: expected finite numbers, got ${scores[row]} in row ${row}`);
  }
}
