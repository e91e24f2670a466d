import { type Detector, scoreRows } from "../src/detect/index.ts";
import type { Tensor } from "../src/graph/index.ts";
import type { Key, Matrix } from "../src/numeric/index.ts";
import type { Measurement } from "./results.ts";
import { candidate } from "./shelf.ts";

/** One fit, and the scores that are measured of it. */
export interface Contender {
  readonly name: string;
  /** What else tells it from others of that name. */
  readonly options: Readonly<Record<string, unknown>>;
  /** One set of scores a name, of the test rows; and what the fit says of itself. */
  measure(train: Matrix, test: Matrix, key: Key, workers?: number): Promise<Scored>;
}

export interface Scored {
  /** By the name of a score; `distance` goes by the name of its contender. */
  readonly scores: Readonly<Record<string, Float64Array>>;
  readonly facts: Measurement;
  readonly fitSeconds: number;
}

/** What was learned by one fit, of which several scores can be had. */
export interface Learned<S> {
  scoreBy(score: S): Promise<(x: Tensor) => Tensor>;
  readonly chunk: number;
  readonly facts: Measurement;
}

/** One fit with several scores, each under the name that tables call it. */
export function severalScores<S>(
  name: string,
  options: Readonly<Record<string, unknown>>,
  scores: Readonly<Record<string, S>>,
  learn: (train: Matrix, context: { readonly key: Key; readonly workers?: number }) => Promise<Learned<S>>,
): Contender {
  return {
    name,
    options,
    async measure(train, test, key, workers) {
      const began = performance.now();
      const { scoreBy, chunk, facts } = await learn(train, { key, workers });
      const fitSeconds = (performance.now() - began) / 1000;
      const found: Record<string, Float64Array> = {};
      for (const [view, score] of Object.entries(scores)) {
        const fitted = { score: await scoreBy(score), chunk, rowsUsed: train.rows, notes: [] };
        found[view] = await scoreRows(fitted, test, { workers });
      }
      return { scores: found, facts, fitSeconds };
    },
  };
}

/** A detector of the shelf, on rows as they are or made otherwise. */
export function ofShelf(
  name: string,
  detector: string,
  given: Readonly<Record<string, unknown>>,
  rowsOf: (rows: Matrix) => Matrix = (rows) => rows,
): Contender {
  const { detector: own, options } = candidate(detector, given);
  return {
    name,
    options,
    async measure(train, test, key, workers) {
      const began = performance.now();
      const fitted = await (own as Detector).fit(rowsOf(train), options, { key, workers });
      const fitSeconds = (performance.now() - began) / 1000;
      return { scores: { distance: await scoreRows(fitted, rowsOf(test), { workers }) }, facts: {}, fitSeconds };
    },
  };
}

/** Distance to the nearest training row in scaled columns. */
export function nearest(scaling: string): Contender {
  return ofShelf(`1-NN ${scaling}`, "knn", { scaling });
}
