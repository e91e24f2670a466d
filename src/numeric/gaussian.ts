import { cholesky, lowerInverse } from "./cholesky.ts";
import { type Matrix, matrix } from "./matrix.ts";

export const COVARIANCES = ["full", "diagonal"] as const;
export type CovarianceShape = (typeof COVARIANCES)[number];

/** A normal distribution, as it is evaluated: log density(x) = logPeak − ½ ‖W (x − mean)‖². */
export interface Gaussian {
  /** d. */
  readonly mean: Float64Array;
  /** W: the inverse of the covariance's lower Cholesky factor, d × d; its diagonal alone, 1 × d, where that is all. */
  readonly whitening: Matrix;
  /** log of the density at the mean. */
  readonly logPeak: number;
}

/** Rows that weigh less than this add nothing to a covariance that doubles hold. */
const NO_WEIGHT = 1e-30;

/**
 * The normal distribution of weighted rows, n × d and n weights ≥ 0: mean Σ w x / W, covariance
 * Σ w (x − mean)(x − mean)ᵀ / W + ridge · I with W = `total`, by default Σ w; its diagonal alone for shape "diagonal".
 *
 * Throws where the covariance cannot be inverted, which a ridge above some 1e-10 of the variances prevents.
 * O(n d² + d³), diagonal O(n d).
 */
export function fitGaussian(
  rows: Matrix,
  weights: Float64Array,
  {
    shape,
    ridge,
    total = weights.reduce((a, b) => a + b, 0),
  }: { shape: CovarianceShape; ridge: number; total?: number },
): Gaussian {
  const { columns: d, values } = rows;
  const mean = new Float64Array(d);
  for (let i = 0; i < rows.rows; i++) for (let j = 0; j < d; j++) mean[j] += weights[i] * values[i * d + j];
  for (let j = 0; j < d; j++) mean[j] /= total;
  const width = shape === "full" ? d : 1;
  const sums = new Float64Array(d * width);
  const centered = new Float64Array(d);
  for (let i = 0; i < rows.rows; i++) {
    const weight = weights[i];
    if (weight < NO_WEIGHT) continue;
    for (let j = 0; j < d; j++) centered[j] = values[i * d + j] - mean[j];
    if (shape === "full") addProducts(sums, centered, weight);
    else for (let j = 0; j < d; j++) sums[j] += weight * centered[j] * centered[j];
  }
  for (let at = 0; at < sums.length; at++) sums[at] /= total;
  if (shape === "full") for (let j = 0; j < d; j++) sums[j * d + j] += ridge;
  const whitening =
    shape === "full"
      ? lowerInverse(cholesky(matrix(d, d, mirrored(sums, d))))
      : matrix(
          1,
          d,
          sums.map((variance) => 1 / Math.sqrt(variance + ridge)),
        );
  let logPeak = (-d / 2) * Math.log(2 * Math.PI);
  for (let j = 0; j < d; j++) logPeak += Math.log(whitening.values[shape === "full" ? j * d + j : j]);
  return { mean, whitening, logPeak };
}

/** The log density of every row, n × d → n. O(n d²), diagonal O(n d). */
export function logDensities(rows: Matrix, { mean, whitening, logPeak }: Gaussian): Float64Array {
  const { columns: d, values } = rows;
  const [w, full] = [whitening.values, whitening.rows > 1];
  const centered = new Float64Array(d);
  return Float64Array.from({ length: rows.rows }, (_, i) => {
    for (let j = 0; j < d; j++) centered[j] = values[i * d + j] - mean[j];
    let squared = 0;
    for (let j = 0; j < d; j++) {
      let z = 0;
      if (full) for (let k = 0, at = j * d; k <= j; k++) z += w[at + k] * centered[k];
      else z = w[j] * centered[j];
      squared += z * z;
    }
    return logPeak - squared / 2;
  });
}

/** Adds weight · c cᵀ to the lower triangle of a d × d matrix. */
function addProducts(sums: Float64Array, c: Float64Array, weight: number): void {
  const d = c.length;
  for (let j = 0; j < d; j++) {
    const x = weight * c[j];
    for (let k = 0, at = j * d; k <= j; k++) sums[at + k] += x * c[k];
  }
}

/** A lower triangle, copied above the diagonal. */
function mirrored(lower: Float64Array, d: number): Float64Array {
  return lower.map((value, at) => {
    const [j, k] = [Math.floor(at / d), at % d];
    return k > j ? lower[k * d + j] : value;
  });
}
