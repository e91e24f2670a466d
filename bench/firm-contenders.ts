import { type Learned, learn } from "../src/detect/firm/learn.ts";
import { options as firmOptions, type ScoreName } from "../src/detect/firm/options.ts";
import { type Detector, scoreRows } from "../src/detect/index.ts";
import type { Key, Matrix } from "../src/numeric/index.ts";
import { parseOptions } from "../src/options/index.ts";
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
  readonly scores: Readonly<Record<string, Float64Array>>;
  readonly facts: Readonly<Record<string, number | string | null>>;
  readonly fitSeconds: number;
}

export type View = readonly [name: string, score: ScoreName, k: number];

export const COSINE: View = ["cos-5", "cos-k", 5];
export const DISTANCE: View = ["l2-1", "l2-k", 1];
export const FUSED: View = ["fused", "fused", 5];
const ALL: readonly View[] = [
  COSINE,
  ["cos-1", "cos-k", 1],
  ["cos-5-norm", "cos-k-norm", 5],
  ["center", "center", 5],
  ["kde", "kde", 5],
  ["mahalanobis", "mahalanobis", 5],
  DISTANCE,
  FUSED,
];

/** FIRM with some options given, and the scores to measure; it learns from rows of a table, or as told. */
export function firm(
  name: string,
  given: Readonly<Record<string, unknown>>,
  views: readonly View[],
  learned: (...given: Parameters<typeof learn>) => Promise<Learned> = learn,
): Contender {
  return {
    name,
    options: given,
    async measure(train, test, key, workers) {
      const began = performance.now();
      const found = await learned(train, parseOptions("firm", firmOptions, given), { key, workers });
      const fitSeconds = (performance.now() - began) / 1000;
      const scores: Record<string, Float64Array> = {};
      for (const [view, score, k] of views)
        scores[view] = await scoreRows(
          { score: await found.scoreBy(score, k), chunk: found.chunk, rowsUsed: train.rows, notes: [] },
          test,
          { workers },
        );
      const { health, alarmed, notes } = found;
      return { scores, facts: { ...health, alarms: alarmed.join("; "), notes: notes.join("; ") }, fitSeconds };
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

/** Distance to the nearest training row, on columns scaled like those of FIRM, or standardized. */
const nearest = (scaling: string) => ofShelf(`1-NN ${scaling}`, "knn", { scaling });

/** The method beside its controls: the same network, negatives and steps with other losses, and none. */
export function controls(given: Readonly<Record<string, unknown>>): readonly Contender[] {
  const scaling = String(given["scaling"] ?? "signed-log");
  const own = (name: string, more: Readonly<Record<string, unknown>>, views: readonly View[] = [COSINE, DISTANCE]) =>
    firm(name, { ...given, ...more }, views);
  return [
    nearest(scaling),
    ...(scaling === "standard" ? [] : [nearest("standard")]),
    own("firm", {}, ALL),
    own("firm, untrained", { steps: 0 }, [COSINE, DISTANCE, FUSED]),
    own("bce", { loss: "bce" }, [["logit", "logit", 1], COSINE, DISTANCE]),
    own("nt-xent", { loss: "nt-xent" }),
    own("supcon-binary", { loss: "supcon-binary" }),
    own("supcon-multi", { loss: "supcon-multi" }),
  ];
}

/** What of the method earns its keep. */
export function ablations(given: Readonly<Record<string, unknown>>): readonly Contender[] {
  const own = (name: string, more: Readonly<Record<string, unknown>>) =>
    firm(name, { ...given, ...more }, [COSINE, DISTANCE, FUSED]);
  return [
    own("concat", { loss: "concat" }),
    own("nt-xent-2n", { loss: "nt-xent-2n" }),
    own("1 outlier a normal row", { outliersPerNormal: 1 }),
    own("near outliers", { outliers: "near" }),
    own("far outliers", { outliers: "far" }),
    own("none made again", { tooNear: "keep" }),
    own("all 1,500 steps", { rounds: 10_000_000 }),
    own("views resampled", { views: "resample" }),
    own("noise .02", { noise: 0.02 }),
    own("noise .2", { noise: 0.2 }),
    own("τ .1", { temperature: 0.1 }),
    own("head bn-last", { head: "bn-last" }),
    own("statistics of the last batch", { statistics: "last" }),
    own("layer normalization", { normalization: "layer" }),
  ];
}
