import { EigenvalueDecomposition, Matrix as MlMatrix } from "ml-matrix";
import { InputError } from "../errors/index.ts";
import { type Matrix, matrix } from "./matrix.ts";

/** A share of the largest entry that changes no eigenvalue in float64, whatever it is of. */
const NEGLIGIBLE = 1e-60;

/**
 * The eigenvalues of a symmetric matrix, largest first, and their orthonormal eigenvectors as columns in that order,
 * d × d → d and d × d (by `ml-matrix`: Householder and implicit QL). A vector's sign is arbitrary.
 *
 * Throws when `a` is not square, not symmetric or not finite. O(d³).
 */
export function symmetricEigen(a: Matrix): { readonly values: Float64Array; readonly vectors: Matrix } {
  const d = a.rows;
  if (a.columns !== d)
    throw new InputError(`eigenvalues: matrix: expected as many rows as columns, got ${a.rows} × ${a.columns}`);
  const largest = a.values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  if (!Number.isFinite(largest)) throw new InputError(`eigenvalues: matrix: expected finite numbers, got ${largest}`);
  // As shares of the largest entry, whose squares neither overflow nor vanish; QL fails on shares whose squares would.
  const shares = largest > 0 ? a.values.map((x) => (Math.abs(x) > NEGLIGIBLE * largest ? x / largest : 0)) : a.values;
  const source = MlMatrix.from1DArray(d, d, shares);
  if (!source.isSymmetric()) throw new InputError("eigenvalues: matrix: expected it symmetric, got one that is not");
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(source, { assumeSymmetric: true });
  const order = realEigenvalues.map((_, i) => i).sort((i, j) => realEigenvalues[j] - realEigenvalues[i]);
  const vectors = matrix(d, d);
  for (let i = 0; i < d; i++)
    for (let j = 0; j < d; j++) vectors.values[i * d + j] = eigenvectorMatrix.get(i, order[j]);
  return { values: Float64Array.from(order, (i) => realEigenvalues[i] * largest), vectors };
}
