import { type CovarianceShape, fitGaussian, type Gaussian, logDensities } from "./gaussian.ts";
import type { Matrix } from "./matrix.ts";

/** K normal distributions and their shares, which sum to 1. */
export interface Mixture {
  readonly shares: Float64Array;
  readonly components: readonly Gaussian[];
}

/** How much each component answers for each row: K arrays of n, which sum to 1 over the components. */
export type Responsibilities = readonly Float64Array[];

/** Keeps the share of a component that lost its rows positive, as in scikit-learn. */
const LEAST_ROWS = 10 * Number.EPSILON;

/**
 * The E step of expectation maximization (Dempster, Laird, Rubin 1977) for a mixture of normal distributions: who
 * answers for each row, and the log-likelihood a row, mean over n. By log-sum-exp, so that far rows do not underflow.
 * O(n K d²), for diagonal covariances O(n K d).
 */
export function expectation(
  rows: Matrix,
  { shares, components }: Mixture,
): { readonly responsibilities: Responsibilities; readonly logLikelihood: number } {
  const logs = components.map((component) => logDensities(rows, component));
  const logShares = shares.map(Math.log);
  let total = 0;
  for (let i = 0; i < rows.rows; i++) {
    let largest = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < logs.length; k++) {
      logs[k][i] += logShares[k];
      if (logs[k][i] > largest) largest = logs[k][i];
    }
    let sum = 0;
    for (const log of logs) sum += Math.exp(log[i] - largest);
    const logDensity = largest + Math.log(sum);
    for (const log of logs) log[i] = Math.exp(log[i] - logDensity);
    total += logDensity;
  }
  return { responsibilities: logs, logLikelihood: total / rows.rows };
}

/** The M step: the mixture that fits best given who answers for each row. O(K (n d² + d³)), for diagonal ones O(n K d). */
export function maximization(
  rows: Matrix,
  responsibilities: Responsibilities,
  { shape, ridge }: { readonly shape: CovarianceShape; readonly ridge: number },
): Mixture {
  const totals = responsibilities.map((weights) => weights.reduce((a, b) => a + b, LEAST_ROWS));
  const all = totals.reduce((a, b) => a + b);
  return {
    shares: Float64Array.from(totals, (total) => total / all),
    components: responsibilities.map((weights, k) => fitGaussian(rows, weights, { shape, ridge, total: totals[k] })),
  };
}

/** Who answers for each row when it belongs to one component: 1 and 0. */
export function certain(labels: Uint32Array, components: number): Responsibilities {
  return Array.from({ length: components }, (_, k) => Float64Array.from(labels, (label) => (label === k ? 1 : 0)));
}

/**
 * Bayesian information criterion (Schwarz 1978), smaller is better: p log n − 2 n · `logLikelihood` (a row), with
 * p = K − 1 shares, K d means and K d (d + 1) / 2 covariances, or K d variances.
 */
export function bayesianInformation(
  { shares, components }: Mixture,
  shape: CovarianceShape,
  { rows, logLikelihood }: { readonly rows: number; readonly logLikelihood: number },
): number {
  const d = components[0].mean.length;
  const each = d + (shape === "full" ? (d * (d + 1)) / 2 : d);
  const p = shares.length - 1 + shares.length * each;
  return p * Math.log(rows) - 2 * rows * logLikelihood;
}
