import { add, expandDims, multiply } from "../../graph/index.ts";
import { type Initializer, normalWith } from "../initializers.ts";
import type { Layer } from "../layer.ts";
import type { Parameter } from "../parameters.ts";

/**
 * One token a column: token_j = x_j w_j + b_j, rows × columns → rows × columns × width (Gorishniy, Rubachev, Khrulkov,
 * Babenko 2021, section 3.3). First values N(0, 0.1²) unless given. **Differs from the paper:** no token for the class.
 */
export function featureTokenizer(
  columns: number,
  width: number,
  initialize: Initializer = normalWith(0.1),
): Layer<{ readonly weight: Parameter; readonly offset: Parameter }> {
  const shape = [columns, width];
  return {
    parameters: { weight: { shape, initialize, role: "weight" }, offset: { shape, initialize, role: "offset" } },
    forward: ({ weight, offset }, x) => add(multiply(expandDims(x, 2), weight), offset),
  };
}

/** A learned vector added to each token by its place: rows × tokens × width → the same. First values N(0, 1) unless given. */
export function positions(
  tokens: number,
  width: number,
  initialize: Initializer = normalWith(1),
): Layer<{ readonly table: Parameter }> {
  return {
    parameters: { table: { shape: [tokens, width], initialize, role: "weight" } },
    forward: ({ table }, x) => add(x, table),
  };
}
