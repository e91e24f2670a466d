import type { Detector } from "./detector.ts";
import { learn } from "./outlier-synthesis/learn.ts";
import { options } from "./outlier-synthesis/options.ts";

/**
 * Zero-shot outlier synthesis: a classifier tells normal rows from outliers that the outskirts of their latent space make.
 *
 * Re-derived from the abstract of Ramírez Rivera, Khan, Bekkouch, Sheikh 2022; every constant is ours, and figures are not
 * comparable with theirs. Symbols, for scaled rows x of d columns:
 * - level 1 (`outlier-synthesis/description.ts`): three autoencoders of widths d/4, d/2, d; h(x), p entries, holds their codes and log-residuals;
 * - level 2 (`latent.ts`): a variational autoencoder of h; row i has the latent distribution N(μ_i, diag(σ_i²)), D decodes;
 * - outskirts (`outskirts.ts`, `source.ts`): rows with ρ(μ_i) ≥ T_q generate z = μ̄ + (1 + a) (μ_i + s σ_i ⊙ ε − μ̄), and D(z) + h_i − D(μ_i);
 *   what lies among normal features is refused (κ: distance to the 5th nearest, at least its median);
 * - negatives (`negatives.ts`): half outskirts, half six families made in scaled columns (`outliers/families.ts`);
 * - classifier (`classifier.ts`): perceptrons f_j; score = mean_j f_j(h(x)), a logit; higher is more anomalous.
 *
 * `score: "fused"`, the default, is the larger of that and the distance to the nearest normal row, both on the tail scale of `auto`.
 * At the optimum f = ln(density of negatives / density of normal rows): which negatives are made is all that it knows.
 *
 * **Images** (`context.images`): two convolutional autoencoders, codes of 64 and of 32 entries, the latter with noise .2
 * (`image-autoencoders.ts`), pixels in [0, 1] as they are, 128 images a step, `imageSteps` steps. All outliers are made among
 * features, none as an image: half outskirts, a quarter `subspace`, a quarter `extrapolate`; `ladder`, `shuffle`, `box` and
 * `partial-box` only where `negatives` names them. `scaling` is not looked at; `input: "prepared"`, `route: "input"` and
 * `levels: "variational"` are refused. "fused" takes the Euclidean and the cosine distance to the nearest image in pixels.
 *
 * **Differs from the paper:** all that its abstract does not say is ours. Few rows are not learned by heart: both levels take 500 rounds over
 * them at most, with a batch of all rows where there are fewer than 256, and there are 20 made rows for each, or 6,000. The
 * members of the classifier train in one graph and stop together. Scaled values are cut at ± 1e3.
 * **Constant columns** are left out. A table without another column is refused.
 * **Measured** (docs/synthesis.md): the classifier is level with the nearest row on ADBench and behind on OddBench; "fused" is level
 * on both; neither is ahead for certain.
 * **Fails** where real anomalies lie between normal rows, where normal rows at the edge are common (the outermost normal rows
 * generate outliers near themselves), and where a column tells made rows at a glance.
 */
export const outlierSynthesis: Detector<typeof options> = {
  name: "outlier-synthesis",
  summary: "a classifier learns normal rows from outliers that the outskirts of their latent space make",
  cost: "fit O(steps · 256 · 128 · (d + p)) and 40,000 made rows against 2,000 kept ones, some 10 s for 5,000 rows of 80 columns; a row O(128 · (d + p) + d · rows kept); of images O(imageSteps · 128 · 3,000 H W), an image O((3,000 + images kept) H W)",
  citation: {
    text: "Ramírez Rivera, Khan, Bekkouch, Sheikh (2022). Zero-shot outlier synthesis and hierarchical feature distillation. IEEE TNNLS 33(1).",
    url: "https://arxiv.org/abs/2010.05119",
  },
  holds: "rows",
  holdsWith: ({ score }) => (score === "fused" || score === "nearest" ? "rows" : "summaries"),
  trains: true,
  options,

  async fit(rows, given, context) {
    const { scoreBy, ...learned } = await learn(rows, given, context, [given.score]);
    return { ...learned, score: await scoreBy(given.score) };
  },
};
