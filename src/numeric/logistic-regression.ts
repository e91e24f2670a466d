import { minimize } from "./lbfgs.ts";
import { type Matrix, rowOf } from "./matrix.ts";

/** What to fit: n rows of p features, and which of them are of class 1. */
export interface LogisticData {
  readonly features: Matrix;
  /** 1 or 0, n. */
  readonly labels: Uint8Array;
  /** How much each row counts, n; they need not sum to 1. */
  readonly weights: Float64Array;
  /** o: a part of each row's log-odds that is known, n; zeros when left out. */
  readonly offset?: Float64Array;
}

export interface LogisticSettings {
  /** λ > 0: how strongly coefficients are drawn toward `prior`. */
  readonly ridge: number;
  /** c: what coefficients are drawn toward, p; zeros when left out. */
  readonly prior?: Float64Array;
  readonly tolerance?: number;
  readonly mostIterations?: number;
  readonly pause?: () => Promise<void> | void;
}

export interface LogisticFit {
  readonly coefficients: Float64Array;
  readonly intercept: number;
  readonly iterations: number;
  readonly converged: boolean;
}

/**
 * Ridge logistic regression: the p coefficients β and the intercept α that minimize
 *
 *     Σ_i a_i log(1 + exp(−y_i (β·f_i + α + o_i))) + λ/2 ‖β − c‖²,   y_i = ±1 by label, a_i the weights,
 *
 * by L-BFGS from β = c, until no entry of the gradient exceeds the tolerance (1e-9 of the sum of the weights). The
 * intercept is not drawn. Convex, one solution, if both labels occur (or weights of one are 0: then α has none).
 * Hoerl and Kennard 1970, le Cessie and van Houwelingen 1992; c = 0 in both. scikit-learn's C is 1 / λ. O(n p) a step.
 */
export async function logisticRegression(
  { features, labels, weights, offset }: LogisticData,
  { ridge, prior, tolerance = 1e-9, mostIterations = 1000, pause }: LogisticSettings,
): Promise<LogisticFit> {
  const p = features.columns;
  const center = prior ?? new Float64Array(p);
  const total = weights.reduce((a, b) => a + b, 0);
  const loss = (x: Float64Array, gradient: Float64Array): number => {
    gradient.fill(0);
    let value = 0;
    let free = 0;
    for (let i = 0; i < features.rows; i++) {
      const row = rowOf(features, i);
      const y = labels[i] === 1 ? 1 : -1;
      let odds = x[p] + (offset ? offset[i] : 0);
      for (let j = 0; j < p; j++) odds += x[j] * row[j];
      const margin = y * odds;
      value += weights[i] * softplus(-margin);
      const pull = (-y * weights[i]) / (1 + Math.exp(margin));
      free += pull;
      for (let j = 0; j < p; j++) gradient[j] += pull * row[j];
    }
    for (let j = 0; j < p; j++) {
      const off = x[j] - center[j];
      value += (ridge / 2) * off * off;
      gradient[j] += ridge * off;
    }
    gradient[p] = free;
    return value;
  };
  const start = new Float64Array(p + 1);
  start.set(center);
  const { x, iterations, end } = await minimize(loss, start, {
    tolerance: tolerance * total,
    mostIterations,
    ...(pause && { pause }),
  });
  return { coefficients: x.slice(0, p), intercept: x[p], iterations, converged: end === "converged" };
}

/** log(1 + exp(x)), without overflow. */
function softplus(x: number): number {
  return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
}
