import { adam, cosine, filled, heNormal, type Initializer, type Layer, mlp, withReplacement } from "../../nn/index.ts";

/** Hidden units of every network here. */
export const HIDDEN = 128;

/** Rows in a step; all of them where there are fewer. */
export const BATCH = 256;

/** N(0, 2 / inputs), for weights inputs × outputs. */
const byInputs: Initializer = (key, shape) => heNormal(shape[0])(key, shape);

/** A perceptron with ReLU between its layers, first weights N(0, 2 / inputs), first offsets 0. */
export function perceptron(...sizes: readonly number[]): Layer {
  return mlp(sizes, { initialize: byInputs, initializeOffset: filled(0) });
}

/**
 * How every network here is trained: AdamW, 1e-3 along half a cosine to 0, decay 1e-4, rows drawn with replacement. On one
 * thread: steps of a millisecond or two gain little by a second, and lose much where other work takes the core away.
 */
export const HOW_TO_TRAIN = {
  optimizer: adam({ decay: 1e-4 }),
  schedule: cosine(1e-3),
  batches: withReplacement,
  batch: BATCH,
  threads: 1,
} as const;

/** Rounds over the rows that are enough: few rows would be learned by heart. */
const MOST_ROUNDS = 500;

/** Steps of levels 1 and 2: those asked for, but no more than 500 rounds over the rows. */
export function stepsFor(steps: number, rows: number, batch: number = BATCH): number {
  return Math.min(steps, MOST_ROUNDS * Math.ceil(rows / batch));
}
