import { InputError } from "../errors/index.ts";
import { type Matrix, matrix } from "./matrix.ts";

/**
 * The mean of each column and the covariance of the columns, n × d → d and d × d, with divisor n (maximum likelihood,
 * as scikit-learn's `empirical_covariance`; times n / (n − 1) it is unbiased). Two passes: center, then multiply, so
 * that a large mean costs no digits. Symmetric to the last bit.
 *
 * Throws on no rows. O(n d²) time, O(d²) memory.
 */
export function covariance(m: Matrix): { readonly mean: Float64Array; readonly covariance: Matrix } {
  const mean = columnMeans(m);
  const { rows, columns: d, values } = m;
  const sums = new Float64Array(d * d);
  const row = new Float64Array(d);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < d; j++) row[j] = values[i * d + j] - mean[j];
    for (let j = 0; j < d; j++) {
      const x = row[j];
      if (x !== 0) for (let k = j, at = j * d; k < d; k++) sums[at + k] += x * row[k];
    }
  }
  for (let j = 0; j < d; j++) {
    for (let k = j; k < d; k++) {
      sums[j * d + k] /= rows;
      sums[k * d + j] = sums[j * d + k];
    }
  }
  return { mean, covariance: matrix(d, d, sums) };
}

/** The mean of each column, n × d → d; a constant column has exactly its value as mean. Throws on no rows. O(n d). */
export function columnMeans(m: Matrix): Float64Array {
  const { rows, columns: d, values } = m;
  if (rows === 0) throw new InputError("covariance: rows: expected at least 1, got 0");
  // Means of the differences to the first row: exact for constant columns, and no digits lost to a large offset.
  const mean = new Float64Array(d);
  for (let i = 1; i < rows; i++) for (let j = 0; j < d; j++) mean[j] += values[i * d + j] - values[j];
  for (let j = 0; j < d; j++) mean[j] = values[j] + mean[j] / rows;
  return mean;
}
