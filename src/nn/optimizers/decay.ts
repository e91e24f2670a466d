import { multiply, subtract, type Tensor } from "../../graph/index.ts";

/** Parameters that shrink by a share of themselves, where they do. */
export function decayed(parameters: Tensor, shrink: Tensor, decays: Tensor | null): Tensor {
  return multiply(parameters, subtract(1, decays ? multiply(decays, shrink) : shrink));
}
