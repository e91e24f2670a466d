import { type Key, permutation, uniform } from "../numeric/index.ts";

/** Which rows go to the window of a toy: 1 for each of them, 0 for those of its reference. */
export type Deal = Uint8Array;

/** The deal of the data itself: the first rows are the window. */
export function ownDeal(rows: number, windowRows: number): Deal {
  return new Uint8Array(rows).fill(1, 0, windowRows);
}

/**
 * A deal at random: as many rows as the window has, without replacement; with groups (a number a row) whole groups, as
 * many as the window has. A group that stands on both sides counts as one on each. O(n).
 */
export function randomDeal(rows: number, windowRows: number, blocks: Blocks | null, key: Key): Deal {
  const out = new Uint8Array(rows);
  if (blocks === null) {
    for (const row of permutation(key, rows).subarray(0, windowRows)) out[row] = 1;
    return out;
  }
  const chosen = new Uint8Array(blocks.count);
  for (const block of permutation(key, blocks.count).subarray(0, blocks.ofWindow)) chosen[block] = 1;
  return out.map((_, row) => chosen[blocks.places[row]]);
}

/** Rows that are dealt together. */
export interface Blocks {
  readonly count: number;
  /** How many are the window's. */
  readonly ofWindow: number;
  /** The block of each row. */
  readonly places: Uint32Array;
}

/** The blocks of groups by name: those of the window (its rows come first), then those of the reference. */
export function blocksOf(groups: readonly string[], windowRows: number): Blocks {
  const known = new Map<string, number>();
  const places = Uint32Array.from(groups, (group, row) => {
    const name = `${row < windowRows ? "window" : "reference"} ${group}`;
    const place = known.get(name) ?? known.size;
    known.set(name, place);
    return place;
  });
  return { count: known.size, ofWindow: new Set(places.subarray(0, windowRows)).size, places };
}

/** A draw from the Poisson law of a mean > 0: arrivals at unit rate until the mean is passed. O(mean). */
export function poisson(key: Key, mean: number): number {
  const u = uniform(key);
  let count = -1;
  for (let time = 0; time <= mean; count++) time -= Math.log(1 - u());
  return count;
}
