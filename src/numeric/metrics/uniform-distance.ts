import { InputError } from "../../errors/index.ts";
import { sortedCopy } from "../quantile.ts";
import { kolmogorovTail } from "./kolmogorov-tail.ts";

/** How far two distributions are apart, and how often chance does as much. */
export interface Distance {
  /** The largest difference of the two cumulative distribution functions, in [0, 1]. */
  readonly distance: number;
  readonly pValue: number;
}

/**
 * The Kolmogorov–Smirnov distance D of values to the uniform distribution on [0, 1], and its p-value for independent
 * values: Kolmogorov's limit at x = √n D + 1/(6 √n) + (√n D − 1)/(4 n) (Vrbik 2018), within 0.025 / n of the exact
 * one from 10 values on. Ties are no harm to D, and make the p-value too small: exact uniform values do not tie.
 *
 * Throws on no values and on values outside [0, 1]. O(n log n).
 */
export function uniformDistance(values: ArrayLike<number>): Distance {
  const n = values.length;
  if (n === 0) throw new InputError("uniform distance: values: expected at least one, got none");
  const sorted = sortedCopy(values);
  if (!(sorted[0] >= 0 && sorted[n - 1] <= 1))
    throw new InputError(
      `uniform distance: values: expected numbers from 0 to 1, got ${sorted[0] >= 0 ? sorted[n - 1] : sorted[0]}`,
    );
  let distance = 0;
  for (let i = 0; i < n; i++) distance = Math.max(distance, (i + 1) / n - sorted[i], sorted[i] - i / n);
  const x = Math.sqrt(n) * distance;
  return { distance, pValue: Math.min(1, kolmogorovTail(x + 1 / (6 * Math.sqrt(n)) + (x - 1) / (4 * n))) };
}
