import { matmul, multiply, reshape, slice, softmax, type Tensor, transpose } from "../../graph/index.ts";
import { glorotUniform, zerosInit } from "../initializers.ts";
import type { Layer } from "../layer.ts";
import type { Parameter } from "../parameters.ts";
import { dropout } from "./dropout.ts";
import { applyLinear, linear } from "./linear.ts";

export interface AttentionOptions {
  /** Into how many parts of equal width the attention falls. */
  readonly heads: number;
  /** How many attention weights are dropped while training; none when left out. */
  readonly dropout?: number;
}

type AttentionParameters = {
  readonly weight: Parameter;
  readonly offset: Parameter;
  readonly output: ReturnType<typeof linear>["parameters"];
};

/**
 * Multi-head self-attention: rows × tokens × width → the same (Vaswani and others 2017, section 3.2).
 *
 * Per head, Q, K, V: tokens × d are products of x with weights, d = width / heads; softmax(Q Kᵀ / √d) V (eq. 1); the
 * heads side by side, times the output weights. Every token sees every token. Weights of Q, K, V stand in one array,
 * 3 × width × width, first U(±√(6 / (width + 3 width))), offsets 0 (PyTorch's MultiheadAttention).
 * Costs O(tokens² width) a row. Throws when the heads do not divide the width.
 */
export function selfAttention(width: number, options: AttentionOptions): Layer<AttentionParameters> {
  const { heads } = options;
  const d = width / heads;
  if (!Number.isInteger(d)) throw new Error(`selfAttention: heads: expected a divisor of ${width}, got ${heads}`);
  const output = linear(width, width, { initializeOffset: zerosInit });
  const drop = dropout(options.dropout ?? 0);
  return {
    parameters: {
      weight: { shape: [3, width, width], initialize: glorotUniform(width, 3 * width), role: "weight" },
      offset: { shape: [3, width], initialize: zerosInit, role: "offset" },
      output: output.parameters,
    },
    forward(values, x, context) {
      const [rows, tokens] = x.shape;
      /** The i-th of Q, K, V with the axes in the given order: 0 rows, 1 tokens, 2 heads, 3 within a head. */
      const part = (i: number, order: readonly number[], scale = 1): Tensor => {
        const weight = reshape(slice(values.weight, 0, i, i + 1), [width, width]);
        const offset = reshape(slice(values.offset, 0, i, i + 1), [width]);
        // Scaling the weights costs less than scaling what they make.
        const scaled = scale === 1 ? [weight, offset] : [multiply(weight, scale), multiply(offset, scale)];
        return transpose(reshape(applyLinear(x, scaled[0], scaled[1]), [rows, tokens, heads, d]), order);
      };
      const q = part(0, [0, 2, 1, 3], 1 / Math.sqrt(d));
      const keys = part(1, [0, 2, 3, 1]);
      const v = part(2, [0, 2, 1, 3]);
      const weights = drop.forward({}, softmax(matmul(q, keys)), context); // rows × heads × tokens × tokens
      const seen = transpose(matmul(weights, v), [0, 2, 1, 3]);
      return output.forward(values.output, reshape(seen, [rows, tokens, width]), context);
    },
  };
}
