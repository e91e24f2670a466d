import { add, rectifier, type Tensor } from "../../graph/index.ts";
import { activation, type Layer, sequence } from "../layer.ts";
import type { ParameterTree } from "../parameters.ts";
import { selfAttention } from "./attention.ts";
import { dropout } from "./dropout.ts";
import { layerNormalization } from "./layer-normalization.ts";
import { linear } from "./linear.ts";

export interface TransformerOptions {
  readonly heads: number;
  /** Width inside the feed-forward part; 4 × width when left out. */
  readonly feedForward?: number;
  /** Of attention weights, of both parts' results, and inside the feed-forward part; 0 when left out. */
  readonly dropout?: number;
  /** Inside the feed-forward part; ReLU when left out. */
  readonly activation?: (x: Tensor) => Tensor;
  /** Where layers are normalized: after each sum, as published (when left out), or before each part. */
  readonly normalization?: "post" | "pre";
}

/**
 * One encoder block of a transformer: rows × tokens × width → the same (Vaswani and others 2017, section 3.1; "pre":
 * Xiong and others 2020).
 *
 * post: h ← LN(x + attention(x)), LN(h + feed(h)); pre: h ← x + attention(LN(x)), h + feed(LN(h)), with
 * feed(h) = W₂ f(W₁ h + b₁) + b₂. The parameters and their first values are those of PyTorch's TransformerEncoderLayer.
 */
export function transformerBlock(width: number, options: TransformerOptions): Layer {
  const { heads, feedForward = 4 * width, activation: f = rectifier, normalization = "post" } = options;
  const drop = dropout(options.dropout ?? 0);
  const attention = sequence(selfAttention(width, { heads, dropout: options.dropout ?? 0 }), drop);
  const feed = sequence(linear(width, feedForward), activation(f), drop, linear(feedForward, width), drop);
  return sequence(normalizedSum(attention, width, normalization), normalizedSum(feed, width, normalization));
}

/** LN(x + part(x)), or x + part(LN(x)). */
function normalizedSum(
  part: Layer,
  width: number,
  where: "post" | "pre",
): Layer<Record<"part" | "normalization", ParameterTree>> {
  const normalization = layerNormalization(width);
  return {
    parameters: { part: part.parameters, normalization: normalization.parameters },
    forward(values, x, context) {
      const normalize = (h: Tensor) => normalization.forward(values.normalization as never, h, context);
      const through = (h: Tensor) => part.forward(values.part, h, context);
      return where === "post" ? normalize(add(x, through(x))) : add(x, through(normalize(x)));
    },
  };
}
