import {
  add,
  divide,
  exponential,
  filledLike,
  maximum,
  mean,
  minimum,
  multiply,
  overRows,
  slice,
  square,
  subtract,
  sum,
  type Tensor,
} from "../../graph/index.ts";
import { asConstants, filled, inference, type Parameter, type Trained, train } from "../../nn/index.ts";
import { columnMeans, columnOf, type Matrix, matrix } from "../../numeric/index.ts";
import type { FitContext } from "../detector.ts";
import { float32Rows, trainingNote, trainingRun } from "../network-input.ts";
import { HIDDEN, HOW_TO_TRAIN, perceptron, stepsFor } from "./networks.ts";

/** Level 2: normal rows as a family of latent distributions N(μ, diag(σ²)), and back. */
export interface Latent {
  /** ℓ. */
  readonly size: number;
  /** μ: features rows × p → rows × ℓ. */
  readonly means: (h: Tensor) => Tensor;
  /** ln σ²: rows × p → rows × ℓ. */
  readonly logVariances: (h: Tensor) => Tensor;
  /** D: rows × ℓ → rows × p. */
  readonly decode: (z: Tensor) => Tensor;
  /** −ELBO with z = μ, a number a row: how badly the autoencoder knows it. */
  readonly negativeElbo: (h: Tensor) => Tensor;
  readonly notes: readonly string[];
}

/** Bounds of ln σ². */
const [LEAST, MOST] = [-8, 4] as const;
/** v, the decoder's variance, and what it is where latent dimensions collapse. */
const [VARIANCE, SMALLER_VARIANCE] = [0.1, 0.01] as const;
/** β rises from 0 to 1 over this share of the steps. */
const RISING = 0.3;
/** A latent dimension whose means vary by less is not used. */
const ACTIVE = 0.01;
/** σ where the autoencoder has none. */
export const FIXED_SIGMA = 0.1;

/** ½ Σ_j (μ_j² + σ_j² − 1 − ln σ_j²), rows × ℓ → rows: from N(μ, diag(σ²)) to N(0, I), in nats. */
export function divergence(means: Tensor, logVariances: Tensor): Tensor {
  const terms = subtract(add(square(means), exponential(logVariances)), add(logVariances, 1));
  return multiply(sum(terms, 1), 0.5);
}

/** (1/p) [‖h − h̃‖² / (2 v) + β · divergence], rows → rows. */
export function variationalLoss(
  h: Tensor,
  rebuilt: Tensor,
  { means, logVariances }: { readonly means: Tensor; readonly logVariances: Tensor },
  variance: number,
  beta: Tensor | number,
): Tensor {
  const error = divide(sum(square(subtract(h, rebuilt)), 1), 2 * variance);
  return divide(add(error, multiply(divergence(means, logVariances), beta)), h.shape[1] as number);
}

/** ℓ = min(16, max(2, ⌈d/2⌉)). */
export function latentSize(columns: number): number {
  return Math.min(16, Math.max(2, Math.ceil(columns / 2)));
}

/** p → 128 → (μ, ln σ²), and ℓ → 128 → p; the steps taken are counted beside them. */
export function variationalNetwork(p: number, size: number, hidden: number = HIDDEN) {
  const [encode, decode] = [perceptron(p, hidden, 2 * size), perceptron(size, hidden, p)];
  const taken: Parameter = { shape: [1], initialize: filled(0), role: "statistic" };
  return { parameters: { encode: encode.parameters, decode: decode.parameters, taken }, encode, decode };
}

/** μ and ln σ², within its bounds, of what the encoder says. */
export function posterior(encoded: Tensor, size: number): { means: Tensor; logVariances: Tensor } {
  return {
    means: slice(encoded, 1, 0, size),
    logVariances: minimum(maximum(slice(encoded, 1, size, 2 * size), LEAST), MOST),
  };
}

interface Variant {
  readonly variance: number;
  /** Whether σ is learned, with its divergence; else it is 0.1. */
  readonly learned: boolean;
}

/** Tried one after the other until two latent dimensions are used. */
const VARIANTS: readonly Variant[] = [
  { variance: VARIANCE, learned: true },
  { variance: SMALLER_VARIANCE, learned: true },
  { variance: VARIANCE, learned: false },
];
const PARTS = [".latent", ".latent2", ".latent3"] as const;

/** A variational autoencoder of features, n × p, by so many steps; a smaller v, then a plain autoencoder where it collapses. */
export async function fitLatent(h: Matrix, size: number, steps: number, context: FitContext): Promise<Latent> {
  const notes: string[] = [];
  for (const [at, variant] of VARIANTS.entries()) {
    const { latent, trained } = await trainLatent(h, size, stepsFor(steps, h.rows), variant, PARTS[at], context);
    const { signal, workers } = context;
    const means = matrix(h.rows, size, await overRows(latent.means, h, { signal, workers }));
    const used = variancesOf(means).filter((variance) => variance > ACTIVE).length;
    if (used >= 2 || at === VARIANTS.length - 1) {
      notes.push(`latent space: ${trainingNote(trained)}; ${used} of ${size} dimensions used`);
      if (at === 1) notes.push(`latent dimensions collapsed; v is ${SMALLER_VARIANCE}`);
      if (at === 2)
        notes.push(`latent dimensions collapsed; a plain autoencoder with σ = ${FIXED_SIGMA} stands for it`);
      return { ...latent, notes };
    }
  }
  throw new Error("outlier-synthesis: no latent space");
}

async function trainLatent(
  h: Matrix,
  size: number,
  steps: number,
  { variance, learned }: Variant,
  part: (typeof PARTS)[number],
  context: FitContext,
): Promise<{ readonly latent: Omit<Latent, "notes">; readonly trained: Trained }> {
  const { parameters, encode, decode } = variationalNetwork(h.columns, size);
  const fixed = (means: Tensor) => filledLike(means, 2 * Math.log(FIXED_SIGMA));
  const split = (encoded: Tensor) => {
    const both = posterior(encoded, size);
    return learned ? both : { ...both, logVariances: fixed(both.means) };
  };
  const trained = await train(
    {
      parameters,
      data: { h: float32Rows(h) },
      loss: (values, { h }, layers) => {
        const taken = add(values.taken, 1);
        layers.update(values.taken, taken);
        const beta = learned ? minimum(divide(taken, Math.max(1, RISING * steps)), 1) : 0;
        const both = split(encode.forward(values.encode, h, layers));
        const e = layers.draw("latent", both.means.shape as number[], "normal");
        const z = add(both.means, multiply(exponential(multiply(both.logVariances, 0.5)), e));
        return mean(variationalLoss(h, decode.forward(values.decode, z, layers), both, variance, beta), 0);
      },
    },
    { ...HOW_TO_TRAIN, steps, key: context.key.for("level 2"), ...trainingRun(context, part) },
  );
  const values = asConstants(parameters, trained, "float64");
  const of = (h: Tensor) => split(encode.forward(values.encode, h, inference));
  return {
    trained,
    latent: {
      size,
      means: (h) => of(h).means,
      logVariances: (h) => of(h).logVariances,
      decode: (z) => decode.forward(values.decode, z, inference),
      negativeElbo: (h) => {
        const both = of(h);
        return variationalLoss(h, decode.forward(values.decode, both.means, inference), both, variance, 1);
      },
    },
  };
}

/** Features as they are, without a level 2: μ = h, σ = 0.1, D(z) = z. */
export function plainLatent(size: number): Latent {
  return {
    size,
    means: (h) => h,
    logVariances: (h) => filledLike(h, 2 * Math.log(FIXED_SIGMA)),
    decode: (z) => z,
    negativeElbo: (h) => sum(square(h), 1),
    notes: [],
  };
}

function variancesOf(m: Matrix): readonly number[] {
  return Array.from(columnMeans(m), (center, j) => {
    return columnOf(m, j).reduce((total, value) => total + (value - center) ** 2, 0) / m.rows;
  });
}
