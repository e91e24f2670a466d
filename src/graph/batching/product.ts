import { add, multiply } from "../primitives/elementwise.ts";
import { reshape, swapLast } from "../primitives/layout.ts";
import { affine, affinePrimitive, matmul, matmulPrimitive, product } from "../primitives/product.ts";
import type { Primitive, Tensor } from "../tensor.ts";
import { aligned, folded, isKnown } from "./leading.ts";
import type { BatchRules, Lifted } from "./rule.ts";

type Stored = { readonly alpha: number; readonly leftTransposed: boolean; readonly rightTransposed: boolean };

/** Symbols: Y = alpha A B + c for matrices; a and b are A and B as they are stored. */
export const productBatching: BatchRules = [
  [
    affinePrimitive as Primitive,
    ({ attributes }, [a, b, c]) => {
      const stored = attributes as Stored;
      if (!c) return products(a, b, stored);
      // A row that all entries share is added by the product itself.
      const fused = a.batched && !b.batched && !c.batched && (c.tensor.shape.length === 1 || c.tensor.shape[0] === 1);
      return fused ? products(a, b, stored, c.tensor) : add(products(a, b, stored), aligned(c, 2));
    },
  ],
  [
    matmulPrimitive,
    ({ shape, inputs }, [a, b]) => {
      if (inputs.every((input) => input.shape.length === 2))
        return products(a, b, { alpha: 1, leftTransposed: false, rightTransposed: false });
      return matmul(aligned(a, shape.length), aligned(b, shape.length));
    },
  ],
];

/** alpha A B for every entry: one product where only one of the two is batched. */
function products(a: Lifted, b: Lifted, { alpha, leftTransposed, rightTransposed }: Stored, c?: Tensor): Tensor {
  const toRows = leftTransposed ? swapLast : (x: Tensor) => x;
  // Only what is added is batched.
  if (!a.batched && !b.batched) return product(a.tensor, b.tensor, { alpha, leftTransposed, rightTransposed });
  if (!b.batched) return rowsTimes(toRows(a.tensor), b.tensor, alpha, rightTransposed, c);
  // Yᵀ = Bᵀ Aᵀ puts the batched one to the left, where its rows stand below each other.
  if (!a.batched)
    return swapLast(rowsTimes(rightTransposed ? b.tensor : swapLast(b.tensor), a.tensor, alpha, !leftTransposed));
  const both = matmul(toRows(a.tensor), rightTransposed ? swapLast(b.tensor) : b.tensor);
  return alpha === 1 ? both : multiply(both, alpha);
}

/** alpha Xₗ M (+ c) for every matrix of a batch: L × n × k and k × m, or m × k if transposed → L × n × m. */
function rowsTimes(x: Tensor, m: Tensor, alpha: number, transposed: boolean, c?: Tensor): Tensor {
  const [batch, rows] = x.shape;
  if (isKnown([batch, rows]) || rows === 1) {
    const flat = folded(x);
    const y = c ? affine(flat, m, c, { alpha, transposed }) : product(flat, m, { alpha, rightTransposed: transposed });
    return reshape(y, [batch, rows, y.shape[1]]);
  }
  // ONNX Runtime makes one product of this too, but cannot scale or add in it.
  const y = matmul(x, transposed ? swapLast(m) : m);
  const scaled = alpha === 1 ? y : multiply(y, alpha);
  return c ? add(scaled, c) : scaled;
}
