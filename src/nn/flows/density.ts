import { add, multiply, square, subtract, sum, type Tensor } from "../../graph/index.ts";
import type { ParameterTree, Values } from "../parameters.ts";
import type { Flow } from "./flow.ts";

/** −log p(x) under a flow, in nats: rows × D → rows. Lower is more likely. */
export function negativeLogDensity<P extends ParameterTree>(flow: Flow<P>, values: Values<P>, x: Tensor): Tensor {
  const { u, logDeterminant } = flow.forward(values, x);
  const constantPart = (flow.dimensions / 2) * Math.log(2 * Math.PI);
  return subtract(add(multiply(sum(square(u), 1), 0.5), constantPart), logDeterminant);
}
