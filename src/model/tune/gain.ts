import { studentQuantile } from "../../numeric/index.ts";

/** A gain in AUROC on left-out rows, with its 95 % interval. */
export interface Gain {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** What an estimate comes to. */
export type Verdict = "better" | "not shown" | "worse" | "nothing to estimate";

/** With fewer labelled anomalies nothing is shown. */
export const FEWEST_TO_SHOW = 5;

/**
 * The mean of the differences δ_i of n_1 anomalous rows and mean ± t_{.975, n_1 − 1} max(sd / √n_1, ½ / |R|): no narrower
 * than what half a normal row is worth. Assumes labelled anomalies that are independent draws of what is to be found;
 * null for fewer than 2. O(n_1).
 */
export function gainOf(differences: ArrayLike<number>, normals: number): Gain | null {
  const n = differences.length;
  if (n < 2) return null;
  const values = Array.from(differences);
  const mean = values.reduce((a, b) => a + b, 0) / n;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (n - 1);
  const half = studentQuantile(0.975, n - 1) * Math.max(Math.sqrt(variance / n), 0.5 / normals);
  return { mean, low: mean - half, high: mean + half };
}

/** "better" where the interval lies above 0, "worse" where below, from five labelled anomalies on; else "not shown". */
export function verdictOf(gain: Gain | null, anomalies: number): Verdict {
  if (gain === null || anomalies < FEWEST_TO_SHOW) return "not shown";
  if (gain.low > 0) return "better";
  return gain.high < 0 ? "worse" : "not shown";
}
