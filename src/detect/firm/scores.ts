import {
  constant,
  divide,
  float64,
  logSumExp,
  matmul,
  mean,
  multiply,
  ndArray,
  negate,
  reshape,
  square,
  squareRoot,
  subtract,
  sum,
  swapLast,
  type Tensor,
  topK,
} from "../../graph/index.ts";
import {
  cholesky,
  columnMeans,
  covariance,
  lowerInverse,
  type Matrix,
  matrix,
  rowOf,
  takeRows,
} from "../../numeric/index.ts";
import { nearestDistances, snapTwins } from "../nearest.ts";
import { unit } from "./losses.ts";

export const FEATURE_SCORES = ["cos-k", "cos-k-norm", "center", "kde", "mahalanobis", "l2-k"] as const;
export type FeatureScore = (typeof FEATURE_SCORES)[number];

/** Cosines this near to 1 are 1: what is left of 1 − cos is rounding, which differs between machines. */
export const ALIKE = 1e-9;

/** γ of `kde` is this over the entries' variance and number. */
const BANDWIDTH = 20;

/** How much of Σ′ is a multiple of the identity. */
const SHRINKAGE = 0.1;

/**
 * Step 10: how unlike the features of normal rows a feature is: float64 rows × f → rows; higher is more anomalous. F: R ×
 * f, features of R normal rows; a bar: divided by its length, 0 where that is 0; k at most R.
 *
 * - cos-k: 1 − mean of the k largest h̄·F̄_j, in [0, 2]; 1 where h = 0;
 * - cos-k-norm: −‖h‖ · mean of the k largest, ≤ 0 for h, F ≥ 0;
 * - center: 1 − h̄·c̄, c̄ the mean of F̄ at unit length;
 * - kde: −(1/γ) ln Σ_j exp(γ h̄·F̄_j), γ = 20 / (f · variance of all entries of F̄);
 * - mahalanobis: √((h − μ)ᵀ Σ′⁻¹ (h − μ)), Σ′ = .9 Σ + .1 (tr Σ / f) I, Σ biased; ≥ 0;
 * - l2-k: mean Euclidean distance to the k nearest rows of F; ≥ 0.
 *
 * A row costs O(R f), `center` and `mahalanobis` O(f) and O(f²).
 */
export function featureScore(name: FeatureScore, features: Matrix, k: number): (h: Tensor) => Tensor {
  const most = Math.min(k, features.rows);
  switch (name) {
    case "cos-k": {
      const cosines = cosinesTo(unitRows(features));
      return (h) => snapTwins(subtract(1, mean(topK(cosines(h), most), 1)), ALIKE);
    }
    case "cos-k-norm": {
      const cosines = cosinesTo(unitRows(features));
      return (h) => negate(multiply(squareRoot(sum(square(h), 1)), mean(topK(cosines(h), most), 1)));
    }
    case "center": {
      const c = columnMeans(unitRows(features));
      const center = float64(unitRows(matrix(1, c.length, c)).values, [c.length, 1]);
      return (h) => snapTwins(subtract(1, reshape(matmul(unit(h), center), [h.shape[0]])), ALIKE);
    }
    case "kde": {
      const of = unitRows(features);
      const gamma = BANDWIDTH / (features.columns * Math.max(varianceOf(of.values), 1e-9));
      const cosines = cosinesTo(of);
      return (h) => divide(logSumExp(multiply(cosines(h), gamma), 1), -gamma);
    }
    case "mahalanobis":
      return mahalanobisTo(features);
    case "l2-k": {
      const reference = constant(ndArray("float64", [features.rows, features.columns], features.values));
      return (h) => mean(nearestDistances(h, reference, most), 1);
    }
  }
}

/**
 * cos-k of each of the R rows among the others: R × f → R expression, to be evaluated on the features themselves. Needs
 * two rows; k at most R − 1.
 */
export function cosineLeftOut(features: Matrix, k: number): (h: Tensor) => Tensor {
  const most = Math.min(k, features.rows - 1);
  const cosines = cosinesTo(unitRows(features));
  return (h) => {
    // A row is the most like itself, or has twins: the largest of all is left out.
    const others = subtract(sum(topK(cosines(h), most + 1), 1), sum(topK(cosines(h), 1), 1));
    return snapTwins(subtract(1, divide(others, most)), ALIKE);
  };
}

/** Rows at unit length; rows of 0 stay. */
export function unitRows({ rows, columns, values }: Matrix): Matrix {
  const out = matrix(rows, columns, values.slice());
  for (let i = 0; i < rows; i++) {
    const row = out.values.subarray(i * columns, (i + 1) * columns);
    const length = Math.sqrt(row.reduce((total, x) => total + x * x, 0));
    if (length > 0) row.set(row.map((x) => x / length));
  }
  return out;
}

/** h̄·F̄_j of every pair: rows × f → rows × R. */
function cosinesTo({ rows, columns, values }: Matrix): (h: Tensor) => Tensor {
  const reference = swapLast(constant(ndArray("float64", [rows, columns], values)));
  return (h) => matmul(unit(h), reference);
}

function varianceOf(values: Float64Array): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return values.reduce((total, x) => total + (x - mean) ** 2, 0) / values.length;
}

/** Of features that are all equal nothing can be said: the least variance that counts. */
const LEAST_VARIANCE = 1e-12;

function mahalanobisTo(features: Matrix): (h: Tensor) => Tensor {
  const { mu, whitening } = whitened(features);
  const whiten = float64(whitening.values, [mu.length, mu.length]);
  return (h) => squareRoot(sum(square(matmul(subtract(h, float64(mu)), swapLast(whiten))), 1));
}

/** `mahalanobis` of each of the R rows among the others, R ≥ 2. O(R f² (R + f)). */
export function mahalanobisLeftOut(features: Matrix): Float64Array {
  return Float64Array.from({ length: features.rows }, (_, i) => {
    const others = Array.from({ length: features.rows - 1 }, (_, j) => (j < i ? j : j + 1));
    const { mu, whitening } = whitened(takeRows(features, others));
    const away = rowOf(features, i).map((x, j) => x - mu[j]);
    return Math.hypot(...mu.map((_, j) => rowOf(whitening, j).reduce((total, w, l) => total + w * away[l], 0)));
  });
}

/** The mean μ of rows, and W with WᵀW = Σ′⁻¹. */
function whitened(features: Matrix): { readonly mu: Float64Array; readonly whitening: Matrix } {
  const f = features.columns;
  const { mean: mu, covariance: sigma } = covariance(features);
  const diagonal = Array.from({ length: f }, (_, j) => sigma.values[j * (f + 1)]);
  const ridge = SHRINKAGE * Math.max(diagonal.reduce((a, b) => a + b, 0) / f, LEAST_VARIANCE);
  const shrunk = sigma.values.map((s, at) => (1 - SHRINKAGE) * s + (at % (f + 1) === 0 ? ridge : 0));
  return { mu, whitening: lowerInverse(cholesky(matrix(f, f, shrunk))) };
}
