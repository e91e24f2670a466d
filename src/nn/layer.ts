import type { Tensor } from "../graph/index.ts";
import type { ParameterTree, Values } from "./parameters.ts";

/** A part of a network: which parameters it has, and what it makes of rows with them. */
export interface Layer<P extends ParameterTree = ParameterTree> {
  readonly parameters: P;
  forward(values: Values<P>, x: Tensor, context: Context): Tensor;
}

/** What a random input of a step is filled with: N(0, 1), U(0, 1), or 1/keep with probability keep, else 0. */
export type Distribution = "normal" | "uniform" | { readonly keep: number };

/** Whether a network is being trained, and what its layers may ask for then. */
export interface Context {
  readonly training: boolean;
  /** A fresh random float32 tensor in each step, from the key of training and its name. Only while training. */
  draw(name: string, shape: readonly number[], distribution: Distribution): Tensor;
  /** What a statistic becomes after this step. Only while training. */
  update(statistic: Tensor, value: Tensor): void;
}

/** Scoring: nothing is drawn and nothing changes. */
export const inference: Context = Object.freeze({
  training: false,
  draw(name: string): never {
    throw new Error(`nn: "${name}" was drawn outside training`);
  },
  update(): never {
    throw new Error("nn: a statistic was changed outside training");
  },
});

/** Layers one after the other; their parameters are named 0, 1, …. */
export function sequence(...parts: readonly Layer[]): Layer {
  return {
    parameters: Object.fromEntries(parts.map(({ parameters }, i) => [i, parameters])),
    forward: (values, x, context) =>
      parts.reduce((h, part, i) => part.forward(values[i] as Values<ParameterTree>, h, context), x),
  };
}

/** A function of the rows without parameters, as a layer. */
export function activation(f: (x: Tensor) => Tensor): Layer<Record<never, never>> {
  return { parameters: {}, forward: (_, x) => f(x) };
}
