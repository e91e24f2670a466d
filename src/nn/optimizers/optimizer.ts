import type { Tensor } from "../../graph/index.ts";
import type { Pace } from "../schedules.ts";

/**
 * How flat parameters move. It works on rows, 1 × n, and knows no network; its state is `slots` further rows of the same
 * size, 0 at first.
 */
export interface Optimizer {
  readonly slots: number;
  /** The numbers that change from step to step (from 1 on), in the order in which `update` takes them, each as 1 × 1. */
  scalars(step: number, pace: Pace): readonly number[];
  /** The parameters and slots after one step. */
  update(
    state: OptimizerState,
    scalars: readonly Tensor[],
  ): { readonly parameters: Tensor; readonly slots: readonly Tensor[] };
  /** Which slot holds the parameters to use once training is done; the parameters themselves when left out. */
  readonly result?: number;
}

export interface OptimizerState {
  readonly parameters: Tensor;
  readonly gradient: Tensor;
  readonly slots: readonly Tensor[];
  /** 1 for each entry that shrinks under weight decay, else 0; null when all do. */
  readonly decays: Tensor | null;
}
