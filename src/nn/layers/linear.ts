import { add, affine, matmul, type Tensor } from "../../graph/index.ts";
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

function applyLinear(x: Tensor, weight: Tensor, offset: Tensor | undefined): Tensor {
  if (x.shape.length === 2 && offset) return affine(x, weight, offset);
  const out = matmul(x, weight);
  return offset ? add(out, offset) : out;
}
