import { learn } from "../src/detect/outlier-synthesis/learn.ts";
import { options as synthesisOptions } from "../src/detect/outlier-synthesis/options.ts";
import type { ScoreName } from "../src/detect/outlier-synthesis/scores.ts";
import type { ImageShape } from "../src/numeric/index.ts";
import { parseOptions } from "../src/options/index.ts";
import { type Contender, nearest, severalScores } from "./contender.ts";

type Given = Readonly<Record<string, unknown>>;

/** All scores of the method, by the names that tables call them. */
export const ALL: Readonly<Record<string, ScoreName>> = {
  classifier: "classifier",
  fused: "fused",
  "1-NN on h": "nearest",
  "mean r": "residual",
  "ρ(μ)": "radius",
  "−ELBO": "elbo",
};

/**
 * The method with some options given, on standardized columns unless told otherwise, or on images of a shape, and the scores
 * to measure.
 */
export function synthesis(
  name: string,
  given: Given,
  scores: Readonly<Record<string, ScoreName>> = { classifier: "classifier" },
  images?: ImageShape,
): Contender {
  const options = images ? given : { scaling: "standard", ...given };
  return severalScores(name, options, scores, async (train, context) => {
    const found = await learn(
      train,
      parseOptions("outlier-synthesis", synthesisOptions, options),
      { ...context, ...(images && { images }) },
      Object.values(scores),
    );
    return { ...found, facts: { notes: found.notes.join("; ") } };
  });
}

/** The method and its controls, 1-NN on the same columns first: all others are compared with it. */
export function synthesisControls(given: Given): readonly Contender[] {
  const own = (name: string, more: Given, scores?: Readonly<Record<string, ScoreName>>) =>
    synthesis(name, { ...given, ...more }, scores);
  return [
    nearest(String(given["scaling"] ?? "standard")),
    own("outlier-synthesis", {}, ALL),
    own("untrained level 1", { steps: 0 }, { classifier: "classifier", "1-NN on h": "nearest" }),
    own("six families, scaled columns, no levels", { levels: "variational", negatives: "six" }),
  ];
}

/** What of the method earns its keep. */
export function synthesisAblations(given: Given): readonly Contender[] {
  const own = (name: string, more: Given) => synthesis(name, { ...given, ...more });
  return [
    own("level 1 alone", { levels: "autoencoders" }),
    own("VAE alone", { levels: "variational" }),
    own("outskirts", { negatives: "outskirts" }),
    own("subspace", { negatives: "subspace" }),
    own("partial-box", { negatives: "partial-box" }),
    own("six families", { negatives: "six" }),
    own("half outskirts, half partial-box", { negatives: "half-partial-box" }),
    own("classifier on scaled columns", { input: "prepared" }),
    own("classifier on μ(x)", { input: "means" }),
    own("no rejection", { reject: 0 }),
    own("rejection at κ_90", { reject: 0.9 }),
    own("without e_i", { residual: "dropped" }),
    own("without r_m", { features: "codes" }),
    own("q = .5", { quantile: 0.5 }),
    own("q = .99", { quantile: 0.99 }),
    own("a = 0", { push: 0 }),
    own("q = .5, a = 0", { quantile: 0.5, push: 0 }),
    own("s = 1", { spread: "1" }),
    own("s = 3", { spread: "3" }),
    own("radius by neighbors", { radius: "neighbors" }),
    own("route through columns", { route: "input" }),
    own("J = 1", { members: 1 }),
  ];
}
