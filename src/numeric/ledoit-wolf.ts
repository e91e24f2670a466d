import { covariance } from "./covariance.ts";
import { type Matrix, matrix } from "./matrix.ts";

/**
 * A covariance that can be inverted even with fewer rows than columns: the sample covariance S drawn toward the
 * multiple of the identity with the same trace, (1 − shrinkage) S + shrinkage · m I, by the share that minimizes the
 * expected squared error. n × d → mean d, covariance d × d, shrinkage in [0, 1].
 *
 * m = tr S / d, δ² = ‖S − m I‖² / d, β² = min(δ², Σ_i ‖x_i x_iᵀ − S‖² / (d n²)), shrinkage = β² / δ².
 * Source: Ledoit and Wolf 2004, "A well-conditioned estimator for large-dimensional covariance matrices", eq. 14 and
 * lemmas 3.2–3.5. Differs from the paper: nothing; the same as `sklearn.covariance.ledoit_wolf`.
 * When every column is constant S is zero and so is the result. Throws on no rows. O(n d²).
 */
export function ledoitWolf(m: Matrix): {
  readonly mean: Float64Array;
  readonly covariance: Matrix;
  readonly shrinkage: number;
} {
  const { mean, covariance: s } = covariance(m);
  const { rows: n, columns: d } = m;
  let trace = 0;
  for (let j = 0; j < d; j++) trace += s.values[j * d + j];
  const middle = trace / d;
  const squared = s.values.reduce((sum, x) => sum + x * x, 0);
  const spread = (squared - 2 * middle * trace + d * middle * middle) / d; // δ²
  const noise = Math.min((fourthMoment(m, mean) - squared) / (d * n), spread); // β²
  const shrinkage = noise > 0 ? noise / spread : 0;
  const shrunk = s.values.map((x) => (1 - shrinkage) * x);
  for (let j = 0; j < d; j++) shrunk[j * d + j] += shrinkage * middle;
  return { mean, covariance: matrix(d, d, shrunk), shrinkage };
}

/** The mean over the rows of the fourth power of the distance to the mean: of ‖x xᵀ‖². */
function fourthMoment(m: Matrix, mean: Float64Array): number {
  let total = 0;
  for (let i = 0; i < m.rows; i++) {
    let distance = 0;
    for (let j = 0; j < m.columns; j++) distance += (m.values[i * m.columns + j] - mean[j]) ** 2;
    total += distance * distance;
  }
  return total / m.rows;
}
