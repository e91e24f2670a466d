import { InputError } from "../errors/index.ts";
import { type Calibration, requireFinite } from "./calibration.ts";

/**
 * Prepares the scores of K whole groups of calibration rows, in any order; `groups[i]` says which group row i is of.
 * Each group counts as one, whatever its size: row i of group j weighs 1 / N_j, so that {@link conformalPValues} gives
 *
 *     p(s) = (1 + Σ_j (1 / N_j) #{i in group j: c_ij ≥ s}) / (K + 1)
 *
 * For groups that are exchangeable with each other and with a new group, the share of a new group's rows with p ≤ t is
 * at most t for every t, on average over groups and calibration sets, however the rows of a group hang together; for a
 * row drawn from the new group that is P(p ≤ t) ≤ t. Proof: with the new group's own rows in place of the 1, p can only
 * be smaller, and then it is the rank of a row drawn from a group drawn from K + 1.
 *
 * Source: Dunn, Wasserman and Ramdas 2022, "Distribution-free prediction sets for two-layer hierarchical models"; Lee,
 * Barber and Willett 2023, "Distribution-free inference with hierarchical data", section 3 (HCP). Differs from the
 * papers: p-values, not prediction sets; weights are summed to nine decimals. Throws on no rows, on scores that are not
 * finite, and on lengths that differ. O(n log n).
 *
 * @example groupCalibrationOf([1, 2, 3], ["a", "a", "b"]) // at 2: p = (1 + 1/2 + 1) / 3
 */
export function groupCalibrationOf(scores: ArrayLike<number>, groups: ArrayLike<string | number>): Calibration {
  if (groups.length !== scores.length)
    throw new InputError(`calibrate: groups: expected one a score, ${scores.length}, got ${groups.length}`);
  if (scores.length === 0)
    throw new InputError("calibrate: rows: expected at least 1 calibration row, got 0; hold out normal rows");
  requireFinite("calibrate", scores);
  const sizes = new Map<string | number, number>();
  for (let row = 0; row < groups.length; row++) sizes.set(groups[row], (sizes.get(groups[row]) ?? 0) + 1);
  const order = Uint32Array.from({ length: scores.length }, (_, row) => row).sort((a, b) => scores[a] - scores[b]);
  const atLeast = new Float64Array(order.length + 1);
  let weight = 0;
  for (let i = order.length - 1; i >= 0; i--) {
    weight += 1 / sizes.get(groups[order[i]])!;
    atLeast[i] = toNineDecimals(weight);
  }
  return Object.freeze({
    sorted: Float64Array.from(order, (row) => scores[row]),
    n: sizes.size,
    atLeast,
    unit: "groups",
  });
}

/** Sums of fractions, so that those which add up to a decimal number are that number: 1/3 + 1/3 + 1/3 = 1. */
export function toNineDecimals(x: number): number {
  return Math.round(x * 1e9) / 1e9;
}
