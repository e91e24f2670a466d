import {
  absolute,
  add,
  divide,
  exponential,
  float64,
  logarithm,
  multiply,
  sign,
  subtract,
  type Tensor,
} from "../graph/index.ts";
import { columnOf, type Matrix, matrix, quantileSorted, sortedCopy } from "../numeric/index.ts";
import { fitQuantileNormal } from "./quantile-normal.ts";

export const SCALINGS = ["standard", "robust", "min-max", "signed-log", "quantile-normal", "none"] as const;
export type ScalingName = (typeof SCALINGS)[number];

/** A map of prepared columns fitted on training rows: an expression, float64 rows × d → float64 rows × d. */
export interface Scaling {
  readonly forward: (x: Tensor) => Tensor;
  /** From scaled values back to the original ones; null where many values share one image. */
  readonly inverse: ((z: Tensor) => Tensor) | null;
}

/**
 * The named scaling, fitted column by column on training rows without missing values (n × d). A column that does not
 * vary is only centered. All in float64: cast afterwards. O(n d), with a sort a column for robust and quantile-normal.
 *
 * - standard: (x − mean) / standard deviation (population).
 * - robust: (x − median) / (0.7413 · interquartile range), which is the standard deviation where x is normal; the
 *   standard deviation itself where the middle half of the values is one value.
 * - min-max: smallest 0, largest 1.
 * - signed-log: sign(x) · log(1 + |x|), then standard: for counts, amounts and durations with heavy tails.
 *   It keeps relative differences of 1e-13 and more.
 * - quantile-normal: see `fitQuantileNormal`.
 * - none: as it is.
 */
export function fitScaling(name: ScalingName, rows: Matrix): Scaling {
  switch (name) {
    case "standard":
      return affineScaling(rows, standard);
    case "robust":
      return affineScaling(rows, robust);
    case "min-max":
      return affineScaling(rows, range);
    case "signed-log":
      return signedLog(rows);
    case "quantile-normal":
      return { forward: fitQuantileNormal(rows), inverse: null };
    case "none":
      return { forward: (x) => x, inverse: (z) => z };
  }
}

interface Center {
  readonly center: number;
  readonly scale: number;
}

function affineScaling(rows: Matrix, fit: (column: Float64Array) => Center): Scaling {
  const fits = Array.from({ length: rows.columns }, (_, j) => centerUnlessConstant(columnOf(rows, j), fit));
  const center = float64(fits.map((f) => f.center));
  const scale = float64(fits.map((f) => f.scale));
  return {
    forward: (x) => divide(subtract(x, center), scale),
    inverse: (z) => add(multiply(z, scale), center),
  };
}

function centerUnlessConstant(column: Float64Array, fit: (column: Float64Array) => Center): Center {
  // Equality, not a small deviation: rounding gives a constant 0.1 a deviation of 1e-17.
  if (column.every((x) => x === column[0])) return { center: column[0] ?? 0, scale: 1 };
  const { center, scale } = fit(column);
  return { center, scale: scale > 0 ? scale : 1 };
}

/** By differences to the first value, relative to the largest: sums of values near 1e15 round, squares of 1e200 overflow. */
function standard(column: Float64Array): Center {
  const [first] = column;
  const largest = column.reduce((most, x) => Math.max(most, Math.abs(x / 2 - first / 2)), 0);
  if (largest === 0) return { center: first, scale: 0 };
  const shares = column.map((x) => (x / 2 - first / 2) / largest);
  const mean = shares.reduce((a, b) => a + b, 0) / shares.length;
  const variance = shares.reduce((total, share) => total + (share - mean) ** 2, 0) / shares.length;
  return {
    center: first + 2 * (mean * largest),
    scale: 2 * Math.min(Math.sqrt(variance) * largest, Number.MAX_VALUE / 2),
  };
}

function robust(column: Float64Array): Center {
  const sorted = sortedCopy(column);
  const spread = 0.7413 * (quantileSorted(sorted, 0.75) - quantileSorted(sorted, 0.25));
  // A spread of next to nothing, such as 5e-324, would make other values infinite.
  const usable = Number.isFinite((sorted[sorted.length - 1] - sorted[0]) / spread);
  return { center: quantileSorted(sorted, 0.5), scale: usable ? spread : standard(column).scale };
}

function range(column: Float64Array): Center {
  const smallest = column.reduce((a, b) => Math.min(a, b));
  return { center: smallest, scale: column.reduce((a, b) => Math.max(a, b)) - smallest };
}

function signedLog(rows: Matrix): Scaling {
  const log = (x: Tensor) => multiply(sign(x), logarithm(add(absolute(x), 1)));
  const exp = (z: Tensor) => multiply(sign(z), subtract(exponential(absolute(z)), 1));
  const logs = matrix(
    rows.rows,
    rows.columns,
    rows.values.map((x) => Math.sign(x) * Math.log(1 + Math.abs(x))),
  );
  const { forward, inverse } = affineScaling(logs, standard);
  return { forward: (x) => forward(log(x)), inverse: (z) => exp(inverse!(z)) };
}
