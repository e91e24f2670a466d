import { scaledPlus, subtract } from "../../graph/index.ts";
import type { Optimizer } from "./optimizer.ts";

/**
 * An optimizer that also keeps an average of its parameters, which is what training gives back: average ← average + w (θ −
 * average), w the weight of a step (from 1 on). One more slot.
 */
export function averaged(optimizer: Optimizer, weight: (step: number) => number): Optimizer {
  return {
    slots: optimizer.slots + 1,
    result: optimizer.slots,
    scalars: (step, pace) => [...optimizer.scalars(step, pace), weight(step)],
    update({ slots, ...state }, scalars) {
      const next = optimizer.update({ ...state, slots: slots.slice(0, -1) }, scalars.slice(0, -1));
      const average = slots[slots.length - 1];
      const moved = scaledPlus(scalars[scalars.length - 1], subtract(next.parameters, average), average);
      return { parameters: next.parameters, slots: [...next.slots, moved] };
    },
  };
}

/** Equal weights for every step after the first `skipped`: the last value until then (Izmailov et al. 2018). */
export const equalWeights =
  (skipped: number) =>
  (step: number): number =>
    step <= skipped ? 1 : 1 / (step - skipped);

/** An exponential moving average that forgets at the given rate; the first steps are averaged equally. */
export const exponentialWeights =
  (keep: number) =>
  (step: number): number =>
    Math.max(1 - keep, 1 / step);
