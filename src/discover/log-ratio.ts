import {
  concatenate,
  divide,
  exponential,
  filledLike,
  max,
  maximum,
  minimum,
  multiply,
  product,
  reshape,
  slice,
  square,
  stopGradient,
  subtract,
  sum,
  type Tensor,
} from "../graph/index.ts";
import { type Matrix, matrix } from "../numeric/index.ts";

/** M local kernels in prepared space: where they stand, how strongly they pull, and their one width. */
export interface Kernels {
  /** mu: M × d. */
  readonly centers: Matrix;
  /** a: M. Above 0 is an excess of window rows, below 0 a deficit. */
  readonly amplitudes: Float64Array;
  /** sigma. */
  readonly width: number;
}

/** |f| stops here. */
export const MOST_LOG_RATIO = 20;

/**
 * The kernels k and responsibilities p of rows for several fits at once (Eq. 2): A = −‖x − mu‖² / (2 sigma²), k = exp A,
 * p = softmax of A over the kernels of one fit. `rows` holds columns x, then ‖x‖², then 1 (see {@link expandedRows}):
 * n × (d + 2); `centers` fits · M × d; `scale` is 1 / (2 sigma²), fits × 1 × 1. Both results are fits × M × n.
 *
 * Distances are ‖x‖² + ‖mu‖² − 2 x·mu, one product, floored at 0; in one column they are taken directly.
 */
export function gatedKernels(
  rows: Tensor,
  centers: Tensor,
  scale: Tensor,
  { fits, kernels }: { readonly fits: number; readonly kernels: number },
): { readonly p: Tensor; readonly k: Tensor } {
  const [n, wide] = rows.shape;
  const d = (wide as number) - 2;
  const shape = [fits, kernels, n];
  let squared: Tensor;
  if (d === 1) {
    squared = square(subtract(reshape(slice(rows, 1, 0, 1), [1, n]), centers));
  } else {
    const norms = sum(square(centers), 1, { keep: true });
    const expanded = concatenate([multiply(centers, -2), filledLike(norms, 1), norms], 1);
    squared = maximum(product(expanded, rows, { rightTransposed: true }), 0);
  }
  const exponent = multiply(reshape(squared, shape), multiply(scale, -1));
  // The largest exponent is taken out, so that p stands where every k underflows; neither p nor k depends on it.
  const largest = stopGradient(max(exponent, 1, { keep: true }));
  const shares = exponential(subtract(exponent, largest));
  return { p: divide(shares, sum(shares, 1, { keep: true })), k: multiply(shares, exponential(largest)) };
}

/** f of rows for several fits at once, fits × n, and g = p k, fits × M × n; `amplitudes` is fits × M × 1. */
export function logRatios(
  rows: Tensor,
  centers: Tensor,
  amplitudes: Tensor,
  scale: Tensor,
  counts: { readonly fits: number; readonly kernels: number },
): { readonly f: Tensor; readonly g: Tensor; readonly p: Tensor } {
  const { p, k } = gatedKernels(rows, centers, scale, counts);
  const g = multiply(p, k);
  const f = minimum(maximum(sum(multiply(amplitudes, g), 1), -MOST_LOG_RATIO), MOST_LOG_RATIO);
  return { f, g, p };
}

/** Rows with ‖x‖² and 1 behind their columns, as the product of distances takes them: n × d → n × (d + 2). */
export function expandedRows({ rows, columns: d, values }: Matrix): Matrix {
  const out = matrix(rows, d + 2);
  for (let i = 0; i < rows; i++) {
    let norm = 0;
    for (let j = 0; j < d; j++) {
      const x = values[i * d + j];
      out.values[i * (d + 2) + j] = x;
      norm += x * x;
    }
    out.values[i * (d + 2) + d] = norm;
    out.values[i * (d + 2) + d + 1] = 1;
  }
  return out;
}
