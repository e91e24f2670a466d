import { add, scaledPlus, subtract } from "../../graph/index.ts";
import { decayed } from "./decay.ts";
import type { Optimizer } from "./optimizer.ts";

export interface GradientDescentOptions {
  /** The share of the last move that is kept; a schedule that gives a momentum overrides it. 0 when left out. */
  readonly momentum?: number;
  /** Whether the gradient is looked at where the momentum leads (Nesterov). */
  readonly nesterov?: boolean;
  /** Weight decay: decay · θ is added to the gradient (not decoupled, as is usual for SGD). 0 when left out. */
  readonly decay?: number;
}

/**
 * Stochastic gradient descent with momentum: b ← momentum · b + g, θ ← θ − rate · b (Sutskever, Martens, Dahl, Hinton
 * 2013, in the form of PyTorch, where the rate is outside the momentum). One slot.
 */
export function gradientDescent(options: GradientDescentOptions = {}): Optimizer {
  const { momentum = 0, nesterov = false, decay = 0 } = options;
  return {
    slots: 1,
    scalars: (_, pace) => [-pace.rate, pace.momentum ?? momentum, -decay],
    update({ parameters, gradient, slots: [b], decays }, [minusRate, keep, grow]) {
      // θ − decayed(θ, −decay) = −decay · θ, so this adds decay · θ where weights decay.
      const g = decay === 0 ? gradient : add(gradient, subtract(decayed(parameters, grow, decays), parameters));
      const b1 = scaledPlus(keep, b, g);
      const move = nesterov ? scaledPlus(keep, b1, g) : b1;
      return { parameters: scaledPlus(minusRate, move, parameters), slots: [b1] };
    },
  };
}
