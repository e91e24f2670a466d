import { z } from "zod";
import { checkSignal } from "../errors/index.ts";
import { add, float64, matmul, maximum, minimum, multiply, overRows, reshape, type Tensor } from "../graph/index.ts";
import { columnOf, fromColumns, logisticRegression, type Matrix, matrix, sample, takeRows } from "../numeric/index.ts";
import { parseOptions } from "../options/index.ts";
import { fitScaling, SCALINGS } from "../prepare/index.ts";
import { auto } from "./auto/auto.ts";
import { fitTail } from "./auto/tail.ts";
import { crossFit } from "./cross-fit.ts";
import type { Detector, FitContext, Fitted } from "./detector.ts";
import { isolationForest } from "./isolation-forest.ts";
import { mahalanobis } from "./mahalanobis.ts";
import { nearestNeighbors } from "./nearest-neighbors.ts";
import { requireKnown } from "./require-known.ts";

const BASES = {
  auto: auto as Detector,
  knn: nearestNeighbors as Detector,
  "isolation-forest": isolationForest as Detector,
  mahalanobis: mahalanobis as Detector,
} as const;

const options = z.object({
  base: z
    .enum(["auto", "knn", "isolation-forest", "mahalanobis", "none"])
    .default("knn")
    .describe("The detector whose label-free score is a column too, with its defaults; or none."),
  scaling: z.enum(SCALINGS).default("signed-log").describe("How columns are scaled before they are weighed."),
  ridge: z
    .number()
    .min(1e-6)
    .max(1e6)
    .default(0.1)
    .describe("How strongly weights are drawn toward the label-free score alone; with m known rows 1 / √m of it."),
  maxRows: z
    .int()
    .min(2)
    .max(1_000_000)
    .default(5000)
    .describe("Normal rows, and known anomalous ones, that weights are learned from, drawn by key."),
});

/** c: scaled columns are cut at so many deviations, so that no row is weighed by one wild value alone. */
const FAR = 3;

/**
 * Ridge logistic regression on known anomalous rows: the first thing to try with a few labels, and the least that more
 * elaborate methods must beat.
 *
 * Source: le Cessie and van Houwelingen 1992. Symbols:
 * - x = row, z(x) = its d columns, scaled by what normal rows teach and cut at ± c; n normal rows, m known anomalous ones;
 * - s(x) = label-free score (`base`) and g(x) = −log of the share of normal rows that score higher (`fitTail`);
 * - score(x) = α + β·z(x) + v g(x), the log-odds of anomalous against normal if both were equally frequent; finite,
 *   higher is more anomalous. α, β and v ≥ 0 minimize
 *   1/(2n) Σ_normal log(1 + e^score) + 1/(2m) Σ_known log(1 + e^−score) + λ/2 (‖β‖² + (v − 1)²), λ = ridge / √m.
 *
 * **Differs from the paper:** either side weighs one half, so that few anomalies count; v is drawn toward 1 and not toward 0:
 * without labels the score would be the ranking of the base, and each label moves it. v is never negative (where it would
 * be, it is 0): what no one has seen does not become normal by labels.
 * **Held out:** g of a normal row is that of bases which did not see its fold (`crossFit`): on rows that it stores, a base
 * of distances says 0. Folds of at most `maxRows` rows; the base in the model sees all rows.
 * The score is linear in z and g, so that each column's part in it is exact. What the labels teach is cut with z; g is not.
 *
 * **Measured** by `npm run bench:few-labels` (keys 0, 1, 2; protocol there), AUROC / average precision × 100 with 5, 10 and
 * 20 known rows. On the 5 tables on which scaling, base, ridge and cut were chosen: 94.5 / 84.3, 95.0 / 86.6, 95.5 / 87.2; its
 * base alone 92.0 / 75.0; without a base 90.8 / 81.1, 92.0 / 83.2, 93.1 / 84.7. On 12 others: 88.6 / 76.0, 90.2 / 78.3,
 * 91.6 / 80.2; base alone 82.7 / 64.0; without a base 86.7 / 73.0, 88.6 / 75.9, 90.6 / 78.3. With 5 labels its average
 * precision is below that of the base on two of the 17, on one (`fault`) by 14.5.
 * Choosing the ridge by cross-validation was tried and gained nothing: with 5 labels it is a guess.
 * Fails where known anomalies lie on both sides of the normal rows in a column (β cannot say so, g can), and on kinds of
 * anomalies that lie opposite to the known ones: β then pulls them down, by at most c ‖β‖₁.
 */
export const logistic: Detector<typeof options> = {
  name: "logistic",
  summary: "log-odds of being like the known anomalous rows, from columns and a label-free score",
  cost: "fit 6 times that of the base, and O((n + m) d) a step; a row as the base, and O(d)",
  citation: {
    text: "le Cessie, van Houwelingen (1992). Ridge estimators in logistic regression. Applied Statistics 41.",
    url: "https://doi.org/10.2307/2347628",
  },
  holds: "rows",
  // Beside weights and the base, a model holds label-free scores of normal rows.
  holdsWith: ({ base }) => (base === "none" ? "summaries" : BASES[base].holds),
  labels: "required",
  options,

  async fit(rows, { base: name, scaling, ridge, maxRows }, context) {
    const { key, signal } = context;
    const known = requireKnown("logistic", context.known, rows.columns).rows;
    const places = sample(key.for("normal rows"), rows.rows, maxRows);
    const normal = takeRows(rows, places);
    const anomalous = takeRows(known, sample(key.for("known rows"), known.rows, maxRows));
    // 1. z.
    const { forward } = fitScaling(scaling, rows);
    const columns = (x: Tensor) => minimum(maximum(forward(x), -FAR), FAR);
    const z = [await overRows(columns, normal, { signal }), await overRows(columns, anomalous, { signal })];
    // 2. g, of rows that the base did not see.
    const free = name === "none" ? null : await labelFree(BASES[name], rows, places, anomalous, context);
    // 3. α, β and v.
    checkSignal(signal, "logistic");
    const learned = await weigh(
      [matrix(normal.rows, rows.columns, z[0]), matrix(anomalous.rows, rows.columns, z[1])],
      free && [free.normal, free.anomalous],
      ridge / Math.sqrt(anomalous.rows),
      signal,
    );
    const beta = float64(learned.beta, [rows.columns, 1]);
    return {
      score: (x) => {
        const linear = add(reshape(matmul(columns(x), beta), [x.shape[0]]), learned.alpha);
        return free && learned.v > 0 ? add(linear, multiply(free.g(x), learned.v)) : linear;
      },
      rowsUsed: free?.fitted.rowsUsed ?? normal.rows,
      chunk: free?.fitted.chunk ?? Math.max(1, Math.min(8192, Math.floor(2e6 / rows.columns))),
      notes: notesOf(rows.rows, normal.rows, known.rows, anomalous.rows, learned.v, free?.fitted.notes ?? null),
    };
  },
};

interface LabelFree {
  readonly fitted: Fitted;
  /** g as an expression, and its values on the normal rows, each out of its fold, and on the known anomalous ones. */
  readonly g: (x: Tensor) => Tensor;
  readonly normal: Float64Array;
  readonly anomalous: Float64Array;
}

async function labelFree(
  base: Detector,
  rows: Matrix,
  places: Uint32Array,
  anomalous: Matrix,
  context: FitContext,
): Promise<LabelFree> {
  const { signal, workers } = context;
  const { fitted, scores } = await crossFit(base, parseOptions(base.name, base.options, {}), rows, places, context);
  const tail = fitTail(scores);
  const g = (x: Tensor) => tail(fitted.score(x));
  const ofScores = (s: Tensor) => tail(reshape(s, [s.shape[0]]));
  return {
    fitted,
    g,
    normal: await overRows(ofScores, matrix(scores.length, 1, scores), { signal, workers: 0 }),
    anomalous: await overRows(g, anomalous, { chunk: fitted.chunk, signal, workers }),
  };
}

interface Weights {
  readonly alpha: number;
  readonly beta: Float64Array;
  readonly v: number;
}

/** α, β and v from z and g of both sides, normal first. */
async function weigh(
  z: readonly [Matrix, Matrix],
  g: readonly [Float64Array, Float64Array] | null,
  ridge: number,
  signal: AbortSignal | undefined,
): Promise<Weights> {
  const [n, m] = [z[0].rows, z[1].rows];
  const d = z[0].columns;
  const columns = Array.from({ length: d }, (_, j) => joined(columnOf(z[0], j), columnOf(z[1], j)));
  const fit = async (withG: boolean) => {
    const features = fromColumns(n + m, withG && g ? [...columns, joined(g[0], g[1])] : columns);
    const prior = new Float64Array(features.columns);
    if (withG) prior[d] = 1;
    const { coefficients, intercept } = await logisticRegression(
      {
        features,
        labels: Uint8Array.from({ length: n + m }, (_, i) => (i < n ? 0 : 1)),
        weights: Float64Array.from({ length: n + m }, (_, i) => (i < n ? 0.5 / n : 0.5 / m)),
      },
      { ridge, prior, pause: () => yieldTo(signal) },
    );
    return { alpha: intercept, beta: coefficients.slice(0, d), v: withG ? coefficients[d] : 0 };
  };
  const free = await fit(g !== null);
  // The problem is convex: where the best v is negative, the best of those that are not is 0.
  return free.v >= 0 ? free : await fit(false);
}

function joined(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}

/** Lets other work have its turn, and stops when the signal fired. */
async function yieldTo(signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
  checkSignal(signal, "logistic");
}

function notesOf(
  rows: number,
  normal: number,
  known: number,
  anomalous: number,
  v: number,
  base: readonly string[] | null,
): readonly string[] {
  const notes = [...(base ?? [])];
  if (normal < rows) notes.push(`weights learned from ${normal} of ${rows} normal rows, drawn by key`);
  if (anomalous < known) notes.push(`weights learned from ${anomalous} of ${known} known anomalous rows, drawn by key`);
  if (base !== null && v === 0)
    notes.push("the label-free score has no weight: known anomalous rows are not far from normal ones");
  return notes;
}
