import { fromNumbers, type NdArray, numbersOf, sizeOf, stridedPositions, stridesOf } from "../nd-array.ts";
import { resolveAxis } from "../shape.ts";
import { apply, describeTensor, type Primitive, type Tensor } from "../tensor.ts";
import { axesConstant, flag, intsOf } from "./onnx-parts.ts";

type Reduction = { readonly axes: readonly number[]; readonly keep: boolean };

/** A primitive that folds the entries along some axes into one. */
function reduction(name: string, operator: string, fold: (entries: Float64Array) => number): Primitive<Reduction> {
  return {
    name,
    arity: 1,
    infer: ([x], { axes, keep }) => {
      if (x.dtype !== "float32" && x.dtype !== "float64")
        throw new Error(`${name}: expected floats, got ${describeTensor(x)}`);
      for (const axis of axes)
        if (resolveAxis(name, axis, x.shape.length) !== axis)
          throw new Error(`${name}: axis ${axis}: expected it from the front`);
      return { shape: remaining(x.shape, axes, keep), dtype: x.dtype };
    },
    evaluate: ([x], { axes, keep }) => evaluateReduction(x, axes, keep, fold),
    onnx: {
      operator,
      encode: ({ axes, keep }) => ({
        attributes: { keepdims: { int: keep ? 1 : 0 } },
        constants: [axesConstant(axes)],
      }),
      decode: (parts) => ({ axes: intsOf(parts, 0), keep: flag(parts, "keepdims", 1) }),
    },
  };
}

function remaining<S>(shape: readonly S[], axes: readonly number[], keep: boolean): (S | 1)[] {
  return keep
    ? shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
    : shape.filter((_, axis) => !axes.includes(axis));
}

function evaluateReduction(
  x: NdArray,
  axes: readonly number[],
  keep: boolean,
  fold: (entries: Float64Array) => number,
): NdArray {
  const strides = stridesOf(x.shape);
  const others = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const starts = stridedPositions(
    others.map((axis) => x.shape[axis]),
    others.map((axis) => strides[axis]),
  );
  const within = stridedPositions(
    axes.map((axis) => x.shape[axis]),
    axes.map((axis) => strides[axis]),
  );
  const numbers = numbersOf(x);
  const out = Array.from(starts, (start) => fold(Float64Array.from(within, (offset) => numbers[start + offset])));
  const shape = remaining(x.shape, axes, keep);
  return fromNumbers(x.dtype, shape, sizeOf(shape) === out.length ? out : []);
}

export const reductionPrimitives = {
  sum: reduction("sum", "ReduceSum", (entries) => entries.reduce((a, b) => a + b, 0)),
  sumOfSquares: reduction("sumOfSquares", "ReduceSumSquare", (entries) => entries.reduce((a, b) => a + b * b, 0)),
  mean: reduction("mean", "ReduceMean", (entries) => entries.reduce((a, b) => a + b, 0) / entries.length),
  max: reduction("max", "ReduceMax", (entries) => entries.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)),
  min: reduction("min", "ReduceMin", (entries) => entries.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)),
};

/** Every reduction, for decoding. */
export const reductions: readonly Primitive[] = Object.values(reductionPrimitives) as Primitive[];

const reduce =
  (primitive: Primitive<Reduction>) =>
  (x: Tensor, axes: number | readonly number[], options: { readonly keep?: boolean } = {}): Tensor => {
    const resolved = [axes].flat().map((axis) => resolveAxis(primitive.name, axis, x.shape.length));
    return apply(primitive, [x], { axes: resolved.sort((a, b) => a - b), keep: options.keep ?? false });
  };

/** The sum along the axes, which disappear unless `keep`. */
export const sum = reduce(reductionPrimitives.sum);
/** The sum of the squares along the axes, squared and added in one pass: faster than `sum(square(x))` where it is large. */
export const sumOfSquares = reduce(reductionPrimitives.sumOfSquares);
/** The mean along the axes. */
export const mean = reduce(reductionPrimitives.mean);
/** The largest entry along the axes. */
export const max = reduce(reductionPrimitives.max);
/** The smallest entry along the axes. */
export const min = reduce(reductionPrimitives.min);
