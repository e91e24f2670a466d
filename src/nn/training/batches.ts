import { type Key, permutation, uniform } from "../../numeric/index.ts";

/** The rows of the batch of a step (from 1 on): a function of the step alone, so that any step can be resumed at. */
export type Batches = (step: number) => BigInt64Array;

/**
 * Every row once before any comes again, in a new random order each time; rows that do not fill a batch are left out of
 * that round. O(rows) a round.
 */
export function shuffled(rows: number, batch: number, key: Key): Batches {
  const perRound = Math.max(1, Math.floor(rows / batch));
  let round = -1;
  let order = new BigInt64Array(0);
  return (step) => {
    const wanted = Math.floor((step - 1) / perRound);
    if (wanted !== round) {
      round = wanted;
      const drawn = permutation(key.for(round), rows);
      order = new BigInt64Array(rows);
      // A plain loop: a fortieth of the time of `from`, which is that of several short steps.
      for (let i = 0; i < rows; i++) order[i] = BigInt(drawn[i]);
    }
    const from = ((step - 1) % perRound) * batch;
    return order.subarray(from, from + batch);
  };
}

/** Rows drawn independently, with replacement. */
export function withReplacement(rows: number, batch: number, key: Key): Batches {
  return (step) => {
    const u = uniform(key.for(step));
    return BigInt64Array.from({ length: batch }, () => BigInt(Math.floor(u() * rows)));
  };
}
