import { add, divide, mean, multiply, ndArray, reshape, slice, type Tensor } from "../../graph/index.ts";
import {
  asConstants,
  inference,
  type Layer,
  type ParameterTree,
  softplus,
  type Trained,
  train,
  type Values,
} from "../../nn/index.ts";
import { type Key, type Matrix, uniform } from "../../numeric/index.ts";
import type { FitContext } from "../detector.ts";
import { float32Rows, trainingRun } from "../network-input.ts";
import { above } from "./negatives.ts";
import { HIDDEN, HOW_TO_TRAIN, perceptron } from "./networks.ts";

/** Rows of each kind in a batch of one member. */
const OF_EACH = 128;
/** Steps between two looks, and looks without a better one after which training stops. */
const [EVERY, PATIENCE] = [100, 5] as const;

/** ln(1 + e^f) for normal rows and ln(1 + e^−f) for negatives: logits and signs (+1 normal, −1 negative), rows → rows. */
export function crossEntropy(logits: Tensor, signs: Tensor): Tensor {
  return softplus(multiply(logits, signs));
}

/** A perceptron of the ensemble: p → 128 → 128 → 1. */
export function member(p: number): Layer {
  return perceptron(p, HIDDEN, HIDDEN, 1);
}

export interface ClassifierOptions {
  /** J. */
  readonly members: number;
  readonly steps: number;
}

/** What training stops by: normal rows and negatives that it does not see. */
export interface Watched {
  readonly normal: Matrix;
  readonly negatives: Matrix;
}

export interface Classifier {
  /** (1/J) Σ_j f_j: rows × p → rows; higher is more like a negative. */
  readonly logit: (h: Tensor) => Tensor;
  readonly trained: Trained;
}

/**
 * Trains J perceptrons, each on its own batches of 128 normal rows and 128 negatives, on ½ mean ln(1 + e^f) over normal rows
 * + ½ mean ln(1 + e^−f) over negatives, and keeps the step at which the mean of their losses on `watched` rows is lowest;
 * the last one where nothing is watched.
 */
export async function fitClassifier(
  normal: Matrix,
  negatives: Matrix,
  watched: Watched | null,
  { members, steps }: ClassifierOptions,
  context: FitContext,
): Promise<Classifier> {
  const networks = Array.from({ length: members }, () => member(normal.columns));
  const parameters: ParameterTree = Object.fromEntries(networks.map((network, j) => [j, network.parameters]));
  const logitOf = (values: Values<ParameterTree>, h: Tensor, j: number, layers = inference) => {
    const logit = networks[j].forward(values[j] as Values<ParameterTree>, h, layers);
    return reshape(logit, [h.shape[0]]);
  };
  const all = networks.map((_, j) => j);
  const sumOf = (terms: readonly Tensor[]) => terms.reduce(add);
  const trained = await train(
    {
      parameters,
      data: { h: float32Rows(above(normal, negatives)), sign: signs(normal.rows, negatives.rows) },
      loss: (values, { h, sign }, layers) => {
        const own = (x: Tensor, j: number) => slice(x, 0, 2 * OF_EACH * j, 2 * OF_EACH * (j + 1));
        const each = all.map((j) => mean(crossEntropy(logitOf(values, own(h, j), j, layers), own(sign, j)), 0));
        return sumOf(each);
      },
    },
    {
      ...HOW_TO_TRAIN,
      steps,
      batch: 2 * OF_EACH * members,
      batches: (_, size, key) => halves(normal.rows, negatives.rows, size, key),
      key: context.key.for("classifier"),
      ...(watched && {
        heldOut: {
          data: {
            h: float32Rows(above(watched.normal, watched.negatives)),
            sign: signs(watched.normal.rows, watched.negatives.rows),
          },
          criterion: (values, { h, sign }) => {
            const each = all.map((j) => crossEntropy(logitOf(values, h, j), sign));
            return multiply(divide(sumOf(each), members), halfEach(sign, watched));
          },
          every: EVERY,
          patience: PATIENCE,
        },
      }),
      ...trainingRun(context),
    },
  );
  const values = asConstants(parameters, trained, "float64");
  return { logit: (h) => divide(sumOf(all.map((j) => logitOf(values, h, j))), members), trained };
}

/** Batches of 128 normal rows and 128 negatives in turn, with replacement; negatives stand after normal rows. */
function halves(normal: number, negatives: number, size: number, key: Key): (step: number) => BigInt64Array {
  return (step) => {
    const u = uniform(key.for(step));
    return BigInt64Array.from({ length: size }, (_, i) =>
      i % (2 * OF_EACH) < OF_EACH ? BigInt(Math.floor(u() * normal)) : BigInt(normal + Math.floor(u() * negatives)),
    );
  };
}

function signs(normal: number, negatives: number) {
  return ndArray(
    "float32",
    [normal + negatives],
    new Float32Array(normal + negatives).fill(1, 0, normal).fill(-1, normal),
  );
}

/** Weights by which the mean is half that of normal rows and half that of negatives, from their signs. */
function halfEach(sign: Tensor, { normal, negatives }: Watched): Tensor {
  const [one, other] = [normal, negatives].map(({ rows }) => (normal.rows + negatives.rows) / (2 * rows));
  return add(multiply(sign, (one - other) / 2), (one + other) / 2);
}
