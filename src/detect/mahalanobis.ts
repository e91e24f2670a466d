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
  transpose,
} from "../graph/index.ts";
import {
  cholesky,
  columnOf,
  covariance,
  ledoitWolf,
  lowerInverse,
  type Matrix,
  matrix,
  rowOf,
} from "../numeric/index.ts";
import { fitScaling, SCALINGS, type ScalingName } from "../prepare/index.ts";
import type { Detector } from "./detector.ts";

const SHRINKAGES = ["ledoit-wolf", "none"] as const;

/** The least weight of the identity under Ledoit–Wolf: above the rounding of a Cholesky factor, far below any data. */
const LEAST_SHRINKAGE = 1e-10;

/** Differences are cut at so many root mean variances, so that their squares stay finite. */
const FAR = 1e100;

const options = z.object({
  shrinkage: z
    .enum(SHRINKAGES)
    .default("ledoit-wolf")
    .describe("How the covariance is drawn toward equal, uncorrelated columns: by the share that fits best, or not."),
  scaling: z.enum(SCALINGS).default("standard").describe("How columns are scaled before the covariance is taken."),
});

/**
 * Mahalanobis distance: a row is as anomalous as it is far from the mean, in units of the spread in its direction.
 *
 * Source: Mahalanobis 1936, with the covariance of Ledoit and Wolf 2004. Symbols:
 * - z = scaled row, m = mean of the scaled training rows, S = their covariance (divisor n), drawn toward the identity:
 *   S* = (1 − ρ) S + ρ (tr S / d) I;
 * - L lower triangular with L Lᵀ = S*, W = L⁻ᵀ;
 * - score = √((z − m)ᵀ S*⁻¹ (z − m)) = ‖(z − m) W‖ ≥ 0, the distance and not its square; higher is more anomalous.
 *   Where rows are normal and ρ is small its square has a χ² distribution with d degrees of freedom.
 *
 * **Differs from the papers:** ρ is at least 1e-10, so that S* can be inverted where the best share is 0 (two rows;
 * one column, where S* = S). Columns are scaled first, so that the identity is a sensible target.
 * More columns than rows are fine with shrinkage, and refused without it.
 * **Constant columns** have variance 0 in S and ρ tr S / d in S*, so a value that is off by v adds v² / (ρ tr S / d) to
 * the squared distance: always something, and the more, the more training rows showed one value (ρ falls as 1 / n). The
 * unit of v is the column's own, for scaling only centers what does not vary. When every column is constant S* = I.
 * The model holds means, scales (quantiles under quantile-normal) and a covariance, but no row.
 * Fails where normal rows form several clusters or a curved shape, and where anomalies in training widen S.
 */
export const mahalanobis: Detector<typeof options> = {
  name: "mahalanobis",
  summary: "distance to the mean in units of the covariance",
  cost: "fit O(n d² + d³), d² doubles; a row O(d²), 0.2 µs for 20 columns",
  citation: {
    text: "Ledoit, Wolf (2004). A well-conditioned estimator for large-dimensional covariance matrices. Journal of Multivariate Analysis 88.",
    url: "https://doi.org/10.1016/S0047-259X(03)00096-4",
  },
  holds: "summaries",
  options,

  async fit(rows, { shrinkage, scaling }, context) {
    const { rows: n, columns: d } = rows;
    // 1. Scale the training rows.
    const { forward } = fitScaling(scaling, rows);
    const scaled = matrix(n, d, await overRows(forward, rows, context));
    refuseLostColumns(rows, scaled, scaling);
    // 2. m and S*.
    checkSignal(context.signal, "mahalanobis");
    const { mean, covariance: spread, meanVariance } = estimate(scaled, shrinkage);
    // 3. W = L⁻ᵀ.
    checkSignal(context.signal, "mahalanobis");
    const whitening = transpose(float64(lowerInverse(factor(spread, n)).values, [d, d]));
    const far = FAR * Math.sqrt(meanVariance);
    return {
      score: (x: Tensor) => {
        const centered = minimum(maximum(subtract(forward(x), float64(mean)), -far), far);
        return squareRoot(sum(square(matmul(centered, whitening)), 1));
      },
      rowsUsed: n,
      chunk: Math.max(1, Math.min(8192, Math.floor(2e6 / d))),
      notes: [],
    };
  },
};

interface Estimate {
  readonly mean: Float64Array;
  readonly covariance: Matrix;
  /** tr S / d; 1 when every column is constant. */
  readonly meanVariance: number;
}

function estimate(scaled: Matrix, method: (typeof SHRINKAGES)[number]): Estimate {
  const s = method === "none" ? { ...covariance(scaled), shrinkage: 1 } : ledoitWolf(scaled);
  const d = scaled.columns;
  const trace = Array.from({ length: d }, (_, j) => rowOf(s.covariance, j)[j]).reduce((a, b) => a + b);
  if (!Number.isFinite(trace))
    throw new InputError(
      "mahalanobis: rows: expected values whose squares a double holds, got larger ones; choose another scaling",
    );
  const meanVariance = trace > 0 ? trace / d : 1;
  const missing = trace > 0 ? Math.max(0, LEAST_SHRINKAGE - s.shrinkage) : 1;
  const diagonal = (at: number) => at % (d + 1) === 0;
  const values = s.covariance.values.map((value, at) => (diagonal(at) ? value + missing * meanVariance : value));
  return { mean: s.mean, covariance: matrix(d, d, values), meanVariance };
}

/** L, or why there is none. */
function factor(spread: Matrix, n: number): Matrix {
  try {
    return cholesky(spread);
  } catch (cause) {
    throw new InputError(
      `mahalanobis: shrinkage: expected a covariance that can be inverted, got a singular one of ${n} rows and ${spread.columns} columns; use shrinkage "ledoit-wolf", or ignore constant and repeated columns`,
      { cause },
    );
  }
}

/** Squares that overflow or digits that run out may leave nothing of a column: then it cannot be learned from. */
function refuseLostColumns(rows: Matrix, scaled: Matrix, scaling: ScalingName): void {
  for (let j = 0; j < rows.columns; j++) {
    const [before, after] = [columnOf(rows, j), columnOf(scaled, j)];
    const lost = before.some((x) => x !== before[0]) && !after.some((z) => z !== after[0]);
    if (lost || !after.every(Number.isFinite))
      throw new InputError(
        `mahalanobis: column ${j}: expected values that scaling "${scaling}" keeps apart and finite, got ${extent(before)}; choose another scaling or ignore the column`,
      );
  }
}

/** "−1e300 to 2", for messages. */
function extent(column: Float64Array): string {
  const smallest = column.reduce((a, b) => Math.min(a, b));
  return `${smallest} to ${column.reduce((a, b) => Math.max(a, b))}`;
}
