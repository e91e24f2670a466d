import { InputError } from "../errors/index.ts";

/** The scores of the calibration rows, ready to be compared with. */
export interface Calibration {
  /** Increasing, n long. */
  readonly sorted: Float64Array;
  readonly n: number;
}

/**
 * Prepares the scores of the calibration rows (normal rows that the detector was not fitted on), in any order.
 * Throws on none, and on scores that are not finite. O(n log n).
 */
export function calibrationOf(scores: ArrayLike<number>): Calibration {
  if (scores.length === 0)
    throw new InputError("calibrate: rows: expected at least 1 calibration row, got 0; hold out normal rows");
  requireFinite("calibrate", scores);
  return Object.freeze({ sorted: Float64Array.from(scores).sort(), n: scores.length });
}

/** Throws, in the name of `who`, on a score that is NaN or infinite. O(n). */
export function requireFinite(who: string, scores: ArrayLike<number>): void {
  for (let row = 0; row < scores.length; row++) {
    if (!Number.isFinite(scores[row]))
      throw new InputError(`${who}: scores: expected finite numbers, got ${scores[row]} in row ${row}`);
  }
}
