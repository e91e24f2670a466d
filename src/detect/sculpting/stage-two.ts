import type { Tensor } from "../../graph/index.ts";
import { mean } from "../../graph/index.ts";
import { adam, asConstants, constantRate, type Trained, train } from "../../nn/index.ts";
import type { Matrix } from "../../numeric/index.ts";
import type { FitContext } from "../detector.ts";
import { float32Rows, mostSteps, trainingRun } from "../network-input.ts";
import { type FlowName, latentFlow, negativeLogLikelihood } from "./latent-flow.ts";

/** Of both variants: blocks, hidden units, rows a step and how fast parameters move. */
const SIZES = {
  standard: { blocks: 5, hidden: 128, batch: 256, learningRate: 5e-4 },
  v1: { blocks: 16, hidden: 512, batch: 512, learningRate: 5e-4 },
} as const;

/** Rounds over the rows that v1 takes, whatever comes of them. */
const ROUNDS_OF_V1 = 10;

/** Rounds that are enough, where these are so many steps or more: rows that are alike would be found likelier for ever. */
const [MOST_ROUNDS, ALWAYS] = [300, 500];

/** Steps between two looks at embeddings held out: a round, but this many at least. */
const FEWEST_BETWEEN_LOOKS = 10;

export interface StageTwoOptions {
  readonly flow: FlowName;
  /** The most steps; v1 takes ten rounds, and no more than these. */
  readonly steps: number;
  readonly patience: number;
}

export interface StageTwo {
  readonly trained: Trained;
  /** ℓ, float64 rows × k → rows. */
  readonly score: (z: Tensor) => Tensor;
}

/**
 * Stage 2: fits the flow to embeddings of normal rows by maximum likelihood. "standard" keeps the parameters that find
 * embeddings held out likeliest and stops when these get no better; "v1" keeps the last.
 */
export async function stageTwo(
  training: Matrix,
  heldOut: Matrix | null,
  { flow: variant, steps, patience }: StageTwoOptions,
  context: FitContext,
): Promise<StageTwo> {
  const { blocks, hidden, batch, learningRate } = SIZES[variant];
  const key = context.key.for("stage 2");
  const flow = latentFlow(training.columns, { blocks, hidden, masks: variant, key: key.for("degrees") });
  const perRound = Math.max(1, Math.floor(training.rows / batch));
  const most = Math.max(ALWAYS, MOST_ROUNDS * perRound);
  const trained = await train(
    {
      parameters: flow.parameters,
      data: { z: float32Rows(training) },
      loss: (values, { z }) => mean(negativeLogLikelihood(flow, values, z), 0),
    },
    {
      optimizer: adam(),
      schedule: constantRate(learningRate),
      steps: Math.min(steps, variant === "v1" ? ROUNDS_OF_V1 * perRound : mostSteps(most, heldOut)),
      batch,
      clip: 1,
      key,
      ...(variant === "standard" &&
        heldOut && {
          heldOut: {
            data: { z: float32Rows(heldOut) },
            criterion: (values, { z }) => negativeLogLikelihood(flow, values, z),
            every: Math.max(FEWEST_BETWEEN_LOOKS, perRound),
            patience,
          },
        }),
      ...trainingRun(context),
    },
  );
  const values = asConstants(flow.parameters, trained, "float64");
  return { trained, score: (z) => negativeLogLikelihood(flow, values, z) };
}
