import type { Tensor } from "../../graph/index.ts";
import type { ParameterTree, Values } from "../parameters.ts";

/**
 * An invertible map from data to a standard normal: log p(x) = log N(u; 0, I) + log |det ∂u/∂x|, u = f(x).
 */
export interface Flow<P extends ParameterTree = ParameterTree> {
  readonly parameters: P;
  readonly dimensions: number;
  /** rows × D → u, rows × D, and log |det ∂u/∂x|, rows. */
  forward(values: Values<P>, x: Tensor): { readonly u: Tensor; readonly logDeterminant: Tensor };
  /** rows × D → the x with forward(x) = u. */
  inverse(values: Values<P>, u: Tensor): Tensor;
}
