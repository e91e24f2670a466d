import { add, concatenate, filledLike, rectifier, reshape, slice, sum, type Tensor } from "../../graph/index.ts";
import { inference } from "../layer.ts";
import { mlp } from "../layers/mlp.ts";
import type { ParameterTree, Values } from "../parameters.ts";
import type { Flow } from "./flow.ts";
import { made } from "./made.ts";
import { type RationalQuadratic, rationalQuadratic } from "./rational-quadratic.ts";

export interface NeuralSplineOptions {
  /**
   * What the spline of a dimension may depend on: "autoregressive", all dimensions before it (one pass forward, D passes
   * back), or "coupling", the half that stays (one pass either way). Autoregressive when left out.
   */
  readonly conditioning?: "autoregressive" | "coupling";
  /** Blocks, each with a network of its own; 5 when left out. */
  readonly blocks?: number;
  /** Units of the hidden layers of each network; [128] when left out. */
  readonly hidden?: readonly number[];
  /** Pieces of a spline, K; 8 when left out. */
  readonly bins?: number;
  /** The splines live on ±bound, B; 3 when left out. */
  readonly bound?: number;
  readonly activation?: (x: Tensor) => Tensor;
}

/** One invertible map with its network. */
interface Block {
  readonly parameters: ParameterTree;
  forward(values: Values, x: Tensor): { readonly y: Tensor; readonly logSlope: Tensor };
  inverse(values: Values, y: Tensor): Tensor;
}

/**
 * A neural spline flow (Durkan, Bekasov, Murray, Papamakarios 2019): rows × D to a standard normal, each dimension by a
 * monotone rational-quadratic spline that a network makes of other dimensions (section 3.2). log |det ∂u/∂x| is the sum of
 * the splines' log slopes. Autoregressive blocks reverse the order of dimensions from block to block; coupling blocks move
 * the second half given the first, then the first given the second.
 *
 * Splines live on [−bound, bound]; farther out each block is the identity, so standardize first: there the density is
 * the standard normal's. **Differs from the paper:** no linear maps between blocks; plain networks, not residual ones;
 * the half that a coupling keeps is not moved by splines of its own.
 * Throws when a coupling has one dimension.
 */
export function neuralSpline(dimensions: number, options: NeuralSplineOptions = {}): Flow {
  const { conditioning = "autoregressive", blocks = 5, hidden = [128], bins = 8, bound = 3 } = options;
  const { activation = rectifier } = options;
  const splines = rationalQuadratic(bins, bound);
  const make = conditioning === "coupling" ? coupling : autoregressive;
  const parts = Array.from({ length: blocks }, (_, i) => make(dimensions, i % 2 === 1, splines, hidden, activation));
  return {
    dimensions,
    parameters: Object.fromEntries(parts.map(({ parameters }, i) => [i, parameters])),
    forward(values, x) {
      const logSlopes: Tensor[] = [];
      const u = parts.reduce((x, block, i) => {
        const { y, logSlope } = block.forward(values[i] as Values, x);
        logSlopes.push(sum(logSlope, 1));
        return y;
      }, x);
      return { u, logDeterminant: logSlopes.reduce(add) };
    },
    inverse: (values, u) => parts.reduceRight((y, block, i) => block.inverse(values[i] as Values, y), u),
  };
}

/** The spline of a dimension from those before it in the order. */
function autoregressive(
  dimensions: number,
  reversed: boolean,
  splines: RationalQuadratic,
  hidden: readonly number[],
  activation: (x: Tensor) => Tensor,
): Block {
  const ascending = Array.from({ length: dimensions }, (_, i) => i + 1);
  const network = made(reversed ? ascending.toReversed() : ascending, hidden, ["splines"], activation, splines.numbers);
  const conditioned = (values: Values, x: Tensor) =>
    reshape(network.forward(values, x).splines, [x.shape[0], dimensions, splines.numbers]);
  return {
    parameters: network.parameters,
    forward: (values, x) => splines.forward(x, conditioned(values, x)),
    // After the k-th pass the first k dimensions of the order are right.
    inverse: (values, y) => ascending.reduce((x) => splines.inverse(y, conditioned(values, x)), filledLike(y, 0)),
  };
}

/** The splines of one half from the other half, which stays. */
function coupling(
  dimensions: number,
  firstMoves: boolean,
  splines: RationalQuadratic,
  hidden: readonly number[],
  activation: (x: Tensor) => Tensor,
): Block {
  if (dimensions < 2)
    throw new Error(
      `neuralSpline: dimensions: expected 2 or more for a coupling, got ${dimensions}; take autoregressive`,
    );
  const half = Math.ceil(dimensions / 2);
  const moving = firstMoves ? half : dimensions - half;
  const network = mlp([dimensions - moving, ...hidden, moving * splines.numbers], { activation });
  const cut = (x: Tensor) => {
    const [first, second] = [slice(x, 1, 0, half), slice(x, 1, half, dimensions)];
    return firstMoves ? { moved: first, kept: second } : { moved: second, kept: first };
  };
  const join = (moved: Tensor, kept: Tensor) => concatenate(firstMoves ? [moved, kept] : [kept, moved], 1);
  const conditioned = (values: Values, kept: Tensor) =>
    reshape(network.forward(values, kept, inference), [kept.shape[0], moving, splines.numbers]);
  return {
    parameters: network.parameters,
    forward(values, x) {
      const { moved, kept } = cut(x);
      const { y, logSlope } = splines.forward(moved, conditioned(values, kept));
      return { y: join(y, kept), logSlope };
    },
    inverse(values, y) {
      const { moved, kept } = cut(y);
      return join(splines.inverse(moved, conditioned(values, kept)), kept);
    },
  };
}
