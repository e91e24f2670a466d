import { rectifier, type Tensor } from "../../graph/index.ts";
import { inference, type Layer } from "../layer.ts";
import { linear } from "../layers/linear.ts";
import type { ParameterTree, Values } from "../parameters.ts";

/** A network whose outputs for one dimension see only the dimensions before it. */
export interface Made<Head extends string> {
  readonly parameters: ParameterTree;
  /** rows × D → for each head rows × D · outputsEach, those of one dimension side by side. */
  forward(values: Values, x: Tensor): Readonly<Record<Head, Tensor>>;
}

/**
 * MADE, a masked autoencoder for distribution estimation (Germain, Gregor, Murray, Larochelle 2015): `outputsEach` outputs
 * a head and dimension, which depends on the dimensions of lower degree alone.
 *
 * Each unit has a degree: that of an input is its place in the order; hidden units take 1 … D − 1 in turn. A weight is kept
 * where the degree does not fall, and into an output where it rises: the masks that the paper gives for deep MADE.
 * **Differs from the paper:** hidden degrees go round instead of being drawn; no direct connection from inputs to outputs;
 * several heads share the hidden layers.
 */
export function made<Head extends string>(
  order: readonly number[],
  hidden: readonly number[],
  heads: readonly Head[],
  activation: (x: Tensor) => Tensor = rectifier,
  outputsEach = 1,
): Made<Head> {
  const degrees = [order, ...hidden.map((units) => roundRobin(units, order.length - 1))];
  const last = degrees[degrees.length - 1];
  const layers = hidden.map((_, i) => maskedLinear(degrees[i], degrees[i + 1], (from, to) => to >= from));
  const ends = order.flatMap((degree) => new Array<number>(outputsEach).fill(degree));
  const outputs = heads.map((head) => [head, maskedLinear(last, ends, (from, to) => to > from)] as const);
  return {
    parameters: {
      hidden: Object.fromEntries(layers.map(({ parameters }, i) => [i, parameters])),
      ...Object.fromEntries(outputs.map(([head, { parameters }]) => [head, parameters])),
    },
    forward(values, x) {
      const inner = values["hidden"] as Values;
      const h = layers.reduce((h, layer, i) => activation(layer.forward(inner[i] as Values, h, inference)), x);
      const made = outputs.map(([head, layer]) => [head, layer.forward(values[head] as Values, h, inference)]);
      return Object.fromEntries(made) as Record<Head, Tensor>;
    },
  };
}

/** A linear layer in which the weight from a unit of one degree to one of another is kept or 0. */
function maskedLinear(
  from: readonly number[],
  to: readonly number[],
  keeps: (from: number, to: number) => boolean,
): Layer {
  const mask = Float32Array.from(from.flatMap((input) => to.map((output) => (keeps(input, output) ? 1 : 0))));
  return linear(from.length, to.length, { mask });
}

/** 1, 2, …, most, 1, 2, … */
function roundRobin(units: number, most: number): number[] {
  return Array.from({ length: units }, (_, unit) => (unit % Math.max(1, most)) + 1);
}
