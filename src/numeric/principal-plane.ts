import { covariance } from "./covariance.ts";
import type { Matrix } from "./matrix.ts";
import { symmetricEigen } from "./symmetric-eigen.ts";

/** The two directions in which rows vary most. */
export interface PrincipalPlane {
  readonly center: Float64Array;
  /** Orthonormal, d numbers each, the largest entry positive; zeros where rows vary in fewer directions. */
  readonly axes: readonly [Float64Array, Float64Array];
  /** The share of the variance along each. */
  readonly shares: readonly [number, number];
}

/** The plane of the first two principal components (Pearson 1901), n × d. Throws on no rows. O(n d² + d³). */
export function principalPlane(m: Matrix): PrincipalPlane {
  const { mean, covariance: spread } = covariance(m);
  const { values, vectors } = symmetricEigen(spread);
  const total = values.reduce((sum, value) => sum + Math.max(0, value), 0);
  // What is left of a direction without variance is rounding.
  const share = (k: number) => (k < values.length && values[k] > 1e-12 * total ? values[k] / total : 0);
  const axis = (k: number) => {
    const out = new Float64Array(m.columns);
    if (share(k) === 0) return out;
    for (let j = 0; j < out.length; j++) out[j] = vectors.values[j * vectors.columns + k];
    const largest = out.reduce((most, x) => (Math.abs(x) > Math.abs(most) + 1e-9 ? x : most), 0);
    return largest < 0 ? out.map((x) => -x) : out;
  };
  return { center: mean, axes: [axis(0), axis(1)], shares: [share(0), share(1)] };
}

/** Where rows stand in a plane: n × d → n numbers along each axis. O(n d). */
export function placesIn({ center, axes }: PrincipalPlane, m: Matrix): readonly [Float64Array, Float64Array] {
  const along = (axis: Float64Array) =>
    Float64Array.from({ length: m.rows }, (_, i) => {
      let sum = 0;
      for (let j = 0; j < m.columns; j++) sum += (m.values[i * m.columns + j] - center[j]) * axis[j];
      return sum;
    });
  return [along(axes[0]), along(axes[1])];
}
