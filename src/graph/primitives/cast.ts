import { type DType, fromNumbers, numbersOf } from "../nd-array.ts";
import { apply, type Primitive, type Tensor } from "../tensor.ts";

/** Numbers of the dtypes in TensorProto.DataType of onnx.proto. */
export const ONNX_DTYPE = { float32: 1, int64: 7, string: 8, bool: 9, float64: 11 } as const satisfies Record<
  DType,
  number
>;

/** The dtype behind a number of TensorProto.DataType, or undefined for one that we do not use. */
export function dtypeOf(code: number): DType | undefined {
  return (Object.keys(ONNX_DTYPE) as DType[]).find((dtype) => ONNX_DTYPE[dtype] === code);
}

export const castPrimitive: Primitive<{ readonly to: DType }> = {
  name: "cast",
  arity: 1,
  infer: ([x], { to }) => {
    if (x.dtype === "string" || to === "string") throw new Error("cast: strings are not cast");
    return { shape: x.shape, dtype: to };
  },
  evaluate: ([x], { to }) => fromNumbers(to, x.shape, numbersOf(x)),
  onnx: {
    operator: "Cast",
    encode: ({ to }) => ({ attributes: { to: { int: ONNX_DTYPE[to] } } }),
    decode: ({ attributes }) => {
      const to = attributes?.["to"] && "int" in attributes["to"] ? dtypeOf(attributes["to"].int) : undefined;
      if (!to) throw new Error("Cast: unknown target dtype");
      return { to };
    },
  },
};

/** x in another numeric dtype: rounded to float32, truncated to int64, ≠ 0 to bool. The same tensor if it has it. */
export function cast(x: Tensor, to: DType): Tensor {
  return x.dtype === to ? x : apply(castPrimitive, [x], { to });
}

/** x as a value that no gradient flows through. In a file: a cast to the dtype that it has. */
export function stopGradient(x: Tensor): Tensor {
  return apply(castPrimitive, [x], { to: x.dtype });
}
