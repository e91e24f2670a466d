import { fromNumbers, type NdArray, numbersOf, sizeOf, stridedPositions, stridesOf } from "../nd-array.ts";
import { knownSize, resolveAxis } from "../shape.ts";
import { apply, describeTensor, type Primitive, type Shape, type Size, type Tensor } from "../tensor.ts";
import { axesConstant, intAttribute, intsAttribute, intsOf } from "./onnx-parts.ts";

export const reshapePrimitive: Primitive<{ readonly shape: Shape }> = {
  name: "reshape",
  arity: 1,
  infer: ([x], { shape }) => {
    const names = (s: Shape) => s.filter((size) => typeof size === "string");
    const known = (s: Shape) => sizeOf(s.filter((size) => typeof size === "number") as number[]);
    if (x.dtype === "string" || names(shape).join() !== names(x.shape).join() || names(shape).length > 1)
      throw new Error(`reshape: cannot make [${shape.join(", ")}] of ${describeTensor(x)}`);
    if (known(shape) !== known(x.shape))
      throw new Error(`reshape: [${shape.join(", ")}] has not as many entries as ${describeTensor(x)}`);
    return { shape, dtype: x.dtype };
  },
  evaluate: ([x], { shape }) => {
    const known = sizeOf(shape.filter((size) => typeof size === "number") as number[]);
    const sizes = shape.map((size) => (typeof size === "number" ? size : sizeOf(x.shape) / (known || 1)));
    return fromNumbers(x.dtype, sizes, numbersOf(x));
  },
  onnx: {
    operator: "Reshape",
    encode: ({ shape }) => ({ constants: [axesConstant(shape.map((size) => (typeof size === "number" ? size : -1)))] }),
    decode: (parts, [x]) => {
      const name = x.shape.find((size) => typeof size === "string");
      return { shape: intsOf(parts, 0).map((size): Size => (size === -1 && name !== undefined ? name : size)) };
    },
  },
};

export const transposePrimitive: Primitive<{ readonly order: readonly number[] }> = {
  name: "transpose",
  arity: 1,
  infer: ([x], { order }) => {
    if ([...order].sort((a, b) => a - b).join() !== x.shape.map((_, axis) => axis).join())
      throw new Error(`transpose: order: expected each axis of ${describeTensor(x)} once, got ${order}`);
    return { shape: order.map((axis) => x.shape[axis]), dtype: x.dtype };
  },
  evaluate: ([x], { order }) => {
    const strides = stridesOf(x.shape);
    const shape = order.map((axis) => x.shape[axis]);
    const at = stridedPositions(
      shape,
      order.map((axis) => strides[axis]),
    );
    const numbers = numbersOf(x);
    return fromNumbers(
      x.dtype,
      shape,
      Array.from(at, (position) => numbers[position]),
    );
  },
  onnx: {
    operator: "Transpose",
    encode: ({ order }) => ({ attributes: { perm: { ints: order } } }),
    decode: (parts) => ({ order: intsAttribute(parts, "perm") }),
  },
};

export const concatenatePrimitive: Primitive<{ readonly axis: number }> = {
  name: "concatenate",
  arity: "any",
  infer: (inputs, { axis }) => {
    const [first] = inputs;
    for (const x of inputs)
      if (x.dtype !== first.dtype || x.shape.some((size, i) => i !== axis && size !== first.shape[i]))
        throw new Error(`concatenate: ${describeTensor(x)} does not fit ${describeTensor(first)} along axis ${axis}`);
    const total = inputs.reduce((size, x) => size + knownSize("concatenate", x.shape[axis]), 0);
    return { shape: first.shape.map((size, i) => (i === axis ? total : size)), dtype: first.dtype };
  },
  evaluate: (inputs, { axis }) => evaluateConcatenate(inputs, axis),
  onnx: {
    operator: "Concat",
    encode: ({ axis }) => ({ attributes: { axis: { int: axis } } }),
    decode: (parts) => ({ axis: intAttribute(parts, "axis", 0) }),
  },
};

function evaluateConcatenate(inputs: readonly NdArray[], axis: number): NdArray {
  const shape = inputs[0].shape.map((size, i) =>
    i === axis ? inputs.reduce((sum, x) => sum + x.shape[axis], 0) : size,
  );
  const outer = sizeOf(shape.slice(0, axis));
  const out: number[] = [];
  for (let block = 0; block < outer; block++)
    for (const x of inputs) {
      const length = sizeOf(x.shape.slice(axis));
      const numbers = numbersOf(x);
      for (let i = 0; i < length; i++) out.push(numbers[block * length + i]);
    }
  return fromNumbers(inputs[0].dtype, shape, out);
}

export const slicePrimitive: Primitive<{ readonly axis: number; readonly from: number; readonly to: number }> = {
  name: "slice",
  arity: 1,
  infer: ([x], { axis, from, to }) => {
    const size = knownSize("slice", x.shape[axis]);
    if (!(0 <= from && from < to && to <= size))
      throw new Error(`slice: expected 0 ≤ from < to ≤ ${size}, got ${from} … ${to}`);
    return { shape: x.shape.map((s, i) => (i === axis ? to - from : s)), dtype: x.dtype };
  },
  evaluate: ([x], { axis, from, to }) => {
    const strides = stridesOf(x.shape);
    const shape = x.shape.map((size, i) => (i === axis ? to - from : size));
    const numbers = numbersOf(x);
    const at = stridedPositions(shape, strides);
    return fromNumbers(
      x.dtype,
      shape,
      Array.from(at, (position) => numbers[position + from * strides[axis]]),
    );
  },
  onnx: {
    operator: "Slice",
    encode: ({ axis, from, to }) => ({ constants: [[from], [to], [axis]].map(axesConstant) }),
    decode: (parts) => ({ from: intsOf(parts, 0)[0], to: intsOf(parts, 1)[0], axis: intsOf(parts, 2)[0] }),
  },
};

/**
 * The same entries in another shape; at most one named size, which stays. The same tensor if it has that shape, and one
 * node where the tensor was reshaped before.
 */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const from = x.primitive === (reshapePrimitive as Primitive) ? x.inputs[0] : x;
  return from.shape.join() === shape.join() ? from : apply(reshapePrimitive, [from], { shape });
}

/** Axes in another order; reversed when left out. */
export function transpose(x: Tensor, order?: readonly number[]): Tensor {
  return apply(transposePrimitive, [x], { order: order ?? x.shape.map((_, axis) => axis).reverse() });
}

/** The last two axes exchanged: each matrix of a batch transposed. */
export function swapLast(x: Tensor): Tensor {
  const order = x.shape.map((_, axis) => axis);
  const last = order.length - 1;
  return transpose(x, [...order.slice(0, -2), last, last - 1]);
}

/** Tensors side by side along an axis of known sizes; the one tensor itself if there is only one. */
export function concatenate(inputs: readonly Tensor[], axis: number): Tensor {
  if (inputs.length === 0) throw new Error("concatenate: expected at least one tensor, got none");
  const resolved = resolveAxis("concatenate", axis, inputs[0].shape.length);
  return inputs.length === 1 ? inputs[0] : apply(concatenatePrimitive, inputs, { axis: resolved });
}

/** Entries `from` (inclusive) to `to` (exclusive) along an axis of known size. */
export function slice(x: Tensor, axis: number, from: number, to: number): Tensor {
  return apply(slicePrimitive, [x], { axis: resolveAxis("slice", axis, x.shape.length), from, to });
}

/** x with a new axis of size 1 at the given place. */
export function expandDims(x: Tensor, axis: number): Tensor {
  const at = axis < 0 ? axis + x.shape.length + 1 : axis;
  return reshape(x, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)]);
}
