import { fromNumbers } from "../nd-array.ts";
import { reshape } from "../primitives/layout.ts";
import { constant } from "../primitives/leaf.ts";
import { product } from "../primitives/product.ts";
import { sum } from "../primitives/reduce.ts";
import type { Shape, Tensor } from "../tensor.ts";

/** What arrives at entries that were broadcast, summed over the axes along which they were: the transpose of broadcasting. */
export function total(arriving: Tensor, shape: Shape): Tensor {
  const extra = arriving.shape.length - shape.length;
  const repeated = arriving.shape.flatMap((size, axis) =>
    axis < extra || (shape[axis - extra] === 1 && size !== 1) ? [axis] : [],
  );
  if (repeated.length === 0) return arriving;
  if (repeated.length === extra)
    return extra === 1 && shape.length === 1 ? overRows(arriving) : sum(arriving, repeated);
  const folded = sum(arriving, repeated, { keep: true });
  return extra === 0 ? folded : reshape(folded, shape);
}

/** The sum over the rows of a matrix. As a product with ones it takes a tenth of what ONNX Runtime's ReduceSum takes. */
function overRows(x: Tensor): Tensor {
  const [rows, columns] = x.shape;
  if (typeof rows !== "number" || rows === 0) return sum(x, 0);
  const ones = constant(fromNumbers(x.dtype, [1, rows], new Float64Array(rows).fill(1)));
  return reshape(product(ones, x), [columns]);
}
