import { z } from "zod";
import { InputError } from "../errors/index.ts";
import { maximum, type Tensor } from "../graph/index.ts";
import { type Matrix, percent, sample, takeRows } from "../numeric/index.ts";
import { SCALINGS } from "../prepare/index.ts";
import { fitTail } from "./auto/tail.ts";
import type { Detector, Known } from "./detector.ts";
import { alarms, type Health, short } from "./firm/alarms.ts";
import { NORMALIZATIONS } from "./firm/encoder.ts";
import { examine } from "./firm/examine.ts";
import { fitEncoder, HEADS, LOSSES, STATISTICS, VIEWS } from "./firm/fit-encoder.ts";
import { TEMPERATURE } from "./firm/losses.ts";
import { cosineLeftOut, FEATURE_SCORES, featureScore } from "./firm/scores.ts";
import type { Mix } from "./firm/training-mix.ts";
import { nearestLeftOut, nearestTo, setApart, valuesOf } from "./firm/watch.ts";
import { rowsAtOnce } from "./nearest.ts";
import { precisionFor } from "./nearest-precision.ts";
import { networkInput, trainingNote } from "./network-input.ts";
import { columnsToSnap, type Family, nearnessTo, type Outliers, outlierSource } from "./outliers/index.ts";

/** Which families outliers come from, in equal parts: near normal rows, far from them, or both. */
const OUTLIERS = {
  mixed: ["subspace", "ladder", "shuffle", "extrapolate", "box"],
  near: ["subspace", "ladder", "shuffle"],
  far: ["extrapolate", "box"],
} as const satisfies Readonly<Record<string, readonly Family[]>>;

const options = z.object({
  score: z
    .enum([...FEATURE_SCORES, "fused", "logit"])
    .default("cos-k")
    .describe(
      "What a row is judged by: the cosine to the nearest features of normal rows, another distance among features, or fused, the larger of cosine and distance in columns, which ranks best; logit is for loss bce.",
    ),
  k: z.int().min(1).max(1000).default(5).describe("How many nearest features to look at."),
  loss: z
    .enum(LOSSES)
    .default("pairwise")
    .describe("FIRM as trained or as released (concat); the others are what it is compared with."),
  outliers: z
    .enum(["mixed", "near", "far"])
    .default("mixed")
    .describe("Which outliers are made: near normal rows, far from them, or both."),
  tooNear: z
    .enum(["redraw", "keep"])
    .default("redraw")
    .describe("What becomes of made outliers that lie among normal rows."),
  outliersPerNormal: z.number().min(0.01).max(100).default(3).describe("Outliers in a step for each normal row."),
  batch: z.int().min(2).max(100_000).default(256).describe("Normal rows and outliers in a step, of two views each."),
  temperature: z.number().min(0.01).max(10).default(TEMPERATURE).describe("What similarities are divided by, τ."),
  views: z
    .enum(VIEWS)
    .default("noise")
    .describe("What makes two views of a row: noise, or a tenth of its entries from other normal rows."),
  noise: z.number().min(0).max(10).default(0.05).describe("Standard deviation of the noise of views."),
  head: z.enum(HEADS).default("linear").describe("How the projection that is trained and dropped ends."),
  normalization: z
    .enum(NORMALIZATIONS)
    .default("batch")
    .describe("Normalization in the network; layer is a control that fails."),
  statistics: z
    .enum(STATISTICS)
    .default("mix")
    .describe("What fixes batch normalization: a pass over training rows and outliers, or the last batches."),
  scaling: z.enum(SCALINGS).default("signed-log").describe("How columns are scaled before the network."),
  known: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe("How often a known anomalous row stands in an outlier's place, where the library is given some."),
  maxRows: z
    .int()
    .min(2)
    .max(1_000_000)
    .default(10_000)
    .describe("Normal rows that distances are taken to, drawn by key; at most 5,000 of their features."),
  steps: z
    .int()
    .min(0)
    .max(10_000_000)
    .default(1500)
    .describe("Training steps, fewer where rows are few (rounds); 0 leaves the network untrained, a control."),
  rounds: z
    .int()
    .min(1)
    .max(10_000_000)
    .default(30)
    .describe("Training ends after so many rounds over the normal rows, but not before 100 steps."),
  learningRate: z.number().min(0).max(10).default(1e-3).describe("The largest rate at which parameters move."),
  decay: z.number().min(0).max(100).default(1e-4).describe("Weight decay, decoupled from the gradient."),
});
type Options = z.output<typeof options>;

const FEWEST_STEPS = 100;
/** Rows whose features are kept. */
const MOST_FEATURES = 5000;
/** Rows that outliers are compared with, and with fewer training rows than that none are refused. */
const [COMPARED, FEWEST_TO_COMPARE] = [4000, 30];
/** Outliers that the encoder is tried on. */
const TRIED = 1000;
/** Rows that the encoder takes in one call. */
const CHUNK = 2048;

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
 *   others are in `firm/scores.ts`. "fused", recommended: max(g₁(cos-k), g₂(distance to the nearest scaled normal row)), each
 *   on its tail scale g (`fitTail`) among watch rows. Higher is more anomalous.
 * **Watch rows**: 15 % of the normal rows (20 to 2,000) take part in nothing but scales and in a look at the encoder: how its
 * score, that of the untrained network and 1-NN tell them from 1,000 made outliers. With fewer than 60 rows there are
 * none, and scales are those of training rows, each left out. Where the encoder is not to be trusted (`firm/alarms.ts`) a
 * note says why, and "fused" is the distance alone.
 *
 * **Differs from the paper:** tables; a small network; AdamW, at most 1,500 steps, and at most 30 rounds over the normal rows
 * (100 steps at least); the last parameters, where the authors' code keeps those with the best test AUROC; batch
 * normalization uses statistics of training rows and outliers. One-hot columns are not known as such: made rows take their
 * values, but may have several.
 * Fails where anomalies are unlike all made outliers: the cosine forgets how far out a row is.
 */
export const firm: Detector<typeof options> = {
  name: "firm",
  summary: "an encoder gathers normal rows and scatters made outliers: distance among its features",
  cost: "fit O(steps · batch · 256 · (d + 900)), some 20 s for 5,000 rows of 80 columns on 2 cores; a row O(256 · (d + 400) + 128 · features kept)",
  citation: {
    text: "Lunardi, Banabila, Herzalla, Andreoni (2025). Contrastive representation modeling for anomaly detection. ECAI.",
    url: "https://arxiv.org/abs/2501.05130",
  },
  holds: "rows",
  // Features of rows stand for rows; centers and covariances do not.
  holdsWith: ({ score }) => (score === "center" || score === "mahalanobis" || score === "logit" ? "summaries" : "rows"),
  trains: true,
  options,

  async fit(rows, given, context) {
    if (given.score === "logit" && given.loss !== "bce")
      throw new InputError(
        `firm: score logit: expected loss bce, which alone trains a logit, got ${given.loss}; pass --loss bce or another --score`,
      );
    const { key } = context;
    // 1. Watch rows are set apart; scales and all else come from the others.
    const { training, watch } = setApart(rows, key.for("watch"));
    const { forward, scaled } = await networkInput(given.scaling, training, context);
    const inScale = async (of: Matrix) => valuesOf(forward, of, context, CHUNK);
    const watching = watch && (await inScale(watch));
    // 2. Outliers (steps 4 and 5).
    using nearness =
      given.tooNear === "redraw" && training.rows >= FEWEST_TO_COMPARE
        ? await nearnessTo(scaled, { maxRows: COMPARED, key: key.for("near"), signal: context.signal })
        : null;
    const families = OUTLIERS[given.outliers];
    const source = outlierSource(scaled, {
      weights: Object.fromEntries(families.map((family) => [family, 1])),
      snapped: columnsToSnap(training),
      ...(nearness && { accept: nearness.outside }),
      key: key.for("families"),
      signal: context.signal,
    });
    // 3. The encoder (steps 1 to 3, 6 and 7).
    const known = knownRows(context.known, rows.columns, given.known);
    const outliers = Math.round((given.batch * given.outliersPerNormal) / (1 + given.outliersPerNormal));
    const mix: Mix = {
      normal: scaled,
      source,
      known: known && { ...known, rows: await inScale(known.rows) },
      outliers: Math.min(given.batch - 1, Math.max(1, outliers)),
      normals: given.batch - Math.min(given.batch - 1, Math.max(1, outliers)),
    };
    const steps = stepsFor(given, training.rows, mix.normals);
    const fitted = await fitEncoder(mix, families, { ...given, steps }, context);
    // 4. Features of normal rows, and how far to trust them (step 11).
    const featured = takeRows(scaled, sample(key.for("features"), scaled.rows, Math.min(MOST_FEATURES, given.maxRows)));
    const features = await valuesOf(fitted.encode, featured, context, CHUNK);
    const reference = takeRows(scaled, sample(key.for("rows"), scaled.rows, given.maxRows));
    const nearest = nearestTo(reference, await precisionFor(reference, 1, context));
    const chunk = Math.min(CHUNK, rowsAtOnce(Math.max(reference.rows, features.rows)));
    const made = await source.draw(TRIED, key.for("tried"));
    const scoreOf = (of: Matrix) => {
      if (given.score === "logit") return fitted.logit!;
      return featureScore(given.score === "fused" ? "cos-k" : given.score, of, given.k);
    };
    const health = await examine(
      { watching, made: made.rows, featured, scoreOf, nearest, chunk },
      fitted,
      features,
      context,
    );
    const alarmed = alarms(health);
    // 5. The score (step 10).
    const own = (x: Tensor) => scoreOf(features)(fitted.encode(x));
    const among = async (score: (x: Tensor) => Tensor, of: Matrix) =>
      (await valuesOf(score, of, context, chunk)).values;
    const fused = async () => {
      const g2 = fitTail(watching ? await among(nearest, watching) : await nearestLeftOut(reference, context));
      if (alarmed.length > 0) return (x: Tensor) => g2(nearest(x));
      const leftOut = cosineLeftOut(features, given.k);
      const g1 = fitTail(
        watching ? await among(own, watching) : await among((x) => leftOut(fitted.encode(x)), featured),
      );
      return (x: Tensor) => maximum(g1(own(x)), g2(nearest(x)));
    };
    const scored = given.score === "fused" ? await fused() : own;
    return {
      score: (x) => scored(forward(x)),
      rowsUsed: rows.rows,
      chunk,
      notes: [
        trainingNote(fitted.trained),
        madeNote(made),
        watchNote(health, watch?.rows ?? 0),
        ...alarmed.map(
          (why) =>
            `the encoder is not to be trusted: ${why}${given.score === "fused" ? "; fused is the distance to the nearest normal row alone" : "; pass --score fused, or another detector"}`,
        ),
        ...(reference.rows < training.rows
          ? [`distances are taken to ${reference.rows} of ${training.rows} rows, drawn by key`]
          : []),
      ],
    };
  },
};

/** Steps to take: those asked for, fewer where rows are few. */
function stepsFor({ steps, rounds }: Options, rows: number, normals: number): number {
  return Math.min(steps, Math.max(FEWEST_STEPS, rounds * Math.ceil(rows / normals)));
}

/** The known anomalous rows; null where there are none, or none are wanted. */
function knownRows(known: Known | undefined, columns: number, share: number): Mix["known"] {
  if (known === undefined || known.rows.rows === 0 || share === 0) return null;
  if (known.rows.columns === columns) return { ...known, share };
  throw new InputError(
    `firm: known anomalous rows: expected ${columns} columns as the normal rows have, got ${known.rows.columns}`,
  );
}

function madeNote({ acceptance, filled }: Outliers): string {
  const shares = acceptance.map(({ family, made, accepted }) => `${family} ${percent(accepted / Math.max(1, made))}`);
  const rest = filled > 0 ? `; ${filled} of ${TRIED} were taken unseen` : "";
  return `made outliers that do not lie among normal rows: ${shares.join(", ")}${rest}`;
}

function watchNote({ watch, nearest, untrained }: Health, rows: number): string {
  if (watch === null || nearest === null)
    return "too few rows to set some apart: scales are those of training rows, left out one by one";
  const before = untrained === null ? "" : `, by the untrained network ${short(untrained)}`;
  return `${rows} rows set apart are told from made outliers with AUROC ${short(watch)}${before}, by the nearest row ${short(nearest)}`;
}
