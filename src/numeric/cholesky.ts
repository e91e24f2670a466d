import { CholeskyDecomposition, Matrix as MlMatrix } from "ml-matrix";
import { InputError } from "../errors/index.ts";
import { type Matrix, matrix } from "./matrix.ts";

/**
 * The lower triangular L with L Lᵀ = `a`, for a symmetric positive definite `a`, d × d → d × d (by `ml-matrix`).
 *
 * Throws when `a` is not square, not symmetric or not positive definite to working accuracy. O(d³ / 3).
 */
export function cholesky(a: Matrix): Matrix {
  const d = a.rows;
  if (a.columns !== d)
    throw new InputError(`cholesky: matrix: expected as many rows as columns, got ${a.rows} × ${a.columns}`);
  const source = MlMatrix.from1DArray(d, d, a.values);
  if (!source.isSymmetric()) throw new InputError("cholesky: matrix: expected it symmetric, got one that is not");
  const factor = new CholeskyDecomposition(source);
  if (!factor.isPositiveDefinite())
    throw new InputError(
      "cholesky: matrix: expected it positive definite, got one that is singular or indefinite; shrink the covariance (ledoitWolf), or drop constant and repeated columns",
    );
  return matrix(d, d, Float64Array.from(factor.lowerTriangularMatrix.to1DArray()));
}

/**
 * The inverse of a lower triangular matrix, lower triangular too, d × d → d × d, by forward substitution. With
 * L from {@link cholesky} of a covariance, ‖L⁻¹ (x − mean)‖² is the squared Mahalanobis distance.
 *
 * Throws on a zero on the diagonal; what stands above the diagonal is not read. O(d³ / 6).
 */
export function lowerInverse(l: Matrix): Matrix {
  const d = l.rows;
  const out = matrix(d, d);
  for (let i = 0; i < d; i++) {
    const pivot = l.values[i * d + i];
    if (pivot === 0)
      throw new InputError(`triangular inverse: matrix: expected no zero on the diagonal, got one in row ${i}`);
    for (let j = 0; j < i; j++) {
      let sum = 0;
      for (let k = j; k < i; k++) sum += l.values[i * d + k] * out.values[k * d + j];
      out.values[i * d + j] = -sum / pivot;
    }
    out.values[i * d + i] = 1 / pivot;
  }
  return out;
}
