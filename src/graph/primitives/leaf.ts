import { type DType, fromNumbers, type NdArray, ndArray, sizeOf } from "../nd-array.ts";
import { apply, type Primitive, type Shape, type Tensor } from "../tensor.ts";

const inputPrimitive: Primitive<{ readonly name: string; readonly shape: Shape; readonly dtype: DType }> = {
  name: "input",
  arity: 0,
  infer: (_, { shape, dtype }) => ({ shape, dtype }),
  evaluate: (_, { name }) => {
    throw new Error(`evaluate: input "${name}" was not fed`);
  },
  onnx: null,
};

const constantPrimitive: Primitive<{ readonly value: NdArray }> = {
  name: "constant",
  arity: 0,
  infer: (_, { value }) => ({ shape: value.shape, dtype: value.dtype }),
  evaluate: (_, { value }) => value,
  onnx: null,
};

/** A value that is fed by name when the graph runs. */
export function input(name: string, dtype: DType, shape: Shape): Tensor {
  return apply(inputPrimitive, [], { name, shape, dtype });
}

/** A value fixed in the graph. Its data must not be written to afterwards. */
export function constant(value: NdArray): Tensor {
  return apply(constantPrimitive, [], { value });
}

/** A constant scalar of a numeric dtype. */
export function scalar(value: number, dtype: DType): Tensor {
  return constant(fromNumbers(dtype, [], [value]));
}

/** A constant float64 array; a vector over all of `data` when no shape is given. */
export function float64(data: ArrayLike<number>, shape: readonly number[] = [data.length]): Tensor {
  const values = data instanceof Float64Array ? data : Float64Array.from(data);
  return constant(ndArray("float64", shape, sizeOf(shape) === values.length ? values : new Float64Array(0)));
}

/** A constant int64 vector. */
export function int64(data: ArrayLike<number>): Tensor {
  return constant(fromNumbers("int64", [data.length], data));
}

/** The name of an input tensor, or null for any other. */
export function inputName(tensor: Tensor): string | null {
  return tensor.primitive === (inputPrimitive as Primitive) ? (tensor.attributes["name"] as string) : null;
}

/** The value of a constant tensor, or null for any other. */
export function constantValue(tensor: Tensor): NdArray | null {
  return tensor.primitive === (constantPrimitive as Primitive) ? (tensor.attributes["value"] as NdArray) : null;
}
