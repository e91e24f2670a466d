import { fromNumbers } from "./nd-array.ts";
import { constant } from "./primitives/leaf.ts";
import { affine } from "./primitives/product.ts";
import type { Tensor } from "./tensor.ts";

/**
 * factor · x + c for rows x and c, 1 × n → 1 × n; the factor is a number or 1 × 1. One `Gemm`, in less time than a
 * product and a sum: for what goes over long vectors in every step.
 */
export function scaledPlus(factor: Tensor | number, x: Tensor, c: Tensor): Tensor {
  return affine(typeof factor === "number" ? constant(fromNumbers(x.dtype, [1, 1], [factor])) : factor, x, c);
}
