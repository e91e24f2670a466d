import {
  add,
  exponential,
  multiply,
  rectifier,
  square,
  subtract,
  sum,
  type Tensor,
  tangentHyperbolic,
} from "../../graph/index.ts";
import { inference, type Layer, linear, type ParameterTree, type Values } from "../../nn/index.ts";
import { type Key, uniform } from "../../numeric/index.ts";

export const FLOWS = ["standard", "v1"] as const;
export type FlowName = (typeof FLOWS)[number];

/** A masked autoregressive flow over embeddings. */
export interface LatentFlow {
  readonly parameters: ParameterTree;
  /** Rows × D → u, rows × D, and Σ log |∂u/∂z| over blocks, rows. */
  forward(values: Values, z: Tensor): { readonly u: Tensor; readonly logDeterminant: Tensor };
}

export interface LatentFlowOptions {
  readonly blocks: number;
  /** Hidden units of a block. */
  readonly hidden: number;
  readonly masks: FlowName;
  /** Draws the hidden degrees of the v1 masks. */
  readonly key: Key;
}

/**
 * Stage 2: K blocks, each with h = ReLU(W₁ z + b₁), s = W_s h + b_s, t = W_t h + b_t, s′ = tanh(s), u = z exp(s′) + t,
 * masked so that s_i and t_i see z_1 … z_{i−1} alone; log |det| = Σ s′ (Papamakarios, Pavlakou, Murray 2017, with the
 * inverse parametrized). The order of dimensions is reversed from block to block, by the masks instead of by moving columns.
 *
 * Masks, degree i for the i-th input: "standard" (Germain and others 2015): hidden degrees 1 … D − 1 in turn, a weight kept if
 * hidden ≥ input, then if output > hidden; "v1", as in the authors' code: hidden degrees drawn, kept if hidden > input,
 * then if output ≥ hidden, so that the last dimension does not see the one before it.
 */
export function latentFlow(dimensions: number, { blocks, hidden, masks, key }: LatentFlowOptions): LatentFlow {
  const each = Array.from({ length: blocks }, (_, block) => {
    const degrees = Array.from({ length: dimensions }, (_, i) => (block % 2 === 0 ? i + 1 : dimensions - i));
    const inner = hiddenDegrees(hidden, dimensions, masks, key.for(block));
    return blockOf(degrees, inner, masks);
  });
  return {
    parameters: Object.fromEntries(
      each.map(({ inner, scale, shift }, block) => [
        block,
        { inner: inner.parameters, scale: scale.parameters, shift: shift.parameters },
      ]),
    ),
    forward(values, z) {
      const logs: Tensor[] = [];
      const u = each.reduce((z, { inner, scale, shift }, block) => {
        const own = values[block] as Values<Record<"inner" | "scale" | "shift", ParameterTree>>;
        const h = rectifier(inner.forward(own.inner, z, inference));
        const s = tangentHyperbolic(scale.forward(own.scale, h, inference));
        logs.push(s);
        return add(multiply(z, exponential(s)), shift.forward(own.shift, h, inference));
      }, z);
      return { u, logDeterminant: sum(logs.reduce(add), 1) };
    },
  };
}

/** ℓ(z) = ½‖u‖² + D/2 ln 2π − log |det|, in nats: rows × D → rows. Lower is more likely. */
export function negativeLogLikelihood(flow: LatentFlow, values: Values, z: Tensor): Tensor {
  const { u, logDeterminant } = flow.forward(values, z);
  const whole = ((z.shape[1] as number) / 2) * Math.log(2 * Math.PI);
  return subtract(add(multiply(sum(square(u), 1), 0.5), whole), logDeterminant);
}

/** The masks of a block, from × to, row by row: 1 where a weight is kept. */
export function flowMasks(
  degrees: readonly number[],
  inner: readonly number[],
  masks: FlowName,
): { readonly input: Float32Array; readonly output: Float32Array } {
  const strict = masks === "v1";
  const mask = (from: readonly number[], to: readonly number[], isStrict: boolean) =>
    Float32Array.from(from.flatMap((a) => to.map((b) => ((isStrict ? b > a : b >= a) ? 1 : 0))));
  return { input: mask(degrees, inner, strict), output: mask(inner, degrees, !strict) };
}

interface Block {
  readonly inner: Layer;
  readonly scale: Layer;
  readonly shift: Layer;
}

function blockOf(degrees: readonly number[], inner: readonly number[], masks: FlowName): Block {
  const { input, output } = flowMasks(degrees, inner, masks);
  const [d, h] = [degrees.length, inner.length];
  return {
    inner: linear(d, h, { mask: input }) as Layer,
    scale: linear(h, d, { mask: output }) as Layer,
    shift: linear(h, d, { mask: output }) as Layer,
  };
}

function hiddenDegrees(hidden: number, dimensions: number, masks: FlowName, key: Key): readonly number[] {
  const most = Math.max(1, dimensions - 1);
  const u = uniform(key);
  return Array.from({ length: hidden }, (_, unit) => 1 + (masks === "v1" ? Math.floor(u() * most) : unit % most));
}
