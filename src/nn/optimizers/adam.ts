import { add, divide, scaledPlus, square, squareRoot } from "../../graph/index.ts";
import { decayed } from "./decay.ts";
import type { Optimizer } from "./optimizer.ts";

export interface AdamOptions {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  /** Decoupled weight decay (AdamW): weights shrink by rate · decay in each step. 0 when left out. */
  readonly decay?: number;
}

/**
 * Adam (Kingma and Ba 2015, algorithm 1); with `decay`, AdamW (Loshchilov and Hutter 2019, algorithm 2).
 *
 * m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²,  θ ← θ − rate · m̂ / (√v̂ + ε) with m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ).
 * The slots hold M = m / (1 − β₁) and V = v / (1 − β₂), so M ← β₁ M + g and V ← β₂ V + g², and the step is θ − a M / (√V + e)
 * with e = ε √(1 − β₂ᵗ) / √(1 − β₂) and a = rate (1 − β₁) √(1 − β₂ᵗ) / ((1 − β₁ᵗ) √(1 − β₂)): the same in seven passes over
 * the vectors instead of sixteen. Two slots. **Differs from the papers:** nothing.
 */
export function adam(options: AdamOptions = {}): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, decay = 0 } = options;
  return {
    slots: 2,
    scalars(step, { rate }) {
      const root = Math.sqrt((1 - beta2 ** step) / (1 - beta2));
      const a = (rate * (1 - beta1) * root) / (1 - beta1 ** step);
      return [-a, epsilon * root, ...(decay === 0 ? [] : [rate * decay])];
    },
    update({ parameters, gradient: g, slots: [m, v], decays }, [minusA, e, shrink]) {
      const m1 = scaledPlus(beta1, m, g);
      const v1 = scaledPlus(beta2, v, square(g));
      const before = decay === 0 ? parameters : decayed(parameters, shrink, decays);
      const moved = scaledPlus(minusA, divide(m1, add(squareRoot(v1), e)), before);
      return { parameters: moved, slots: [m1, v1] };
    },
  };
}
