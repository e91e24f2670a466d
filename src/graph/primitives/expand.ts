import { broadcastPositions, fromNumbers, type NdArray, ndArray, numbersOf } from "../nd-array.ts";
import { broadcastShapes } from "../shape.ts";
import { apply, describeTensor, type Primitive, type Shape, type Size, type Tensor } from "../tensor.ts";
import { cast } from "./cast.ts";
import { multiply } from "./elementwise.ts";
import { gather } from "./gather.ts";
import { constant, constantValue, int64, scalar } from "./leaf.ts";

export const shapeOfPrimitive: Primitive = {
  name: "shapeOf",
  arity: 1,
  infer: ([x]) => {
    if (x.shape.length === 0) throw new Error("shapeOf: expected at least one axis, got a scalar");
    return { shape: [x.shape.length], dtype: "int64" };
  },
  evaluate: ([x]) => fromNumbers("int64", [x.shape.length], x.shape),
  onnx: { operator: "Shape" },
};

export const expandPrimitive: Primitive = {
  name: "expand",
  arity: 2,
  infer: ([x, shape]) => {
    const to = shapeMeant(shape);
    if (x.dtype === "string" || broadcastShapes("expand", x.shape, to).join() !== to.join())
      throw new Error(`expand: ${describeTensor(x)} does not broadcast to [${to.join(", ")}]`);
    return { shape: to, dtype: x.dtype };
  },
  evaluate: ([x, shape]) => {
    const to = Array.from(numbersOf(shape));
    const numbers = numbersOf(x);
    return fromNumbers(
      x.dtype,
      to,
      Array.from(broadcastPositions(x.shape, to), (position) => numbers[position]),
    );
  },
  onnx: { operator: "Expand" },
};

/** The shape that an int64 vector stands for: a constant, or that of another tensor. */
function shapeMeant(shape: Tensor): Shape {
  const value = constantValue(shape);
  if (value?.dtype === "int64" && value.shape.length === 1) return Array.from(value.data, Number);
  if (shape.primitive === shapeOfPrimitive) return shape.inputs[0].shape;
  throw new Error(`expand: expected a constant shape, or that of a tensor, got ${describeTensor(shape)}`);
}

/** The sizes of a tensor as int64, known when the graph runs. */
export function shapeOf(x: Tensor): Tensor {
  return isKnown(x.shape) ? int64(x.shape) : apply(shapeOfPrimitive, [x], {});
}

/** x repeated along axes until it has the shape of another tensor, to which it must broadcast. Itself if it has it. */
export function expandLike(x: Tensor, like: Tensor): Tensor {
  if (x.shape.join() === like.shape.join()) return x;
  return apply(expandPrimitive, [x, shapeOf(like)], {});
}

/** A number in the shape and dtype of another tensor. */
export function filledLike(like: Tensor, value: number): Tensor {
  return expandLike(scalar(value, like.dtype), like);
}

/** How many entries stand along the given axes, as a scalar of the tensor's dtype. */
export function countAlong(x: Tensor, axes: readonly number[]): Tensor {
  const known = axes.map((axis) => x.shape[axis]).filter((size) => typeof size === "number");
  const named = axes.filter((axis) => typeof x.shape[axis] === "string");
  const sizes = shapeOf(x);
  const one = (axis: number): NdArray => ndArray("int64", [], BigInt64Array.of(BigInt(axis)));
  return named.reduce(
    (count, axis) => multiply(count, cast(gather(sizes, constant(one(axis))), x.dtype)),
    scalar(
      known.reduce((a, b) => a * b, 1),
      x.dtype,
    ),
  );
}

function isKnown(shape: readonly Size[]): shape is readonly number[] {
  return shape.every((size) => typeof size === "number");
}
