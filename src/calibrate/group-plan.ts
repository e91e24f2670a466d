import { InputError } from "../errors/index.ts";
import { type Key, permutation, sample } from "../numeric/index.ts";
import type { CalibrationMode } from "./split.ts";

/** Which rows a detector learns from, and which it scores for calibration; all indices increasing. */
export interface CalibrationStep {
  readonly train: Uint32Array;
  readonly calibrate: Uint32Array;
}

/** One step whose detector is the model, or several, after which the final detector is fitted on all rows. */
export type SteppedPlan =
  | ({ readonly method: "split" } & CalibrationStep)
  | { readonly method: "cross"; readonly steps: readonly CalibrationStep[] };

/** `auto` holds groups out from this many rows on, if the groups held out then resolve 1 %. */
const SPLIT_FROM = 1000;
const RESOLVES = 99;
const SHARE = 0.2;
const FOLDS = 10;
/** Groups held out at most: p-values then resolve 1 / 2001. */
const MOST_GROUPS = 2000;
/** Calibration scores in a model at most: of K groups, 10,000 / K rows each, drawn at random. */
const MOST_ROWS = 10_000;

/**
 * Draws which groups of rows calibrate the detector; `names[i]` is what the group of row i is called. No group is on
 * both sides. `split` holds out a fifth of the groups (so about a fifth of the rows), `cross` makes folds of
 * groups: 10, or as many as there are groups. `auto` holds out where 1,000 rows or more are there and a fifth of the
 * groups resolves 1 % (from 495 groups on), for p-values of fewer groups say little.
 *
 * How many groups are held out does not depend on their sizes, and which ones on chance alone: groups held out until
 * they make up a fifth of the *rows* would end with a large one too often, and would not be exchangeable with a new
 * group. Large groups are thinned to a number of rows that depends on K alone, for the same reason.
 *
 * Throws when there are fewer than 2 groups, in the name of `who`. O(n).
 */
export function groupPlan(names: readonly string[], mode: CalibrationMode, key: Key, who: string): SteppedPlan {
  const groups = groupNumbers(names);
  const rowsOf = rowsByGroup(groups);
  const count = rowsOf.length;
  if (count < 2)
    throw new InputError(
      `${who}: expected at least 2 groups, so that one can calibrate what was learned from another, got ${count}; name a column with more different values, or calibrate without --group`,
    );
  const held = Math.max(1, Math.min(MOST_GROUPS, Math.floor(count * SHARE + 1e-9)));
  if (mode === "split" || (mode === "auto" && groups.length >= SPLIT_FROM && held >= RESOLVES)) {
    const out = sample(key.for("calibrate"), count, held);
    return { method: "split", ...stepOf(groups, rowsOf, out, Math.floor(MOST_ROWS / held), key) };
  }
  const order = permutation(key.for("folds"), count);
  const folds = Math.min(count, FOLDS);
  const kept = sample(key.for("kept"), count, MOST_ROWS);
  const most = Math.floor(MOST_ROWS / kept.length);
  const scored = new Set(kept);
  const steps = Array.from({ length: folds }, (_, fold) => {
    const out = order.slice(Math.floor((fold * count) / folds), Math.floor(((fold + 1) * count) / folds));
    return stepOf(groups, rowsOf, out, most, key, scored);
  });
  return { method: "cross", steps };
}

/** Learn from the groups that are not out, calibrate on at most `most` rows of each that is (and of `scored`). */
function stepOf(
  groups: Uint32Array,
  rowsOf: readonly Uint32Array[],
  out: Uint32Array,
  most: number,
  key: Key,
  scored?: ReadonlySet<number>,
): CalibrationStep {
  const held = new Set(out);
  const calibrate = Array.from(out).flatMap((group) => {
    if (scored && !scored.has(group)) return [];
    const rows = rowsOf[group];
    return Array.from(sample(key.for("thin").for(group), rows.length, most), (place) => rows[place]);
  });
  return {
    train: Uint32Array.from(groups.keys()).filter((row) => !held.has(groups[row])),
    calibrate: Uint32Array.from(calibrate).sort(),
  };
}

/** Dense numbers for what groups are called, in the order of their first row: ["b", "a", "b"] → 0, 1, 0. */
function groupNumbers(names: readonly string[]): Uint32Array {
  const numbers = new Map<string, number>();
  return Uint32Array.from(names, (name) => {
    const found = numbers.get(name) ?? numbers.size;
    numbers.set(name, found);
    return found;
  });
}

function rowsByGroup(groups: Uint32Array): readonly Uint32Array[] {
  const rows: number[][] = [];
  groups.forEach((group, row) => {
    rows[group] ??= [];
    rows[group].push(row);
  });
  return rows.map((places) => Uint32Array.from(places));
}
