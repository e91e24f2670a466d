import {
  concatenate,
  filledLike,
  float64,
  multiply,
  overRows,
  reshape,
  square,
  sum,
  type Tensor,
  transpose,
} from "../graph/index.ts";
import type { Matrix } from "../numeric/index.ts";
import { type Kernels, logRatios } from "./log-ratio.ts";

/** f, g, p and pulls a g of prepared rows as expressions of them, in float64: n; n × M each. Pure functions of the row. */
export function kernelExpressions(
  rows: Tensor,
  { centers, amplitudes, width }: Kernels,
): { readonly f: Tensor; readonly g: Tensor; readonly p: Tensor; readonly pulls: Tensor } {
  const M = centers.rows;
  const norms = sum(square(rows), 1, { keep: true });
  const { f, g, p } = logRatios(
    concatenate([rows, norms, filledLike(norms, 1)], 1),
    float64(centers.values, [M, centers.columns]),
    float64(amplitudes, [1, M, 1]),
    float64([1 / (2 * width * width)], [1, 1, 1]),
    { fits: 1, kernels: M },
  );
  const n = rows.shape[0];
  const byRow = (x: Tensor) => transpose(reshape(x, [M, n]));
  return { f: reshape(f, [n]), g: byRow(g), p: byRow(p), pulls: multiply(byRow(g), float64(amplitudes)) };
}

/** What kernels are worth at rows. */
export interface KernelValues {
  /** f: n. */
  readonly logRatios: Float64Array;
  /** g_i = p_i k_i: n × M. */
  readonly gated: Float64Array;
  /** p_i: n × M. */
  readonly shares: Float64Array;
}

/** f, g and p of n prepared rows, by ONNX Runtime in float64. O(n M d). */
export async function kernelValues(
  rows: Matrix,
  kernels: Kernels,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<KernelValues> {
  const M = kernels.centers.rows;
  const wide = await overRows(
    (x) => {
      const { f, g, p } = kernelExpressions(x, kernels);
      return concatenate([reshape(f, [x.shape[0], 1]), g, p], 1);
    },
    rows,
    { ...options, workers: 0 },
  );
  const width = 2 * M + 1;
  const part = (from: number, count: number) => {
    const out = new Float64Array(rows.rows * count);
    for (let i = 0; i < rows.rows; i++) out.set(wide.subarray(i * width + from, i * width + from + count), i * count);
    return out;
  };
  return { logRatios: part(0, 1), gated: part(1, M), shares: part(1 + M, M) };
}
