import { add, expandDims, gradient, multiply, sign, stopGradient, sum, type Tensor } from "../../graph/index.ts";

/** ε: how far each entry of a scaled row moves. */
export const EPSILON = 2e-3;

/**
 * The input step: x̃ = x + ε sgn(l) sgn(∇_x l), rows × d → rows × d, sgn(0) = 0.
 *
 * It raises the confidence max_k S_k of the two classes, and is x + ε sgn(∇_x ln max_k S_k): the factor (1 − σ(|l|/T))/T > 0
 * that is left out here would underflow in float32. The temperature T has no part in it. Nothing flows back through x̃.
 * `logit` is a function of rows, each by itself: rows × d → rows.
 */
export function inputStep(logit: (x: Tensor) => Tensor, x: Tensor, epsilon = EPSILON): Tensor {
  const l = logit(x);
  const [slope] = gradient(sum(l, 0), [x]);
  const up = multiply(sign(slope), expandDims(sign(l), 1));
  return stopGradient(add(x, multiply(up, epsilon)));
}
