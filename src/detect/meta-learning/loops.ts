import {
  add,
  cast,
  concatenate,
  gradient,
  greater,
  multiply,
  type NdArray,
  reshape,
  stopGradient,
  subtract,
  sum,
  type Tensor,
} from "../../graph/index.ts";
import {
  adam,
  compileStep,
  filled,
  inference,
  type Packed,
  type ParameterTree,
  type Problem,
  packing,
  softplus,
  type Values,
} from "../../nn/index.ts";
import { inputStep } from "./input-step.ts";
import { innerLoss, meanOver, type OuterWeights, outerLoss, projected, type Sides } from "./losses.ts";
import { frozen, logitOf, type Networks, type NetworkValues } from "./networks.ts";

/** How the loops learn, beyond what the paper leaves no choice in. */
export interface LoopOptions {
  /** Whether the inner loop moves φ too. */
  readonly movesClassifier: boolean;
  readonly weights: OuterWeights;
  /** Whether t is learned; else T = 1 throughout, a control. */
  readonly learnsTemperature: boolean;
  /** Whether gradients are projected (PCGrad); else they are added as they are, a control. */
  readonly projects: boolean;
}

/** Rows of an inner batch. */
export const BATCH = 256;

/** Weight decay of the inner loop. */
const DECAY = 1e-4;

/** The gradient of a step is shortened to this length. */
const CLIP = 1;

/** Rows with the side that each counts on. */
export type LoopData = Readonly<Record<"x" | "normal" | "anomalous", NdArray>>;

/** One class of steps, compiled once and begun anew in each episode. */
export type CompiledLoop = Awaited<ReturnType<typeof compileStep>>;

/** T = 1, without weight decay. */
const temperature = { shape: [1], initialize: filled(0), role: "offset" } as const;
/** Steps in which the margin was not kept. */
const active = { shape: [1], initialize: filled(0), role: "statistic" } as const;

/** The inner loop as a problem: its parameters are encoder, decoder and classifier, which may be frozen. */
export function innerProblem(
  { encoder, decoder, classifier }: Networks,
  data: LoopData,
  movesClassifier: boolean,
): Problem<ParameterTree, keyof LoopData> {
  return {
    parameters: {
      encoder: encoder.parameters,
      decoder: decoder.parameters,
      classifier: movesClassifier ? classifier.parameters : frozen(classifier.parameters),
    },
    data,
    loss(values, { x, normal }, layers) {
      const of = values as Values<Record<string, ParameterTree>>;
      const z = encoder.forward(of["encoder"], x, layers);
      const l = logitOf(classifier.forward(of["classifier"], z, layers));
      return innerLoss(l, normal, decoder.forward(of["decoder"], z, layers), x);
    },
  };
}

/**
 * The outer loop as a problem: φ and t are its parameters, the encoder is read. The loss has the value of L, and as gradient
 * what both gradients are together: G′ + H′, G = ∇L of rows after the input step, H = ∇ mean_id sp(−l) of rows as they are.
 */
export function outerProblem(
  { encoder, classifier }: Networks,
  data: LoopData,
  { weights, learnsTemperature, projects }: LoopOptions,
): Problem<ParameterTree, keyof LoopData> {
  return {
    parameters: { encoder: frozen(encoder.parameters), classifier: classifier.parameters, temperature, active },
    data,
    loss(values, { x, normal, anomalous }, layers) {
      const of = values as Values<Record<string, ParameterTree>>;
      const t = values["temperature"] as Tensor;
      const sides: Sides = { normal, anomalous };
      const logit = (rows: Tensor) =>
        logitOf(classifier.forward(of["classifier"], encoder.forward(of["encoder"], rows, inference), inference));
      const moved = logit(inputStep(logit, x));
      const { loss, gap } = outerLoss(moved, sides, learnsTemperature ? t : stopGradient(t), weights);
      const clean = meanOver(softplus(multiply(logit(x), -1)), normal);
      const leaves = [...leavesOf(of["classifier"]), t];
      const [g, h] = [loss, clean].map((part) => flat(gradient(part, leaves)));
      const [g1, h1] = projects ? projected(g, h) : [g, h];
      const counter = values["active"] as Tensor;
      layers.update(counter, add(counter, cast(greater(subtract(weights.margin, gap), 0), "float32")));
      return withGradient(stopGradient(loss), leaves, stopGradient(add(g1, h1)));
    },
  };
}

/** A number with the value of `value` and the given gradient. */
function withGradient(value: Tensor, leaves: readonly Tensor[], steep: Tensor): Tensor {
  const slope = sum(multiply(flat(leaves), steep), 0);
  return add(value, subtract(slope, stopGradient(slope)));
}

/** Values side by side in one vector. */
function flat(values: readonly Tensor[]): Tensor {
  const entries = ({ shape }: Tensor) => (shape as readonly number[]).reduce((a, b) => a * b, 1);
  return concatenate(
    values.map((value) => reshape(value, [entries(value)])),
    0,
  );
}

function leavesOf(values: NetworkValues): readonly Tensor[] {
  return Object.values(values).flatMap((value) =>
    "primitive" in value ? [value as Tensor] : leavesOf(value as NetworkValues),
  );
}

/** Compiles the inner loop, once for all episodes; `steps` are those of all. */
export function compileInner(
  problem: ReturnType<typeof innerProblem>,
  start: Packed,
  steps: number,
): Promise<CompiledLoop> {
  return compileStep(problem, start, { optimizer: adam({ decay: DECAY }), batch: BATCH, clip: CLIP, steps });
}

/** Compiles the outer loop, once for all episodes; `batch` rows a step. */
export function compileOuter(
  problem: ReturnType<typeof outerProblem>,
  start: Packed,
  batch: number,
): Promise<CompiledLoop> {
  return compileStep(problem, start, { optimizer: adam(), batch, clip: CLIP });
}

/** Entries of the flat vector of a tree. */
export function sizeOfTree(tree: ParameterTree): number {
  return packing(tree).size;
}
