import { z } from "zod";
import { checkSignal, InputError } from "../errors/index.ts";
import {
  float64,
  matmul,
  maximum,
  minimum,
  overRows,
  square,
  squareRoot,
  subtract,
  sum,
  type Tensor,
} from "../graph/index.ts";
import { columnOf, covariance, fromColumns, type Matrix, matrix, symmetricEigen } from "../numeric/index.ts";
import { fitScaling, SCALINGS } from "../prepare/index.ts";
import type { Detector } from "./detector.ts";
import { snapTwins } from "./nearest.ts";

const SCORES = ["weighted", "residual"] as const;

/** Directions whose variance is a smaller share of the largest one's are those in which rows do not vary. */
const NO_VARIANCE = 1e-8;

/** Differences are cut at so many root mean variances, so that their squares stay finite. */
const FAR = 1e100;

/** Scores below this many root mean variances are rounding, and count as 0. */
const ROUNDING = 1e-9;

const options = z.object({
  score: z
    .enum(SCORES)
    .default("weighted")
    .describe("The distance outside the main components: each direction in units of its own spread, or plain."),
  explained: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe("The share of the variance that the main components explain, which are left out of the score."),
  scaling: z.enum(SCALINGS).default("standard").describe("How columns are scaled before components are taken."),
});

/**
 * Principal components: a row is as anomalous as it leaves the directions in which normal rows vary most.
 *
 * Source: Shyu, Chen, Sarinnapakorn, Chang 2003, the sum over the minor components; Jackson and Mudholkar
 * 1979, Q, for `score: "residual"`. Symbols, for scaled rows z of d columns:
 * - m = mean, S = covariance (divisor n) of the training rows; λ_1 ≥ … ≥ λ_d its eigenvalues, v_j its eigenvectors;
 * - q = the fewest main components with λ_1 + … + λ_q ≥ `explained` · tr S;
 * - y_j = v_j · (z − m);
 * - score = √(Σ_{j>q} y_j² / λ_j), or √(Σ_{j>q} y_j²), the distance to the space of the main components: the roots of
 *   what the papers sum. ≥ 0; higher is more anomalous.
 *
 * **Differs from the papers:**
 * - At least one direction in which rows vary stays in the score: q ≤ r − 1, r the number of λ_j > 1e-8 λ_1. So with
 *   one column, or `explained: 1`, there is still something to see. With `explained: 0` all directions are in it:
 *   "weighted" is then the Mahalanobis distance, "residual" the distance to the mean.
 * - "weighted": q is given by `explained`; Shyu et al. take minor components by λ_j < 0.2, and flag a row by a second
 *   sum too, over components that explain half of the variance, which are left out here. λ_j is at least 1e-8 λ_1, not dropped.
 * - Means and variances are not trimmed of outliers: training rows are normal.
 * - Scores below 1e-9 √(tr S / d) are rounding, and 0.
 *
 * **Constant columns** vary in no direction, so a value that is off by v adds v² / (1e-8 λ_1) to the squared score, or
 * v² to the plain one, in the column's own unit. When every column is constant the score is the distance to the row.
 * The model holds means, scales (quantiles under quantile-normal) and eigenvectors, but no row.
 * Fails where a row is extreme but keeps all correlations: along the main components it may go as far as it likes
 * (mahalanobis sees it). Fails with several clusters, and where variance is shared evenly, so that "main" means little.
 * On 136 OddBench sets (4,000 training rows at most, key 0) AUROC is 4.8 below that of 1-NN, [2.2, 7.3] at 95 % over
 * sets, and mahalanobis is ahead too.
 */
export const pca: Detector<typeof options> = {
  name: "pca",
  summary: "distance outside the directions in which normal rows vary most",
  cost: "fit O(n d² + d³), some d² doubles; a row O(d²), 0.2 µs for 20 columns",
  citation: {
    text: "Shyu, Chen, Sarinnapakorn, Chang (2003). A novel anomaly detection scheme based on principal component classifier. Workshop on Foundations and New Directions in Data Mining, IEEE International Conference on Data Mining.",
    url: "https://apps.dtic.mil/sti/pdfs/ADA465712.pdf",
  },
  holds: "summaries",
  options,

  async fit(rows, { score, explained, scaling }, context) {
    const { rows: n, columns: d } = rows;
    // 1. Scale the training rows.
    const { forward } = fitScaling(scaling, rows);
    const scaled = matrix(n, d, await overRows(forward, rows, context));
    // 2. m, λ and v.
    checkSignal(context.signal, "pca");
    const { mean, covariance: spread } = covariance(scaled);
    if (!spread.values.every(Number.isFinite))
      throw new InputError(
        "pca: rows: expected values whose squares a double holds, got larger ones; choose another scaling",
      );
    const { values, vectors } = symmetricEigen(spread);
    const trace = values.reduce((a, b) => a + b, 0);
    const unit = trace > 0 ? Math.sqrt(trace / d) : 1;
    // 3. The directions of the score, each divided by √λ where it is weighted.
    const q = mainComponents(values, explained);
    const least = values[0] > 0 ? NO_VARIANCE * values[0] : 1;
    const scale = (j: number) => (score === "weighted" ? 1 / Math.sqrt(Math.max(values[j], least)) : 1);
    const outside = float64(scaledColumns(vectors, q, scale).values, [d, d - q]);
    const [far, rounding] = [FAR * unit, ROUNDING * (score === "weighted" ? 1 : unit)];
    return {
      score: (x: Tensor) => {
        const centered = minimum(maximum(subtract(forward(x), float64(mean)), -far), far);
        return snapTwins(squareRoot(sum(square(matmul(centered, outside)), 1)), rounding);
      },
      rowsUsed: n,
      chunk: Math.max(1, Math.min(8192, Math.floor(2e6 / d))),
      notes: [`${q} of ${d} components are main and left out of the score`],
    };
  },
};

/** q, from eigenvalues in decreasing order. */
function mainComponents(values: Float64Array, explained: number): number {
  const trace = values.reduce((a, b) => a + b, 0);
  const rank = values.filter((value) => value > NO_VARIANCE * values[0]).length;
  let [q, share] = [0, 0];
  while (q < rank - 1 && share < explained * trace) share += values[q++];
  return q;
}

/** The columns of a matrix from `first` on, each multiplied by its scale. */
function scaledColumns(m: Matrix, first: number, scale: (column: number) => number): Matrix {
  const columns = Array.from({ length: m.columns - first }, (_, at) => {
    const factor = scale(first + at);
    return columnOf(m, first + at).map((x) => factor * x);
  });
  return fromColumns(m.rows, columns);
}
