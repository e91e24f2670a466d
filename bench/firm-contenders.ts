import { type Learned, learn } from "../src/detect/firm/learn.ts";
import { options as firmOptions, type ScoreName } from "../src/detect/firm/options.ts";
import { parseOptions } from "../src/options/index.ts";
import { type Contender, nearest, severalScores } from "./contender.ts";

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
  const scores = Object.fromEntries(views.map(([view, score, k]) => [view, { score, k }]));
  return severalScores(name, given, scores, async (train, context) => {
    const found = await learned(train, parseOptions("firm", firmOptions, given), context);
    const { health, alarmed, notes, chunk } = found;
    return {
      scoreBy: ({ score, k }) => found.scoreBy(score, k),
      chunk,
      facts: { ...health, alarms: alarmed.join("; "), notes: notes.join("; ") },
    };
  });
}

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
