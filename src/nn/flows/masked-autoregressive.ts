import {
  add,
  exponential,
  filledLike,
  multiply,
  negate,
  subtract,
  sum,
  type Tensor,
  tangentHyperbolic,
} from "../../graph/index.ts";
import type { Values } from "../parameters.ts";
import type { Flow } from "./flow.ts";
import { made } from "./made.ts";

export interface MaskedAutoregressiveOptions {
  /** Blocks, each with a network of its own. */
  readonly blocks?: number;
  /** Units of the hidden layers of each network. */
  readonly hidden?: readonly number[];
  /** No α leaves ±bound: a tanh of that height. */
  readonly bound?: number;
  readonly activation?: (x: Tensor) => Tensor;
}

/**
 * A masked autoregressive flow (Papamakarios, Pavlakou, Murray 2017): rows × D to a standard normal.
 *
 * One block, for x_i given the dimensions before it in the block's order:
 * - eq. 3: x_i = u_i exp α_i + μ_i, with μ_i and α_i functions of the x before it, all at once by one MADE (section 3.1);
 * - eq. 4: u_i = (x_i − μ_i) exp(−α_i), so the whole of u takes one pass;
 * - eq. 5: log |det ∂u/∂x| = −Σ_i α_i.
 * Blocks are stacked, u of one being x of the next, with the order of dimensions reversed from block to block.
 *
 * Forward takes one pass a block; the inverse takes D, for after the k-th pass the first k dimensions of the order are right.
 * Data should be standardized. **Differs from the paper:** α is bounded, α = bound · tanh(α̃ / bound), so that no row, however
 * far, makes the density infinite; no batch normalization between blocks; in place of columns the degrees are reversed.
 */
export function maskedAutoregressive(dimensions: number, options: MaskedAutoregressiveOptions = {}): Flow {
  const { blocks = 5, hidden = [128], bound = 1, activation } = options;
  const ascending = Array.from({ length: dimensions }, (_, i) => i + 1);
  const orders = Array.from({ length: blocks }, (_, block) => (block % 2 === 0 ? ascending : ascending.toReversed()));
  const networks = orders.map((order) => made(order, hidden, ["mu", "alpha"], activation));

  const conditional = (block: number, values: Values, x: Tensor) => {
    const { mu, alpha } = networks[block].forward(values[block] as Values, x);
    return { mu, alpha: multiply(tangentHyperbolic(multiply(alpha, 1 / bound)), bound) };
  };

  return {
    dimensions,
    parameters: Object.fromEntries(networks.map(({ parameters }, block) => [block, parameters])),
    forward(values, x) {
      const alphas: Tensor[] = [];
      const u = networks.reduce((x, _, block) => {
        const { mu, alpha } = conditional(block, values, x);
        alphas.push(alpha);
        return multiply(subtract(x, mu), exponential(negate(alpha))); // eq. 4
      }, x);
      return { u, logDeterminant: negate(sum(alphas.reduce(add), 1)) }; // eq. 5
    },
    inverse(values, u) {
      return networks.reduceRight((u, _, block) => {
        let x = filledLike(u, 0);
        for (const _dimension of ascending) {
          const { mu, alpha } = conditional(block, values, x);
          x = add(multiply(u, exponential(alpha)), mu); // eq. 3
        }
        return x;
      }, u);
    },
  };
}
