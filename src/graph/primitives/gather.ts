import { fromNumbers, ndArray, numbersOf, sizeOf } from "../nd-array.ts";
import { knownSize, resolveAxis } from "../shape.ts";
import { apply, describeTensor, type Primitive, type Tensor } from "../tensor.ts";
import { constantValue } from "./leaf.ts";
import { axesConstant, expectOnly, flag, intAttribute, intsOf } from "./onnx-parts.ts";

export const gatherPrimitive: Primitive<{ readonly axis: number }> = {
  name: "gather",
  arity: 2,
  infer: ([x, indices], { axis }) => {
    if (indices.dtype !== "int64" || x.dtype === "string")
      throw new Error(
        `gather: expected numbers and int64 indices, got ${describeTensor(x)}, ${describeTensor(indices)}`,
      );
    if (resolveAxis("gather", axis, x.shape.length) !== axis)
      throw new Error(`gather: axis ${axis}: expected it from the front`);
    const [size, fixed] = [x.shape[axis], constantValue(indices)];
    if (typeof size === "number" && fixed && numbersOf(fixed).some((index) => index < 0 || index >= size))
      throw new Error(`gather: indices: expected 0 … ${size - 1}`);
    return { shape: [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)], dtype: x.dtype };
  },
  evaluate: ([x, indices], { axis }) => {
    const numbers = numbersOf(x);
    const at = numbersOf(indices);
    const [outer, size, inner] = [sizeOf(x.shape.slice(0, axis)), x.shape[axis], sizeOf(x.shape.slice(axis + 1))];
    const out: number[] = [];
    for (let o = 0; o < outer; o++)
      for (const index of at) {
        if (index < 0 || index >= size) throw new Error(`gather: index ${index} is not below ${size}`);
        for (let i = 0; i < inner; i++) out.push(numbers[(o * size + index) * inner + i]);
      }
    return fromNumbers(x.dtype, [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)], out);
  },
  onnx: {
    operator: "Gather",
    encode: ({ axis }) => ({ attributes: { axis: { int: axis } } }),
    decode: (parts) => {
      expectOnly(parts, ["axis"]);
      return { axis: intAttribute(parts, "axis", 0) };
    },
  },
};

export const gatherAlongPrimitive: Primitive<{ readonly axis: number }> = {
  name: "gatherAlong",
  arity: 2,
  infer: ([x, indices], { axis }) => {
    const alike =
      x.shape.length === indices.shape.length && x.shape.every((s, i) => i === axis || s === indices.shape[i]);
    if (!alike || indices.dtype !== "int64" || x.dtype === "string")
      throw new Error(
        `gatherAlong: expected numbers and int64 indices for each row, got ${describeTensor(x)}, ${describeTensor(indices)}`,
      );
    if (resolveAxis("gatherAlong", axis, x.shape.length) !== axis)
      throw new Error(`gatherAlong: axis ${axis}: expected it from the front`);
    return { shape: indices.shape, dtype: x.dtype };
  },
  evaluate: ([x, indices], { axis }) => {
    const numbers = numbersOf(x);
    const inner = sizeOf(x.shape.slice(axis + 1));
    const [size, picked] = [x, indices].map(({ shape }) => shape[axis]);
    const out = Array.from(numbersOf(indices), (index, i) => {
      if (index < 0 || index >= size) throw new Error(`gatherAlong: index ${index} is not below ${size}`);
      return numbers[(Math.floor(i / (inner * picked)) * size + index) * inner + (i % inner)];
    });
    return fromNumbers(x.dtype, indices.shape, out);
  },
  onnx: {
    operator: "GatherElements",
    encode: ({ axis }) => ({ attributes: { axis: { int: axis } } }),
    decode: (parts) => {
      expectOnly(parts, ["axis"]);
      return { axis: intAttribute(parts, "axis", 0) };
    },
  },
};

type TopK = { readonly k: number; readonly largest: boolean };

export const topKIndicesPrimitive: Primitive<TopK> = {
  name: "topKIndices",
  arity: 1,
  infer: ([x], { k }) => {
    const size = knownSize("topKIndices", x.shape[x.shape.length - 1]);
    if (!(Number.isInteger(k) && k >= 1 && k <= size))
      throw new Error(`topKIndices: k: expected 1 … ${size}, got ${k}`);
    return { shape: [...x.shape.slice(0, -1), k], dtype: "int64" };
  },
  evaluate: ([x], { k, largest }) => {
    const size = x.shape[x.shape.length - 1];
    const numbers = numbersOf(x);
    const out: bigint[] = [];
    for (let start = 0; start < numbers.length; start += size) {
      const order = Array.from({ length: size }, (_, i) => i);
      const sign = largest ? -1 : 1;
      order.sort((a, b) => sign * (numbers[start + a] - numbers[start + b]) || a - b);
      for (let i = 0; i < k; i++) out.push(BigInt(order[i]));
    }
    return ndArray("int64", [...x.shape.slice(0, -1), k], BigInt64Array.from(out));
  },
  onnx: {
    operator: "TopK",
    output: { index: 1, count: 2 },
    encode: ({ k, largest }) => ({
      attributes: { axis: { int: -1 }, largest: { int: largest ? 1 : 0 }, sorted: { int: 1 } },
      constants: [axesConstant([k])],
    }),
    decode: (parts) => {
      expectOnly(parts, ["axis", "largest", "sorted"], 1);
      if (intAttribute(parts, "axis", -1) !== -1) throw new Error("TopK: expected the last axis");
      if (!flag(parts, "sorted", 1)) throw new Error("TopK: expected sorted places");
      return { k: intsOf(parts, 0)[0], largest: flag(parts, "largest", 1) };
    },
  },
};

/** Entries of x along an axis at int64 indices, whose shape replaces that axis. Indices must lie in range. */
export function gather(x: Tensor, indices: Tensor, axis = 0): Tensor {
  return apply(gatherPrimitive, [x, indices], { axis: resolveAxis("gather", axis, x.shape.length) });
}

/**
 * Entries of x along an axis (the last when left out), each row at indices of its own: a × n, int64 a × k → a × k.
 * They must lie in range.
 */
export function gatherAlong(x: Tensor, indices: Tensor, axis = -1): Tensor {
  return apply(gatherAlongPrimitive, [x, indices], { axis: resolveAxis("gatherAlong", axis, x.shape.length) });
}

/**
 * Where the k largest (or smallest) entries along the last axis stand, best first, the lower place first among equals.
 * `topK` gives the values, and those are what a gradient can flow through.
 */
export function topKIndices(x: Tensor, k: number, options: { readonly largest?: boolean } = {}): Tensor {
  return apply(topKIndicesPrimitive, [x], { k, largest: options.largest ?? true });
}

/** The k largest (or smallest) entries along the last axis, best first: a × n → a × k. The gradient goes to where they stood. */
export function topK(x: Tensor, k: number, options: { readonly largest?: boolean } = {}): Tensor {
  return gatherAlong(x, topKIndices(x, k, options));
}
