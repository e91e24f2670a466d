import { add, multiply } from "../../graph/index.ts";
import { activation, type Layer, sequence } from "../layer.ts";
import type { ParameterTree } from "../parameters.ts";
import { gelu } from "./activations.ts";
import { layerNormalization } from "./layer-normalization.ts";
import { linear } from "./linear.ts";

/** x + scale · layer(x) (He, Zhang, Ren, Sun 2016). The layer keeps the shape. */
export function residual<P extends ParameterTree>(layer: Layer<P>, scale = 1): Layer<P> {
  return {
    parameters: layer.parameters,
    forward(values, x, context) {
      const change = layer.forward(values, x, context);
      return add(x, scale === 1 ? change : multiply(change, scale));
    },
  };
}

/** x + scale · h(h(x)) with h(x) = W GELU(LN(x)) + b of the given width: normalized before each product. */
export function residualBlock(width: number, scale = 0.5): Layer {
  const half = () => [layerNormalization(width), activation(gelu), linear(width, width)];
  return residual(sequence(...half(), ...half()), scale);
}
