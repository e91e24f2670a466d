import { fromNumbers, numbersOf, sizeOf } from "../nd-array.ts";
import { resolveAxis } from "../shape.ts";
import { apply, describeTensor, type Primitive, type Tensor } from "../tensor.ts";
import { stopGradient } from "./cast.ts";
import { add, exponential, logarithm, subtract } from "./elementwise.ts";
import { reshape } from "./layout.ts";
import { intAttribute } from "./onnx-parts.ts";
import { max, sum } from "./reduce.ts";

export const softmaxPrimitive: Primitive<{ readonly axis: number }> = {
  name: "softmax",
  arity: 1,
  infer: ([x], { axis }) => {
    if ((x.dtype !== "float32" && x.dtype !== "float64") || resolveAxis("softmax", axis, x.shape.length) !== axis)
      throw new Error(`softmax: expected floats and an axis from the front, got ${describeTensor(x)}, axis ${axis}`);
    return { shape: x.shape, dtype: x.dtype };
  },
  evaluate: ([x], { axis }) => {
    const numbers = numbersOf(x);
    const [size, step] = [x.shape[axis], sizeOf(x.shape.slice(axis + 1))];
    const out = new Float64Array(numbers.length);
    for (let i = 0; i < numbers.length; i++) {
      if (Math.floor(i / step) % size !== 0) continue;
      const places = Array.from({ length: size }, (_, k) => i + k * step);
      const largest = Math.max(...places.map((place) => numbers[place]));
      const weights = places.map((place) => Math.exp(numbers[place] - largest));
      const whole = weights.reduce((a, b) => a + b, 0);
      places.forEach((place, k) => {
        out[place] = weights[k] / whole;
      });
    }
    return fromNumbers(x.dtype, x.shape, out);
  },
  onnx: {
    operator: "Softmax",
    encode: ({ axis }) => ({ attributes: { axis: { int: axis } } }),
    decode: (parts, [x]) => ({ axis: resolveAxis("softmax", intAttribute(parts, "axis", -1), x.shape.length) }),
  },
};

/** e^x, divided by its sum along an axis; the last one when left out. */
export function softmax(x: Tensor, axis = -1): Tensor {
  return apply(softmaxPrimitive, [x], { axis: resolveAxis("softmax", axis, x.shape.length) });
}

/** ln Σ e^x along an axis (the last one when left out), which disappears unless `keep`; exact for large and small x. */
export function logSumExp(x: Tensor, axis = -1, options: { readonly keep?: boolean } = {}): Tensor {
  const at = resolveAxis("logSumExp", axis, x.shape.length);
  // The largest entry is taken out; the result does not depend on it, so its gradient is not needed.
  const largest = stopGradient(max(x, at, { keep: true }));
  const kept = add(logarithm(sum(exponential(subtract(x, largest)), at, { keep: true })), largest);
  if (options.keep) return kept;
  return reshape(
    kept,
    x.shape.filter((_, i) => i !== at),
  );
}

/** x − ln Σ e^x along an axis, the last one when left out. */
export function logSoftmax(x: Tensor, axis = -1): Tensor {
  return subtract(x, logSumExp(x, axis, { keep: true }));
}
