/**
 * Dense arrays of the five dtypes that models use, row-major, as ONNX Runtime exchanges them: a bool is a byte,
 * an int64 a bigint.
 */
export type DType = "float32" | "float64" | "int64" | "bool" | "string";

/** The storage of each dtype. */
export interface Storage {
  readonly float32: Float32Array;
  readonly float64: Float64Array;
  readonly int64: BigInt64Array;
  readonly bool: Uint8Array;
  readonly string: string[];
}

/** A concrete tensor: every size known. */
export type NdArray<D extends DType = DType> = {
  [K in D]: { readonly dtype: K; readonly shape: readonly number[]; readonly data: Storage[K] };
}[D];

/** An array over `data`. Throws when the length does not fit the shape. O(1). */
export function ndArray<D extends DType>(dtype: D, shape: readonly number[], data: Storage[D]): NdArray<D> {
  if (data.length !== sizeOf(shape))
    throw new Error(`ndArray: data: expected ${sizeOf(shape)} entries for shape [${shape}], got ${data.length}`);
  return { dtype, shape, data } as NdArray<D>;
}

/** An array of zeros (false, empty strings). */
export function zeros<D extends DType>(dtype: D, shape: readonly number[]): NdArray<D> {
  return ndArray(dtype, shape, storage(dtype, sizeOf(shape)));
}

/** Storage for `length` entries. */
export function storage<D extends DType>(dtype: D, length: number): Storage[D] {
  return allocate[dtype](length) as Storage[D];
}

const allocate = {
  float32: (length: number) => new Float32Array(length),
  float64: (length: number) => new Float64Array(length),
  int64: (length: number) => new BigInt64Array(length),
  bool: (length: number) => new Uint8Array(length),
  string: (length: number) => new Array<string>(length).fill(""),
};

/** The entries of a numeric array as doubles; bigint and bool are converted. Throws on strings. */
export function numbersOf(array: NdArray): Float64Array | Float32Array | Uint8Array {
  if (array.dtype === "string") throw new Error("numbersOf: expected a numeric array, got strings");
  return array.dtype === "int64" ? Float64Array.from(array.data, Number) : array.data;
}

/** Numbers stored in the given numeric dtype: rounded to float32, truncated to int64, ≠ 0 to bool. */
export function fromNumbers(dtype: DType, shape: readonly number[], numbers: ArrayLike<number>): NdArray {
  switch (dtype) {
    case "float32":
      return ndArray(dtype, shape, Float32Array.from(numbers));
    case "float64":
      return ndArray(dtype, shape, Float64Array.from(numbers));
    case "int64":
      return ndArray(dtype, shape, BigInt64Array.from(Array.from(numbers, (x) => BigInt(Math.trunc(x)))));
    case "bool":
      return ndArray(
        dtype,
        shape,
        Uint8Array.from(numbers, (x) => (x !== 0 ? 1 : 0)),
      );
    default:
      throw new Error(`fromNumbers: dtype: expected a numeric dtype, got ${dtype}`);
  }
}

/** The number of entries of a shape; 1 for a scalar. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Row-major strides, in entries. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}

/** For each entry of `shape`, the position of the entry that an array of shape `from` broadcasts there. */
export function broadcastPositions(from: readonly number[], shape: readonly number[]): Uint32Array {
  const strides = stridesOf(from);
  const offset = shape.length - from.length;
  const step = shape.map((_, axis) => (axis < offset || from[axis - offset] === 1 ? 0 : strides[axis - offset]));
  return stridedPositions(shape, step);
}

/** For each entry of `shape` in row-major order, the sum of index × step over its axes. */
export function stridedPositions(shape: readonly number[], step: readonly number[]): Uint32Array {
  const out = new Uint32Array(sizeOf(shape));
  const index = new Array<number>(shape.length).fill(0);
  let position = 0;
  for (let i = 0; i < out.length; i++) {
    out[i] = position;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      position += step[axis];
      if (++index[axis] < shape[axis]) break;
      position -= step[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return out;
}
