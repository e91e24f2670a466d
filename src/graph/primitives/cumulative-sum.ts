import { fromNumbers, numbersOf, sizeOf } from "../nd-array.ts";
import { resolveAxis } from "../shape.ts";
import { apply, describeTensor, type Primitive, type Tensor } from "../tensor.ts";
import { expectOnly, flag } from "./onnx-parts.ts";

type Running = { readonly axis: number; readonly exclusive: boolean; readonly reverse: boolean };

export const cumulativeSumPrimitive: Primitive<Running> = {
  name: "cumulativeSum",
  arity: 1,
  infer: ([x], { axis }) => {
    if (x.dtype !== "float32" && x.dtype !== "float64" && x.dtype !== "int64")
      throw new Error(`cumulativeSum: expected numbers, got ${describeTensor(x)}`);
    if (resolveAxis("cumulativeSum", axis, x.shape.length) !== axis)
      throw new Error(`cumulativeSum: axis ${axis}: expected it from the front`);
    return { shape: x.shape, dtype: x.dtype };
  },
  evaluate: ([x], { axis, exclusive, reverse }) => {
    const [size, inner] = [x.shape[axis], sizeOf(x.shape.slice(axis + 1))];
    const numbers = numbersOf(x);
    const out = new Float64Array(numbers.length);
    for (let start = 0; start < numbers.length; start += size * inner)
      for (let i = 0; i < inner; i++) {
        let total = 0;
        for (let k = 0; k < size; k++) {
          const at = start + (reverse ? size - 1 - k : k) * inner + i;
          out[at] = exclusive ? total : total + numbers[at];
          total += numbers[at];
        }
      }
    return fromNumbers(x.dtype, x.shape, out);
  },
  onnx: {
    operator: "CumSum",
    encode: ({ axis, exclusive, reverse }) => ({
      attributes: { exclusive: { int: exclusive ? 1 : 0 }, reverse: { int: reverse ? 1 : 0 } },
      constants: [fromNumbers("int64", [], [axis])],
    }),
    decode: (parts) => {
      expectOnly(parts, ["exclusive", "reverse"], 1);
      const axis = parts.constants?.[0];
      if (axis?.dtype !== "int64" || axis.shape.length !== 0) throw new Error("CumSum: expected one int64 axis");
      return {
        axis: Number(axis.data[0]),
        exclusive: flag(parts, "exclusive", 0),
        reverse: flag(parts, "reverse", 0),
      };
    },
  },
};

/**
 * The sum of the entries up to each along an axis (the last when left out), itself left out if `exclusive`; from the end
 * if `reverse`. The shape of x. O(entries).
 */
export function cumulativeSum(
  x: Tensor,
  axis = -1,
  options: { readonly exclusive?: boolean; readonly reverse?: boolean } = {},
): Tensor {
  const { exclusive = false, reverse = false } = options;
  return apply(cumulativeSumPrimitive, [x], {
    axis: resolveAxis("cumulativeSum", axis, x.shape.length),
    exclusive,
    reverse,
  });
}
