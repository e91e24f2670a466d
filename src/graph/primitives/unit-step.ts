import { fromNumbers, numbersOf } from "../nd-array.ts";
import { apply, describeTensor, type OnnxParts, type Primitive, type Tensor } from "../tensor.ts";
import { cast } from "./cast.ts";
import { less } from "./compare.ts";

/** So steep a ramp that every normal float32 above 0 is past its end. */
const SLOPE = Math.fround(3.4e38);

/** 1 where x > 0, else 0, as ONNX writes it fastest: a hard sigmoid, a quarter of the time that Sign takes. */
export const unitStepPrimitive: Primitive = {
  name: "unitStep",
  arity: 1,
  infer: ([x]) => {
    if (x.dtype !== "float32") throw new Error(`unitStep: expected float32, got ${describeTensor(x)}`);
    return { shape: x.shape, dtype: x.dtype };
  },
  evaluate: ([x]) =>
    fromNumbers(
      x.dtype,
      x.shape,
      Array.from(numbersOf(x), (value) => Math.min(1, Math.max(0, value * SLOPE))),
    ),
  onnx: {
    operator: "HardSigmoid",
    encode: () => ({ attributes: { alpha: { float: SLOPE }, beta: { float: 0 } } }),
    decode: (parts) => {
      const [alpha, beta] = [floatOf(parts, "alpha"), floatOf(parts, "beta")];
      if (alpha !== SLOPE || beta !== 0) throw new Error("HardSigmoid: expected a unit step");
      return {};
    },
  },
};

function floatOf(parts: OnnxParts, name: string): number | undefined {
  const attribute = parts.attributes?.[name];
  return attribute && "float" in attribute ? attribute.float : undefined;
}

/** 1 where x > 0, else 0, in the dtype of x. */
export function unitStep(x: Tensor): Tensor {
  return x.dtype === "float32" ? apply(unitStepPrimitive, [x], {}) : cast(less(0, x), x.dtype);
}
