import { ndArray, zeros } from "../nd-array.ts";
import { cast } from "../primitives/cast.ts";
import { expandPrimitive, shapeOf } from "../primitives/expand.ts";
import { reshape } from "../primitives/layout.ts";
import { constant, int64, scalar } from "../primitives/leaf.ts";
import { sum } from "../primitives/reduce.ts";
import { where } from "../primitives/select.ts";
import { apply, type Size, type Tensor } from "../tensor.ts";
import type { Batch, Lifted } from "./rule.ts";

/** An operand that broadcasts against results of a rank: axes of size 1 stand between the batch and its own axes. */
export function aligned({ tensor, batched }: Lifted, rank: number): Tensor {
  const missing = rank + 1 - tensor.shape.length;
  if (!batched || missing <= 0) return tensor;
  return reshape(tensor, [tensor.shape[0], ...new Array<Size>(missing).fill(1), ...tensor.shape.slice(1)]);
}

/** The tensor with the leading axis, repeated along it where it has none: for primitives that do not broadcast. */
export function repeated({ tensor, batched }: Lifted, batch: Batch): Tensor {
  return batched ? tensor : spread(tensor, tensor, batch);
}

/** x, which broadcasts to one entry's `like`, as a batch of such. */
export function spread(x: Tensor, like: Tensor, batch: Batch): Tensor {
  const to = [batch.size, ...like.shape];
  if (isKnown(to)) return apply(expandPrimitive, [x, int64(to)], {});
  // No tensor has the shape yet: a condition that always holds broadcasts x against one of the batch's size.
  const always = constant(ndArray("bool", [], Uint8Array.of(1)));
  const rank = to.length;
  const none = scalar(0, x.dtype);
  const filled = like.shape.length === 0 ? none : apply(expandPrimitive, [none, shapeOf(like)], {});
  const along = reshape(cast(alongBatch(batch), x.dtype), [batch.size, ...new Array<Size>(rank - 1).fill(1)]);
  return where(always, x, where(always, filled, along));
}

/** A zero for each entry of the batch. */
function alongBatch({ size, sample }: Batch): Tensor {
  if (typeof size === "number") return constant(zeros("float64", [size]));
  const none = apply(expandPrimitive, [scalar(0, "float64"), shapeOf(sample)], {});
  const others = sample.shape.slice(1).map((_, i) => i + 1);
  return others.length === 0 ? none : sum(none, others);
}

/** The batch and the axis behind it as one axis. Throws where their product cannot be written. */
export function folded(x: Tensor): Tensor {
  return reshape(x, [productOf(x.shape[0], x.shape[1]), ...x.shape.slice(2)]);
}

/** The first axis as the batch, and `size` entries in each. */
export function unfolded(x: Tensor, batch: Batch, size: Size): Tensor {
  return reshape(x, [batch.size, size, ...x.shape.slice(1)]);
}

/** The product of two sizes. Throws where one is named and the other not 1. */
export function productOf(a: Size, b: Size): Size {
  if (a === 1) return b;
  if (b === 1) return a;
  if (typeof a === "number" && typeof b === "number") return a * b;
  throw new Error(`expected known sizes, to make one axis of them, got ${a} and ${b}`);
}

/** Whether no size is named. */
export function isKnown(shape: readonly Size[]): shape is readonly number[] {
  return shape.every((size) => typeof size === "number");
}
