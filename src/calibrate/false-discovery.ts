import { InputError } from "../errors/index.ts";
import { levelSlack, requireLevel } from "./level.ts";

/** Which rows of a batch to flag. */
export interface Discoveries {
  /** The largest p-value flagged, 0 when none is. */
  readonly threshold: number;
  readonly count: number;
  /** 1 for a flagged row, in the order of the p-values. */
  readonly flagged: Uint8Array;
  /** The estimated share of normal rows π₀ that the level was divided by; 1 for Benjamini–Hochberg. May exceed 1. */
  readonly normalShare: number;
}

/**
 * Flags rows of one batch such that the expected share of normal rows among the flagged (0 when none is) is at most
 * `level`, in (0, 1): the k smallest p-values, for the largest k with p_(k) ≤ k · level / m. m p-values, lower is more
 * anomalous, → m flags.
 *
 * Valid for independent p-values (Benjamini and Hochberg 1995) and for conformal p-values that share calibration
 * rows (Bates et al. 2023, section 2), for exchangeable rows, on average over calibration sets and batches. The whole
 * batch is decided at once: flags change when rows are added.
 *
 * Throws on p-values outside [0, 1]. O(m log m) time; 9 m bytes at most beside the input: 10⁷ p-values
 * take 0.3–1.5 s.
 *
 * @example benjaminiHochberg(Float64Array.of(0.01, 0.6, 0.02, 0.9), 0.1) // flagged [1, 0, 1, 0]
 */
export function benjaminiHochberg(pValues: Float64Array, level: number): Discoveries {
  check(pValues, level);
  return stepUp(pValues, level, 1);
}

/**
 * {@link benjaminiHochberg} at level / π₀, where π₀ = (1 + #{p > λ}) / (m (1 − λ)), λ = ½, estimates the share of
 * normal rows: flags more when many rows are anomalous, slightly fewer when none is.
 *
 * Source: Storey 2002; Storey, Taylor and Siegmund 2004 for the 1 in the numerator. Valid for independent p-values
 * (Benjamini, Krieger and Yekutieli 2006) and for conformal p-values (Bates et al. 2023; Marandon, Lei, Mary and
 * Roquain 2024). Differs from Storey et al.: a p-value above λ may be flagged; the later proofs do not need to forbid
 * it. Throws and costs as {@link benjaminiHochberg}.
 */
export function storey(pValues: Float64Array, level: number): Discoveries {
  check(pValues, level);
  const lambda = 0.5;
  let above = 0;
  for (const p of pValues) if (p > lambda) above++;
  return stepUp(pValues, level, (1 + above) / (Math.max(1, pValues.length) * (1 - lambda)));
}

function stepUp(pValues: Float64Array, level: number, normalShare: number): Discoveries {
  const m = pValues.length;
  const slope = ((level / normalShare) * levelSlack) / m;
  const sorted = atMost(pValues, slope * m).sort(); // k ≤ m, so that no larger p-value can be flagged
  let count = sorted.length;
  while (count > 0 && sorted[count - 1] > count * slope) count--;
  const threshold = count === 0 ? 0 : sorted[count - 1];
  const flagged = new Uint8Array(m);
  if (count > 0) for (let i = 0; i < m; i++) flagged[i] = pValues[i] <= threshold ? 1 : 0;
  return { threshold, count, flagged, normalShare };
}

/** The p-values up to a limit, in a new array. */
function atMost(pValues: Float64Array, limit: number): Float64Array {
  let count = 0;
  for (const p of pValues) if (p <= limit) count++;
  const out = new Float64Array(count);
  count = 0;
  for (const p of pValues) if (p <= limit) out[count++] = p;
  return out;
}

function check(pValues: Float64Array, level: number): void {
  requireLevel(level, "false discovery rate", "level");
  for (let row = 0; row < pValues.length; row++) {
    if (!(pValues[row] >= 0 && pValues[row] <= 1))
      throw new InputError(
        `false discovery rate: p-values: expected numbers from 0 to 1, got ${pValues[row]} in row ${row}`,
      );
  }
}
