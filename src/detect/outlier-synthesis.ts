import { z } from "zod";
import { InputError } from "../errors/index.ts";
import { float64, matmul, overRows, type Tensor } from "../graph/index.ts";
import { columnOf, type Matrix, matrix, sample, takeRows } from "../numeric/index.ts";
import { SCALINGS } from "../prepare/index.ts";
import type { Detector } from "./detector.ts";
import { networkInput, trainingNote } from "./network-input.ts";
import { fitClassifier } from "./outlier-synthesis/classifier.ts";
import { NEGATIVES, type NegativesName } from "./outlier-synthesis/negatives.ts";
import { notesOf } from "./outlier-synthesis/notes.ts";
import { judge, SCORES } from "./outlier-synthesis/scores.ts";
import { holdOutFifth, LEVELS, staged, synthesisOf } from "./outlier-synthesis/synthesis.ts";
import { columnsToSnap } from "./outliers/index.ts";

const steps = (meaning: string, most: number) => z.int().min(0).max(1_000_000).default(most).describe(meaning);

const options = z.object({
  negatives: z
    .enum(Object.keys(NEGATIVES) as [NegativesName, ...NegativesName[]])
    .default("half")
    .describe("What normal rows are told from: half outskirts and half six families, or one of them alone."),
  levels: z
    .enum(LEVELS)
    .default("both")
    .describe("Autoencoders and the latent space above them, or one of the two alone."),
  features: z
    .enum(["full", "codes"])
    .default("full")
    .describe("Whether the residuals of the autoencoders stand beside their codes."),
  input: z
    .enum(["features", "prepared", "means"])
    .default("features")
    .describe("What the classifier sees: features, scaled columns, or latent means."),
  score: z
    .enum(SCORES)
    .default("classifier")
    .describe("What a row is judged by; all but the first two are controls without a classifier."),
  scaling: z.enum(SCALINGS).default("signed-log").describe("How columns are scaled before everything else."),
  quantile: z.number().min(0).max(1).default(0.9).describe("Normal rows beyond this quantile of the radius generate."),
  push: z.number().min(0).max(10).default(1).describe("The most by which a latent is pushed outwards, relative."),
  spread: z
    .enum(["varied", "1", "3"])
    .default("varied")
    .describe("By how many deviations latents are scattered: 1, 2 or 3 at random, or always as many."),
  radius: z
    .enum(["ellipsoid", "neighbors"])
    .default("ellipsoid")
    .describe("How far out a latent is: by one ellipsoid, or by its neighbors, for several clusters."),
  route: z
    .enum(["features", "input"])
    .default("features")
    .describe("Whether made features go through the decoder and the encoder once more."),
  residual: z
    .enum(["kept", "dropped"])
    .default("kept")
    .describe("Whether what the latent space loses of a generating row is added to what it makes."),
  reject: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe("Made rows nearer to normal ones than this quantile of normal distances are refused; 0: none."),
  members: z.int().min(1).max(20).default(3).describe("Perceptrons of the classifier."),
  pool: z.int().min(6000).max(1_000_000).default(20_000).describe("Made rows that the classifier learns from."),
  steps: steps("Steps of the autoencoders; 0 leaves them untrained, a control.", 1000),
  latentSteps: steps("Steps of the latent space.", 1500),
  classifierSteps: steps("The most steps of the classifier.", 1500),
  maxRows: z.int().min(2).max(1_000_000).default(20_000).describe("Normal rows to learn from, drawn by key."),
});

/** Fresh negatives that training stops by. */
const WATCHED = 2000;
const SPREADS = { varied: [1, 2, 3], "1": [1], "3": [3] } as const;

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
 * `score: "fused"` is the larger of that and the distance to the nearest normal row, both on the tail scale of `auto`.
 * At the optimum f = ln(density of negatives / density of normal rows): which negatives are made is all that it knows.
 *
 * **Differs from the paper:** all that its abstract does not say is ours. Few rows are not learned by heart: both levels take 500 rounds over
 * them at most, with a batch of all rows where there are fewer than 256, and there are 20 made rows for each, or 6,000. The
 * members of the classifier train in one graph and stop together. Scaled values are cut at ± 1e3.
 * **Constant columns** are left out. A table without another column is refused.
 * **Fails** where real anomalies lie between normal rows, where normal rows at the edge are common (the outermost normal rows
 * generate outliers near themselves), and where a column tells made rows at a glance.
 */
export const outlierSynthesis: Detector<typeof options> = {
  name: "outlier-synthesis",
  summary: "a classifier learns normal rows from outliers that the outskirts of their latent space make",
  cost: "fit O(steps · 256 · 128 · (d + p)) and 40,000 made rows against 2,000 kept ones, some 10 s for 5,000 rows of 80 columns; a row O(128 · (d + p))",
  citation: {
    text: "Ramírez Rivera, Khan, Bekkouch, Sheikh (2022). Zero-shot outlier synthesis and hierarchical feature distillation. IEEE TNNLS 33(1).",
    url: "https://arxiv.org/abs/2010.05119",
  },
  holds: "summaries",
  holdsWith: ({ score }) => (score === "fused" || score === "nearest" ? "rows" : "summaries"),
  trains: true,
  options,

  async fit(rows, given, context) {
    const { scaling, input, score, members, maxRows, pool } = given;
    const { key, signal, workers } = context;
    // 1. Scale; leave out what does not vary; hold out a fifth.
    const kept = takeRows(rows, sample(key.for("rows"), rows.rows, maxRows));
    const { varying, chosen } = varyingColumns(kept);
    const { forward, scaled } = await networkInput(scaling, chosen, context);
    const x = (raw: Tensor) => forward(varying(raw));
    const { fit, held } = holdOutFifth(scaled, key.for("held-out"));
    const classifies = score === "classifier" || score === "fused";
    // 2. to 7. Features, latent space, outskirts.
    using synthesis = await synthesisOf(
      fit,
      held,
      columnsToSnap(chosen),
      {
        ...given,
        negatives: classifies ? given.negatives : "six",
        latent: input === "means" || score === "radius" || score === "elbo",
        outskirts: { ...given, spreads: SPREADS[given.spread] },
      },
      context,
    );
    const { description, latent } = synthesis;
    // 8. The classifier, on features, scaled columns or latent means.
    const seen = (h: Tensor, x: Tensor): Tensor =>
      input === "prepared" ? x : input === "means" ? latent!.means(h) : h;
    const over = async (of: Matrix, expression: (x: Tensor) => Tensor) => {
      const values = await overRows(expression, of, { signal, workers });
      return matrix(of.rows, values.length / of.rows, values);
    };
    const inputOf = ({ h, x }: { readonly h: Matrix; readonly x: Matrix }) =>
      input === "prepared" ? x : input === "means" ? over(h, latent!.means) : h;
    const negatives = classifies ? await synthesis.negatives(poolSize(pool, fit.rows), key.for("pool")) : null;
    const fresh = classifies && held ? await synthesis.negatives(WATCHED, key.for("fresh")) : null;
    const classifier =
      negatives &&
      (await fitClassifier(
        await inputOf({ h: synthesis.h, x: fit }),
        await inputOf(negatives),
        fresh && held && { normal: await inputOf({ h: synthesis.heldH!, x: held }), negatives: await inputOf(fresh) },
        { members, steps: given.classifierSteps },
        staged(context, "train the classifier"),
      ));
    const logit = classifier && ((x: Tensor) => classifier.logit(seen(description.features(x), x)));
    const scored = await judge(score, { logit, synthesis, fit, held }, context);
    return {
      score: (raw) => scored(x(raw)),
      rowsUsed: kept.rows,
      chunk: 4096,
      notes: [
        ...description.notes,
        ...(latent?.notes ?? []),
        ...(classifier ? [`classifier: ${trainingNote(classifier.trained)}`] : []),
        ...(await notesOf(synthesis, { negatives, fresh, classifier, held, fit, inputOf }, context)),
        ...(kept.rows < rows.rows ? [`${kept.rows} of ${rows.rows} rows learned from, drawn by key`] : []),
      ],
    };
  },
};

/** Made rows to learn from: those asked for, but no more than 20 for each row, or 6,000. */
function poolSize(asked: number, rows: number): number {
  return Math.min(asked, Math.max(6000, 20 * rows));
}

/** The columns that vary: as an expression that picks them, and of the rows given. */
function varyingColumns(rows: Matrix): { readonly varying: (x: Tensor) => Tensor; readonly chosen: Matrix } {
  const vary = Array.from({ length: rows.columns }, (_, j) => j).filter((j) => {
    const column = columnOf(rows, j);
    return column.some((value) => value !== column[0]);
  });
  if (vary.length === 0)
    throw new InputError(
      "outlier-synthesis: rows: expected a column that varies, got none; choose another detector, such as --detector knn",
    );
  if (vary.length === rows.columns) return { varying: (x) => x, chosen: rows };
  const picks = new Float64Array(rows.columns * vary.length);
  vary.forEach((j, at) => {
    picks[j * vary.length + at] = 1;
  });
  const chosen = matrix(rows.rows, vary.length);
  for (let i = 0; i < rows.rows; i++)
    vary.forEach((j, at) => {
      chosen.values[i * vary.length + at] = rows.values[i * rows.columns + j];
    });
  return { varying: (x) => matmul(x, float64(picks, [rows.columns, vary.length])), chosen };
}
