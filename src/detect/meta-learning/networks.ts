import {
  absolute,
  add,
  divide,
  exponential,
  multiply,
  negate,
  reshape,
  sign,
  slice,
  square,
  subtract,
  type Tensor,
} from "../../graph/index.ts";
import {
  activation,
  gelu as geluInSinglePrecision,
  inputDropout,
  type Layer,
  layerNormalization,
  linear,
  type ParameterTree,
  residual,
  sequence,
  type Values,
} from "../../nn/index.ts";

/** Entries of an embedding. */
export const EMBEDDING = 128;
const WIDTH = 256;

/** How often an entry of a row is 0 while the encoder trains. */
const DROPPED = 0.05;

/** θ and φ: rows × d to embeddings, back to rows, and from embeddings to two outputs. */
export interface Networks {
  /** f: rows × d → rows × 128. */
  readonly encoder: Layer;
  /** D: rows × 128 → rows × d. */
  readonly decoder: Layer;
  /** h: rows × 128 → rows × 2, o_0 for normal and o_1 for anomalous. */
  readonly classifier: Layer;
}

/** The networks of the authors' code, without their dropout and the dropping of blocks. */
export function networks(columns: number): Networks {
  const act = activation(gelu);
  return {
    encoder: sequence(
      inputDropout(DROPPED),
      linear(columns, WIDTH),
      act,
      residualBlock(WIDTH),
      residualBlock(WIDTH),
      residualBlock(WIDTH),
      linear(WIDTH, EMBEDDING),
    ),
    decoder: sequence(
      linear(EMBEDDING, EMBEDDING),
      act,
      residualBlock(EMBEDDING),
      residualBlock(EMBEDDING),
      linear(EMBEDDING, columns),
    ),
    classifier: sequence(layerNormalization(EMBEDDING), act, linear(EMBEDDING, 2)),
  };
}

/** x + ½ h(h(x)), h(x) = W GELU(LN(x)) + b. */
export function residualBlock(width: number): Layer {
  const half = () => [layerNormalization(width), activation(gelu), linear(width, width)];
  return residual(sequence(...half(), ...half()), 0.5);
}

/** l = o_0 − o_1, the logit of normal: rows × 2 → rows. */
export function logitOf(o: Tensor): Tensor {
  return reshape(subtract(slice(o, 1, 0, 1), slice(o, 1, 1, 2)), [o.shape[0]]);
}

/** Networks whose parameters a step reads but does not move. */
export function frozen(tree: ParameterTree): ParameterTree {
  return Object.fromEntries(
    Object.entries(tree).map(([name, child]) => [
      name,
      typeof child["initialize"] === "function"
        ? { ...(child as ParameterTree[string]), role: "statistic" }
        : frozen(child as ParameterTree),
    ]),
  ) as ParameterTree;
}

/** Values of all parameters under names of their own. */
export type NetworkValues = Values<ParameterTree>;

/** a_1 to a_5 and p of Abramowitz and Stegun, 7.1.26. */
const ERF = [0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429];
const SLOPE = 0.3275911;

/**
 * x Φ(x). In float64, where ONNX Runtime has no error function, by Abramowitz and Stegun's 7.1.26, within 1.5e-7 · x: as
 * near as training in float32 comes, and equal on every machine.
 */
export function gelu(x: Tensor): Tensor {
  if (x.dtype === "float32") return geluInSinglePrecision(x);
  const u = multiply(x, Math.SQRT1_2);
  const t = divide(1, add(multiply(absolute(u), SLOPE), 1));
  const polynomial = ERF.reduceRight((h: Tensor | null, a) => multiply(h ? add(h, a) : a, t), null)!;
  const erf = multiply(sign(u), subtract(1, multiply(polynomial, exponential(negate(square(u))))));
  return multiply(x, add(multiply(erf, 0.5), 0.5));
}
