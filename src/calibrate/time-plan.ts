import { InputError } from "../errors/index.ts";
import { type Key, uniform } from "../numeric/index.ts";
import type { SteppedPlan } from "./group-plan.ts";
import type { CalibrationMode } from "./split.ts";

/** Of `split`: learned from are the rows before this share of them, by time. */
const LEARNED = 0.8;
/** Rows held out at most: p-values then resolve 1 / 2001. */
const MOST = 2000;
/** Calibration scores in a model at most, about, where all blocks of the later half are scored. */
const MOST_SCORED = 10_000;
/** Where the blocks of `cross` and `auto` begin: each is scored by a detector of all rows before it. */
const BLOCKS = [0.5, 0.6, 0.7, 0.8, 0.9];

/**
 * Draws which rows calibrate the detector where rows follow in time; `times[i]` is that of row i, finite. Never is a
 * row scored by a detector that learned from a later one.
 *
 * `cross`, and `auto`, go forward through the later half in blocks of a tenth, each scored by a detector of all rows
 * before it; the final detector is fitted on all rows. So the next block of rows is to the model as these blocks were to
 * theirs. `split` learns from the earlier 80 % and calibrates on the last 20 %, without a fit more: exact where nothing
 * drifts, but where something does, new rows lie one block farther from what was learned than the calibration rows did.
 * These are thinned to 2,000: one drawn in each of 2,000 equal stretches, so that they stand for all of the block (the
 * last 2,000 rows would stand for its end, and every k-th row may fall in step with rows that take turns).
 *
 * Rows of one time stay together: cuts are moved to the nearest change of time. Throws when all times are equal, in the
 * name of `who`. O(n log n).
 */
export function timePlan(times: Float64Array, mode: CalibrationMode, key: Key, who: string): SteppedPlan {
  const n = times.length;
  const order = Uint32Array.from(times.keys()).sort((a, b) => times[a] - times[b] || a - b);
  const changes = Array.from({ length: Math.max(0, n - 1) }, (_, i) => i + 1).filter(
    (i) => times[order[i]] > times[order[i - 1]],
  );
  if (changes.length === 0)
    throw new InputError(
      `${who}: expected at least two different times, got ${n === 0 ? "none" : `${times[0]} in all ${n} rows`}; name a column that tells earlier rows from later ones`,
    );
  const nearest = (mark: number) =>
    changes.reduce((best, cut) => (Math.abs(cut - mark) < Math.abs(best - mark) ? cut : best));
  if (mode === "split") {
    const cut = nearest(LEARNED * n);
    const held = spread(order.subarray(cut), MOST, key.for("calibrate"));
    return { method: "split", train: order.slice(0, cut).sort(), calibrate: held.sort() };
  }
  const cuts = [...new Set(BLOCKS.map((share) => nearest(share * n)))];
  const share = Math.min(1, MOST_SCORED / (n - cuts[0]));
  const steps = cuts.map((cut, i) => {
    const block = order.subarray(cut, cuts[i + 1] ?? n);
    const calibrate = spread(block, Math.ceil(share * block.length), key.for("thin").for(i));
    return { train: order.slice(0, cut).sort(), calibrate: calibrate.sort() };
  });
  return { method: "cross", steps };
}

/** At most `most` of some rows, one from each of as many equal stretches. */
function spread(rows: Uint32Array, most: number, key: Key): Uint32Array {
  if (rows.length <= most) return rows.slice();
  const u = uniform(key);
  return Uint32Array.from({ length: most }, (_, i) => {
    const [from, to] = [Math.floor((i * rows.length) / most), Math.floor(((i + 1) * rows.length) / most)];
    return rows[from + Math.floor(u() * (to - from))];
  });
}
