import { fromNumbers, type NdArray, numbersOf, sizeOf } from "../nd-array.ts";
import { resolveAxis } from "../shape.ts";
import { apply, describeTensor, type Primitive, type Tensor } from "../tensor.ts";
import { expectOnly, intAttribute } from "./onnx-parts.ts";

export const scatterAddPrimitive: Primitive<{ readonly axis: number }> = {
  name: "scatterAdd",
  arity: 3,
  infer: ([x, indices, added], { axis }) => {
    const floats = x.dtype === "float32" || x.dtype === "float64";
    if (!floats || added.dtype !== x.dtype || indices.dtype !== "int64")
      throw new Error(
        `scatterAdd: expected floats, int64 indices and floats, got ${[x, indices, added].map(describeTensor).join(", ")}`,
      );
    if (resolveAxis("scatterAdd", axis, x.shape.length) !== axis)
      throw new Error(`scatterAdd: axis ${axis}: expected it from the front`);
    const alike = x.shape.every((size, i) => i === axis || size === added.shape[i]);
    if (!alike || added.shape.join() !== indices.shape.join() || added.shape.length !== x.shape.length)
      throw new Error(
        `scatterAdd: shapes do not fit along axis ${axis}: ${[x, indices, added].map(describeTensor).join(", ")}`,
      );
    return { shape: x.shape, dtype: x.dtype };
  },
  evaluate: ([x, indices, added], { axis }) => evaluateScatter(x, indices, added, axis),
  onnx: {
    operator: "ScatterElements",
    encode: ({ axis }) => ({ attributes: { axis: { int: axis }, reduction: { string: "add" } } }),
    decode: (parts) => {
      expectOnly(parts, ["axis", "reduction"]);
      const reduction = parts.attributes?.["reduction"];
      if (!reduction || !("string" in reduction) || reduction.string !== "add")
        throw new Error("ScatterElements: expected reduction add");
      return { axis: intAttribute(parts, "axis", 0) };
    },
  },
};

function evaluateScatter(x: NdArray, indices: NdArray, added: NdArray, axis: number): NdArray {
  const out = Float64Array.from(numbersOf(x));
  const numbers = numbersOf(added);
  const inner = sizeOf(x.shape.slice(axis + 1));
  const [size, count] = [x.shape[axis], added.shape[axis]];
  numbersOf(indices).forEach((index, i) => {
    if (index < 0 || index >= size) throw new Error(`scatterAdd: index ${index} is not below ${size}`);
    const outer = Math.floor(i / (inner * count));
    out[(outer * size + index) * inner + (i % inner)] += numbers[i];
  });
  return fromNumbers(x.dtype, x.shape, out);
}

/**
 * x with each entry of `added` added at its index along an axis; several may go to one place. The transpose of
 * `gatherAlong`: a × n, int64 a × k, a × k → a × n. Indices must lie in range. One thread: O(entries of x and added).
 */
export function scatterAdd(x: Tensor, indices: Tensor, added: Tensor, axis = -1): Tensor {
  return apply(scatterAddPrimitive, [x, indices, added], { axis: resolveAxis("scatterAdd", axis, x.shape.length) });
}
