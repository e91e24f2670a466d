import { ALPHAS, discoveryName, LEVELS, PROCEDURES, type SplitResult, shareName } from "./calibration-split.ts";

/** A mean over splits and where it must lie. */
export interface Bound {
  readonly quantity: string;
  readonly level: number;
  readonly mean: number;
  readonly standard_error: number;
  readonly low: number | null;
  readonly high: number;
  readonly kept: boolean;
}

/** 3.1 standard errors: one violation in 1,000 by chance. */
const FAR = 3.1;

/**
 * All bounds of a set, a detector and a way of calibrating. Storey's procedure is bounded for held-out calibration only:
 * `score` refuses it on p-values from folds.
 */
export function bounds(results: readonly SplitResult[]): readonly Bound[] {
  const [{ method, n_calibration: n, n_held_out: m }] = results;
  const shares = ALPHAS.flatMap((alpha) => {
    const margin = FAR * Math.sqrt((alpha * (1 - alpha) * (1 / n + 1 / m)) / results.length);
    const high = alpha < 1 / (n + 1) ? 0 : alpha + margin;
    return [
      bound(results, shareName(alpha, "conservative"), alpha, null, () => high),
      bound(results, shareName(alpha, "random"), alpha, alpha - margin, () => alpha + margin),
    ];
  });
  const discoveries = Object.keys(PROCEDURES).flatMap((procedure) => {
    const offered = method === "split" || !procedure.startsWith("Storey");
    return LEVELS.map((level) =>
      bound(results, discoveryName(procedure, level), level, null, (error) => (offered ? level + 2 * error : 1)),
    );
  });
  return [...shares, ...discoveries];
}

function bound(
  results: readonly SplitResult[],
  quantity: string,
  level: number,
  low: number | null,
  highest: (standardError: number) => number,
): Bound {
  const values = results.map((result) => result[quantity] as number);
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const variance = values.reduce((total, value) => total + (value - mean) ** 2, 0) / (values.length - 1);
  const standardError = Math.sqrt(variance / values.length);
  const high = highest(standardError);
  const kept = mean <= high + 1e-12 && (low === null || mean >= low - 1e-12);
  return { quantity, level, mean, standard_error: standardError, low, high, kept };
}
