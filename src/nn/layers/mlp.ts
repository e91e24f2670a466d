import { rectifier, type Tensor } from "../../graph/index.ts";
import { activation, type Layer, sequence } from "../layer.ts";
import { type LinearOptions, linear } from "./linear.ts";

/**
 * A multi-layer perceptron: linear layers of the given sizes, with an activation (ReLU when left out) after each but the
 * last. rows × sizes[0] → rows × sizes.at(-1).
 *
 * @example mlp([64, 256, 256, 64])
 */
export function mlp(
  sizes: readonly number[],
  options: LinearOptions & { readonly activation?: (x: Tensor) => Tensor } = {},
): Layer {
  const { activation: f = rectifier, ...rest } = options;
  const layers = sizes.slice(1).flatMap((outputs, i) => {
    const layer = linear(sizes[i], outputs, rest);
    return i < sizes.length - 2 ? [layer, activation(f)] : [layer];
  });
  return sequence(...layers);
}
