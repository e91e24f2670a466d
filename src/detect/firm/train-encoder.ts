import { type NdArray, reshape, slice, type Tensor } from "../../graph/index.ts";
import {
  adam,
  asConstants,
  type Context,
  inference,
  initialize,
  oneCycle,
  type Packed,
  type ParameterTree,
  type Trained,
  type TrainOptions,
  train,
} from "../../nn/index.ts";
import type { FitContext } from "../detector.ts";
import { trainingRun } from "../network-input.ts";
import { encoder, forScoring, logitHead, type Normalization, type Part, projectionHead } from "./encoder.ts";
import { type LossName, type Objective, objectiveOf } from "./objectives.ts";
import { byWatch, type Compared } from "./select.ts";
import { statisticsOf } from "./statistics.ts";

export const HEADS = ["linear", "bn-last"] as const;
export const STATISTICS = ["mix", "last"] as const;

export interface EncoderTraining {
  readonly loss: LossName;
  readonly temperature: number;
  readonly head: (typeof HEADS)[number];
  readonly normalization: Normalization;
  readonly statistics: (typeof STATISTICS)[number];
  readonly steps: number;
  readonly learningRate: number;
  readonly decay: number;
}

/** What `train` takes: rows with their family (0 for normal ones, else from 1 on), and how they change on the way. */
export interface Batches {
  readonly data: Readonly<Record<"x" | "family", NdArray>>;
  readonly batches: NonNullable<TrainOptions<ParameterTree, string>["batches"]>;
  readonly renew: NonNullable<TrainOptions<ParameterTree, string>["renew"]>;
}

/** What an encoder of rows and one of images do differently. */
export interface Course {
  readonly parts: readonly Part[];
  /** Samples in a batch that are normal, and outliers; the normal ones come first. */
  readonly samples: { readonly normals: number; readonly outliers: number };
  readonly batches: Batches;
  /** Rows of a batch. */
  readonly batch: number;
  /** The two views of the samples, 2 N rows, those of view 1 first. */
  readonly viewsOf: (x: Tensor, layers: Context) => Tensor;
  /** As the network takes them; null keeps the last parameters. */
  readonly compared: Compared | null;
  /** Rows that fix the statistics of batch normalization. */
  readonly fixing: () => Promise<NdArray>;
  /** Rows as they are scored → as the network takes them. */
  readonly seen: (x: Tensor) => Tensor;
}

/** An encoder, and how its training went. */
export interface FittedEncoder {
  readonly encode: Encode;
  /** Rows as the network takes them to features. */
  readonly encodeSeen: Encode;
  /** The same with the parameters before training, and statistics fixed by the same rows. */
  untrained(): Promise<Encode>;
  /** The logit of being an outlier, rows × 128 → rows; null unless the loss is binary cross-entropy. */
  readonly logit: ((h: Tensor) => Tensor) | null;
  readonly trained: Trained;
  readonly range: Objective["range"];
}

/** Scaled rows to features: float64 rows × d → rows × 128, ≥ 0. */
export type Encode = (x: Tensor) => Tensor;

/** How much of the last batch stored statistics are: all, where they are fixed afterwards, or as published. */
const MOMENTUM = { mix: 1, last: 0.9 } as const;

/** The share of steps in which the rate rises. */
const RISING = 0.01;

/**
 * Trains an encoder on batches of normal rows and outliers, two views each, in one pass of 2 N rows; the last parameters
 * are kept, or those that told the rows to compare best. Then the statistics of batch normalization are fixed and folded
 * into the weights.
 */
export async function trainEncoder(
  { parts, samples, batches, batch, viewsOf, compared, fixing, seen }: Course,
  { loss, temperature, head: form, normalization, statistics, steps, learningRate, decay }: EncoderTraining,
  context: FitContext,
): Promise<FittedEncoder> {
  const key = context.key.for("encoder");
  const shape = { normalization, momentum: MOMENTUM[statistics] };
  const network = encoder(parts, shape);
  const head = loss === "bce" ? logitHead() : projectionHead(form, shape);
  const parameters = { encoder: network.parameters, head: head.parameters };
  const objective = objectiveOf(loss, samples, temperature);
  const trained = await train(
    {
      parameters,
      data: batches.data,
      loss: (values, { x, family }, layers) => {
        const out = head.forward(values.head, network.forward(values.encoder, viewsOf(x, layers), layers), layers);
        return objective.loss(out, slice(family, 0, 0, samples.normals + samples.outliers));
      },
    },
    {
      optimizer: adam({ decay }),
      schedule: oneCycle(learningRate, { rising: RISING }),
      steps,
      batch,
      batches: batches.batches,
      renew: batches.renew,
      ...(compared && { heldOut: byWatch(network, compared, steps) }),
      key,
      ...trainingRun(context),
    },
  );
  const rows = statistics === "mix" && normalization === "batch" ? await fixing() : null;
  const forward = async (packed: Packed) => {
    const fixed = rows ? await statisticsOf(network, parameters, packed, "encoder", rows) : packed;
    return forScoring(parts, normalization, parameters, fixed, "encoder");
  };
  const encodeSeen = await forward(trained);
  const logit = (h: Tensor) => {
    const out = head.forward(asConstants(parameters, trained, "float64").head, h, inference);
    return reshape(out, [h.shape[0]]);
  };
  return {
    encode: (x) => encodeSeen(seen(x)),
    encodeSeen,
    async untrained() {
      const before = await forward(initialize(parameters, key.for("parameters")));
      return (x) => before(seen(x));
    },
    logit: loss === "bce" ? logit : null,
    trained,
    range: objective.range,
  };
}
