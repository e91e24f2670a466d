import { add, affine, matmul, reshape, type Tensor } from "../../graph/index.ts";
import { fanInUniform, type Initializer } from "../initializers.ts";
import type { Layer } from "../layer.ts";
import type { Parameter } from "../parameters.ts";

export interface LinearOptions {
  /** Whether an offset is added; true when left out. */
  readonly offset?: boolean;
  /** First weights; U(±1/√inputs), like the offset, when left out. */
  readonly initialize?: Initializer;
  /** First offset. */
  readonly initializeOffset?: Initializer;
  /** inputs × outputs, 1 or 0: weights at 0 stay 0. */
  readonly mask?: Float32Array;
}

type LinearParameters = { readonly weight: Parameter; readonly offset?: Parameter };

/** x W + b over the last axis: … × inputs → … × outputs, W stored as inputs × outputs. */
export function linear(inputs: number, outputs: number, options: LinearOptions = {}): Layer<LinearParameters & {}> {
  const { offset = true, initialize = fanInUniform(inputs), initializeOffset = fanInUniform(inputs), mask } = options;
  const weight: Parameter = { shape: [inputs, outputs], initialize, role: "weight", ...(mask && { mask }) };
  const parameters = offset
    ? { weight, offset: { shape: [outputs], initialize: initializeOffset, role: "offset" } as Parameter }
    : { weight };
  return {
    parameters,
    forward: (values, x) => applyLinear(x, values.weight, values.offset as Tensor | undefined),
  };
}

/** x W + b over the last axis: one `Gemm` where the leading axes can become one, which takes known sizes. */
export function applyLinear(x: Tensor, weight: Tensor, offset: Tensor | undefined): Tensor {
  if (!offset) return matmul(x, weight);
  if (x.shape.length === 2) return affine(x, weight, offset);
  const leading = x.shape.slice(0, -1);
  if (!leading.every((size) => typeof size === "number")) return add(matmul(x, weight), offset);
  const rows = reshape(x, [leading.reduce((a, b) => a * b, 1), weight.shape[0]]);
  return reshape(affine(rows, weight, offset), [...leading, weight.shape[1]]);
}
