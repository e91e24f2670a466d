import { expandLike } from "../primitives/expand.ts";
import { reshape, swapLast } from "../primitives/layout.ts";
import { affinePrimitive, matmul, matmulPrimitive, product } from "../primitives/product.ts";
import { isRowOfOnes } from "../sum-of-rows.ts";
import type { Primitive, Tensor } from "../tensor.ts";
import type { Rules } from "./rule.ts";
import { total } from "./total.ts";

/** Symbols: Y = alpha A B + c, G arrives at Y; a and b are A and B as they are stored. */
export const productRules: Rules = [
  [
    affinePrimitive as Primitive,
    ({ inputs: [a, b, c], attributes }, g) => {
      const { alpha, leftTransposed: left, rightTransposed: right } = attributes as Parameters<typeof product>[2] & {};
      // dA = alpha G Bᵀ and dB = alpha Aᵀ G, each transposed where it is stored so.
      const toA = left
        ? product(b, g, { alpha, leftTransposed: right, rightTransposed: true })
        : product(g, b, { alpha, rightTransposed: !right });
      // A sum of rows: each gets what arrives at the sum, repeated only where it has to be.
      const summed = isRowOfOnes(a) && alpha === 1 && !left && !right;
      const toB = summed
        ? expandLike(g, b)
        : right
          ? product(g, a, { alpha, leftTransposed: true, rightTransposed: left })
          : product(a, g, { alpha, leftTransposed: !left });
      return c ? [toA, toB, total(g, c.shape)] : [toA, toB];
    },
  ],
  [
    matmulPrimitive,
    ({ inputs: [a, b] }, g) => {
      const [flatA, flatG] = [asMatrix(a), asMatrix(g)];
      const shared = b.shape.length === 2 && flatA !== null && flatG !== null;
      if (!shared) return [total(matmul(g, swapLast(b)), a.shape), total(matmul(swapLast(a), g), b.shape)];
      // One matrix for a whole batch: its gradient is one product, not a sum of many.
      const toA = reshape(product(flatG, b, { rightTransposed: true }), a.shape);
      return [toA, product(flatA, flatG, { leftTransposed: true })];
    },
  ],
];

/** The matrices of a batch below each other; null where a named size stands among several axes. */
function asMatrix(x: Tensor): Tensor | null {
  if (x.shape.length === 2) return x;
  const leading = x.shape.slice(0, -1);
  if (!leading.every((size) => typeof size === "number")) return null;
  return reshape(x, [leading.reduce((a, b) => a * b, 1), x.shape[x.shape.length - 1]]);
}
