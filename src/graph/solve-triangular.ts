import { divide, subtract } from "./primitives/elementwise.ts";
import { concatenate, slice } from "./primitives/layout.ts";
import { product } from "./primitives/product.ts";
import { describeTensor, type Tensor } from "./tensor.ts";

/**
 * X with L X = B, or Lᵀ X = B if `transposed`, for a triangular L: n × n, n × m → n × m. `lower` says which triangle of
 * L holds it (the lower one when left out); the other is not read. By halves: with L = [A 0; C D],
 * X₁ = A⁻¹ B₁ and X₂ = D⁻¹ (B₂ − C X₁), down to single rows, which are divided. Composed of slices and products, so
 * gradients flow into L and B. Some 10 n nodes: meant for n up to about 100. n is known, m may be named. A zero on the
 * diagonal gives infinities or NaN. Throws where the shapes do not fit.
 */
export function solveTriangular(
  l: Tensor,
  b: Tensor,
  options: { readonly lower?: boolean; readonly transposed?: boolean } = {},
): Tensor {
  const { lower = true, transposed = false } = options;
  const [n, columns] = l.shape;
  const fits = l.shape.length === 2 && b.shape.length === 2 && n === columns && n === b.shape[0] && l.dtype === b.dtype;
  if (!fits || typeof n !== "number")
    throw new Error(
      `solveTriangular: expected n × n and n × m of one dtype, n known, got ${describeTensor(l)}, ${describeTensor(b)}`,
    );
  const block = (rows: readonly [number, number], across: readonly [number, number]) =>
    part(part(l, 0, ...rows), 1, ...across);
  /** The rows `from` to `to` of X, given what is left of those of B. */
  const solve = (rest: Tensor, from: number, to: number): Tensor => {
    if (to - from === 1) return divide(rest, block([from, to], [from, to]));
    const middle = (from + to) >> 1;
    const [top, bottom] = [part(rest, 0, 0, middle - from), part(rest, 0, middle - from, to - from)];
    // The block beside the two triangles, as it is stored.
    const beside = lower ? block([middle, to], [from, middle]) : block([from, middle], [middle, to]);
    const without = (right: Tensor, known: Tensor) =>
      subtract(right, product(beside, known, { leftTransposed: transposed }));
    if (lower !== transposed) {
      const first = solve(top, from, middle);
      return concatenate([first, solve(without(bottom, first), middle, to)], 0);
    }
    const last = solve(bottom, middle, to);
    return concatenate([solve(without(top, last), from, middle), last], 0);
  };
  return solve(b, 0, n);
}

/** A slice; the whole where it is all. */
function part(x: Tensor, axis: number, from: number, to: number): Tensor {
  return from === 0 && to === x.shape[axis] ? x : slice(x, axis, from, to);
}
