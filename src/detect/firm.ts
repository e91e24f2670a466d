import { InputError } from "../errors/index.ts";
import type { Detector } from "./detector.ts";
import { learn } from "./firm/learn.ts";
import { learnImages } from "./firm/learn-images.ts";
import { options } from "./firm/options.ts";

/**
 * FIRM: an encoder that draws normal rows together and pushes made outliers apart, each from everything.
 *
 * Source: Lunardi, Banabila, Herzalla, Andreoni 2025, and the authors' code (images only: what concerns tables is re-derived
 * here). Symbols, for scaled rows x of d columns:
 * - h = E(x) ≥ 0, 128 entries (`firm/encoder.ts`), u = P(h) in training alone, z = u / ‖u‖; views 1 and 2 of a row: x +
 *   0.05 N(0, I);
 * - loss "pairwise" (`firm/losses.ts`): of N samples, a normal one is drawn to the second views of all normal ones, an
 *   outlier to its own second view alone; −(1/N) Σ_i mean_{j ∈ P(i)} ln softmax_j(z¹_i·z²_j / τ);
 * - outliers: five families of `outliers/` in equal parts; those nearer to normal rows than the median of these are made again;
 * - F: features of normal rows. `score: "cos-k"` is 1 − mean of the 5 largest cosines of h with rows of F, in [0, 2]; the
 *   others are in `firm/scores.ts`. "fused", the default: max(g₁(cos-k), g₂(distance to the nearest scaled normal row)), each
 *   on its tail scale g (`fitTail`) among watch rows. Higher is more anomalous.
 * **Watch rows**: 15 % of the normal rows (20 to 2,000) take part in nothing but scales and in a look at the encoder: how its
 * score, that of the untrained network and 1-NN tell them from 1,000 made outliers. With fewer than 60 rows there are
 * none, and scales are those of training rows, each left out. Where the encoder is not to be trusted (`firm/alarms.ts`) a
 * note says why, and "fused" is the distance alone.
 *
 * **Images** (`context.images`): the small convolutional encoder of `firm/image-encoder.ts`, two random views of each image
 * and of each outlier, three generators of outliers in equal parts (quarter turns that watch images can be told from, then
 * shuffled cells, a pasted patch, mixtures); "fused" is g₁(mahalanobis) + max(g₂, g₃) with Euclidean and cosine distance to
 * the nearest image in pixels: chosen over max(g₁(cos-k), g₂, g₃) on eight classes of MNIST and Fashion-MNIST, with a key that the
 * measurements do not use. The published network is `firm/published-network.ts`, for its shapes alone.
 *
 * **Known anomalous rows** that a caller of the library gives in the context stand in every second outlier's place, by
 * classes; the shelf has this as a detector of normal rows alone.
 *
 * **Differs from the paper:** tables; a small network; AdamW, at most 1,500 steps, and at most 30 rounds over the normal rows
 * (100 steps at least); the last parameters, where the authors' code keeps those with the best test AUROC; batch
 * normalization uses statistics of training rows and outliers; outliers are compared with 2,000 normal rows. One-hot
 * columns are not known as such: made rows take their values, but may have several.
 * **Measured** (docs/firm.md): on tables level with the nearest row, not ahead, whichever the score; "fused" is best, then
 * "mahalanobis" and "l2-k". The cosine gains by training, distances do not. On images ahead, "mahalanobis" for certain.
 * Fails where anomalies are unlike all made outliers: the cosine forgets how far out a row is.
 */
export const firm: Detector<typeof options> = {
  name: "firm",
  summary: "an encoder gathers normal rows and scatters made outliers: distance among its features",
  cost: "fit O(steps · batch · 256 · (d + 900)), less than 20 ms of processor time a step at 80 columns; a row O(256 · (d + 400) + 128 · features kept)",
  citation: {
    text: "Lunardi, Banabila, Herzalla, Andreoni (2025). Contrastive representation modeling for anomaly detection. ECAI.",
    url: "https://arxiv.org/abs/2501.05130",
  },
  holds: "rows",
  // Features of rows stand for rows; centers and covariances do not.
  holdsWith: ({ score, loss }) =>
    score === "center" || score === "mahalanobis" || (score === "logit" && loss === "bce") ? "summaries" : "rows",
  trains: true,
  options,

  async fit(rows, given, context) {
    if (given.score === "logit" && given.loss !== "bce")
      throw new InputError(
        `firm: score logit: expected loss bce, which alone trains a logit, got ${given.loss}; pass --loss bce or another --score`,
      );
    const { images } = context;
    const { scoreBy, alarmed, chunk, notes } = images
      ? await learnImages(rows, images, given, context)
      : await learn(rows, given, context);
    const remedy =
      given.score === "fused"
        ? `fused is the distance to the nearest normal ${images ? "image, in pixels," : "row"} alone`
        : "pass --score fused, or another detector";
    return {
      score: await scoreBy(given.score, given.k),
      rowsUsed: rows.rows,
      chunk,
      notes: [...notes, ...alarmed.map((why) => `the encoder is not to be trusted: ${why}; ${remedy}`)],
    };
  },
};
