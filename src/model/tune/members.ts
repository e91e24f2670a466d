import { logisticRegression, type Matrix, rowOf, takeRows } from "../../numeric/index.ts";
import { type Boosted, boostedLogits, growBoosted } from "../../trees/index.ts";
import type { Chosen } from "./tune-rows.ts";

/** What the heads look at: z, standardized columns, with g_0 as one more column at the end; n × (d + 1). */
export type Views = Matrix;

/** Weights of z and g_0, and b: the value of a head is b + weights · view. */
export interface Linear {
  readonly weights: Float64Array;
  readonly intercept: number;
}

/** The three heads: offset, logistic, boosted. */
export interface Members {
  readonly offset: Linear;
  readonly logistic: Linear;
  readonly boosted: Boosted;
}

/** The names of the heads, in the order of their values. */
export const MEMBERS = ["offset", "logistic", "boosted"] as const;
export type MemberName = (typeof MEMBERS)[number];

/** λ of M1, and how far it is minimized. */
const OFFSET_RIDGE = 0.03;
const SETTINGS = { tolerance: 1e-6, mostIterations: 60 };
const LONGER = { tolerance: 1e-6, mostIterations: 200 };
const TREES = { rounds: 60, rate: 0.1, leaves: 31, minRows: 5, l2: 0, bins: 64 };

/**
 * Heads fitted on chosen rows; both sides weigh one half, ω = .5 / (rows of the side). O(iterations n d) and the trees.
 *
 * - M1, offset head: v = g_0 + b + w·z minimizes Σ ω_i (sp(v_i) − y_i v_i) + (.03 / 2) ‖w‖², at most 60 iterations of
 *   L-BFGS from 0. As w → 0 it is the order of the label-free score.
 * - M2, logistic regression on z and g_0: n Σ ω_i loss_i + ½ ‖w‖².
 * - M3, boosted trees on the same with weights n ω: 60 rounds at rate .1, at most 31 leaves of at least 5 rows, columns
 *   in at most 64 bins (255 cost three times as much).
 */
export async function fitMembers(views: Views, { normal, anomalous }: Chosen, pause: Pause): Promise<Members> {
  const places = [...normal, ...anomalous];
  const features = takeRows(views, places);
  const [n, d] = [places.length, views.columns - 1];
  const labels = Uint8Array.from(places, (_, i) => (i < normal.length ? 0 : 1));
  const weights = Float64Array.from(labels, (y) => 0.5 / (y === 1 ? anomalous.length : normal.length));
  const whole = weights.map((weight) => n * weight);
  const free = Float64Array.from({ length: n }, (_, i) => rowOf(features, i)[d]);
  await pause();
  const first = await logisticRegression(
    { features: withoutLast(features), labels, weights, offset: free },
    { ridge: OFFSET_RIDGE, ...SETTINGS },
  );
  const second = await logisticRegression({ features, labels, weights: whole }, { ridge: 1, ...LONGER });
  await pause();
  return {
    offset: { weights: Float64Array.of(...first.coefficients, 1), intercept: first.intercept },
    logistic: { weights: second.coefficients, intercept: second.intercept },
    boosted: await growBoosted(features, labels, { ...TREES, weights: whole }),
  };
}

/** Lets other work have its turn, and throws where work was interrupted. */
export type Pause = () => Promise<void>;

/** The values of the heads on rows at the places given: log-odds, a head each. */
export function memberValues(
  { offset, logistic, boosted }: Members,
  views: Views,
  places: readonly number[],
): readonly Float64Array[] {
  const rows = takeRows(views, places);
  return [linearValues(offset, rows), linearValues(logistic, rows), boostedLogits(boosted, rows)];
}

function linearValues({ weights, intercept }: Linear, rows: Matrix): Float64Array {
  return Float64Array.from({ length: rows.rows }, (_, i) => {
    const row = rowOf(rows, i);
    let value = intercept;
    for (let j = 0; j < row.length; j++) value += weights[j] * row[j];
    return value;
  });
}

function withoutLast(rows: Matrix): Matrix {
  const d = rows.columns - 1;
  const values = new Float64Array(rows.rows * d);
  for (let i = 0; i < rows.rows; i++) values.set(rowOf(rows, i).subarray(0, d), i * d);
  return { rows: rows.rows, columns: d, values };
}
