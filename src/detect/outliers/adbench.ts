import {
  columnOf,
  type Gaussian,
  type Key,
  lowerInverse,
  type Matrix,
  matrix,
  normal,
  rowOf,
  uniform,
} from "../../numeric/index.ts";
import { smallestBic } from "../gaussian-mixture.ts";
import { extremesOf } from "./columns.ts";
import type { Generator } from "./generator.ts";

/** The generators of the ADBench benchmark (Han et al. 2022): for tests and ablations, no defaults. */
export const ADBENCH_FAMILIES = ["adbench-local", "adbench-cluster", "adbench-global", "adbench-dependency"] as const;
export type AdbenchFamily = (typeof ADBENCH_FAMILIES)[number];

/** Covariances of local anomalies, and means of clustered ones, are multiplied by this. */
const FACTOR = 5;
/** Both ends of a column's range are multiplied by this; a lower end above 0 moves inwards, as published. */
const STRETCH = 1.1;
/** The most components of the mixture, and what its variances are enlarged by. */
const [MOST_COMPONENTS, RIDGE] = [9, 1e-6];

/**
 * - `adbench-local`: a draw from a Gaussian mixture of the rows with covariances 5 times as large;
 * - `adbench-cluster`: the same mixture with means 5 times as far from the origin;
 * - `adbench-global`: each column uniform on [1.1 · lowest, 1.1 · highest];
 * - `adbench-dependency`: each column by itself, from its Gaussian kernel density.
 *
 * **Differs from ADBench:** the search for the number of components, at most 9 by BIC, ends when two larger numbers in a row
 * have not helped; the bandwidth is sd · n^(−1/5), where ADBench leaves it to a library of vine copulas.
 */
export function adbenchGenerator(family: AdbenchFamily, rows: Matrix, key: Key): Generator {
  switch (family) {
    case "adbench-local":
      return fromMixture(rows, key, { means: 1, deviations: Math.sqrt(FACTOR) });
    case "adbench-cluster":
      return fromMixture(rows, key, { means: FACTOR, deviations: 1 });
    case "adbench-global": {
      const { lowest, highest } = extremesOf(rows);
      return rowByRow(rows.columns, (u) => globalRow(lowest, highest, lowest.map(u)));
    }
    case "adbench-dependency": {
      const bandwidths = bandwidthsOf(rows);
      return rowByRow(rows.columns, (u, z) => {
        const donors = Array.from(bandwidths, () => rowOf(rows, Math.floor(u() * rows.rows)));
        return dependencyRow(donors, bandwidths, bandwidths.map(z));
      });
    }
  }
}

/** Uniform on [1.1 · lowest, 1.1 · highest], for u in [0, 1). */
export function globalRow(lowest: Float64Array, highest: Float64Array, u: ArrayLike<number>): Float64Array {
  return lowest.map((low, j) => STRETCH * (low + u[j] * (highest[j] - low)));
}

/** The value of a row of its own for each column, blurred by its bandwidth. */
export function dependencyRow(
  donors: readonly Float64Array[],
  bandwidths: Float64Array,
  e: ArrayLike<number>,
): Float64Array {
  return bandwidths.map((bandwidth, j) => donors[j][j] + bandwidth * e[j]);
}

/** sd · n^(−1/5) of each column, sd with divisor n. */
export function bandwidthsOf(rows: Matrix): Float64Array {
  return Float64Array.from({ length: rows.columns }, (_, j) => {
    const column = columnOf(rows, j);
    const mean = column.reduce((a, b) => a + b, 0) / rows.rows;
    const variance = column.reduce((total, x) => total + (x - mean) ** 2, 0) / rows.rows;
    return Math.sqrt(variance) * rows.rows ** -0.2;
  });
}

/** A draw from a normal distribution, its mean and deviations multiplied: f μ + g L ε, L the covariance's Cholesky factor. */
export function gaussianRow(
  { mean, whitening }: Pick<Gaussian, "mean" | "whitening">,
  { means, deviations }: { readonly means: number; readonly deviations: number },
  e: ArrayLike<number>,
): Float64Array {
  const factor = lowerInverse(whitening);
  return mean.map((center, j) => {
    const row = rowOf(factor, j);
    let sum = 0;
    for (let k = 0; k <= j; k++) sum += row[k] * e[k];
    return means * center + deviations * sum;
  });
}

function fromMixture(rows: Matrix, key: Key, factors: { means: number; deviations: number }): Generator {
  const most = Math.max(1, Math.min(MOST_COMPONENTS, Math.floor(rows.rows / 2)));
  let fitted: ReturnType<typeof smallestBic> | undefined; // once, and only when it is drawn from
  return async (count, drawing) => {
    fitted ??= smallestBic(rows, most, { shape: "full", ridge: RIDGE }, { key });
    const { shares, components } = (await fitted).mixture;
    const make = rowByRow(rows.columns, (u, z) => {
      let [left, k] = [u(), 0];
      while (k < shares.length - 1 && left >= shares[k]) left -= shares[k++];
      return gaussianRow(components[k], factors, components[k].mean.map(z));
    });
    return make(count, drawing);
  };
}

function rowByRow(columns: number, make: (u: () => number, z: () => number) => Float64Array): Generator {
  return (count, key) => {
    const [u, z] = [uniform(key.for("uniform")), normal(key.for("normal"))];
    const rows = matrix(count, columns);
    for (let i = 0; i < count; i++) rows.values.set(make(u, z), i * columns);
    return { rows, from: new Int32Array(count).fill(-1) };
  };
}
