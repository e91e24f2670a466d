import { reshape } from "../primitives/layout.ts";
import { sum } from "../primitives/reduce.ts";
import { sumOfRows } from "../sum-of-rows.ts";
import type { Shape, Tensor } from "../tensor.ts";

/** What arrives at entries that were broadcast, summed over the axes along which they were: the transpose of broadcasting. */
export function total(arriving: Tensor, shape: Shape): Tensor {
  const extra = arriving.shape.length - shape.length;
  const repeated = arriving.shape.flatMap((size, axis) =>
    axis < extra || (shape[axis - extra] === 1 && size !== 1) ? [axis] : [],
  );
  if (repeated.length === 0) return arriving;
  if (repeated.length === extra)
    return extra === 1 && shape.length === 1 ? sumOfRows(arriving) : sum(arriving, repeated);
  const folded = sum(arriving, repeated, { keep: true });
  return extra === 0 ? folded : reshape(folded, shape);
}
