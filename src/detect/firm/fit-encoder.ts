import {
  add,
  cast,
  concatenate,
  constant,
  floor,
  gather,
  greater,
  multiply,
  ndArray,
  reshape,
  slice,
  subtract,
  type Tensor,
} from "../../graph/index.ts";
import {
  adam,
  asConstants,
  type Context,
  inference,
  initialize,
  oneCycle,
  type Packed,
  type Trained,
  train,
} from "../../nn/index.ts";
import { normalQuantile } from "../../numeric/index.ts";
import type { FitContext } from "../detector.ts";
import { trainingRun } from "../network-input.ts";
import { encoder, forScoring, logitHead, type Normalization, projectionHead, rowParts } from "./encoder.ts";
import { type LossName, type Objective, objectiveOf } from "./objectives.ts";
import { byWatch, type Compared } from "./select.ts";
import { statisticsOf } from "./statistics.ts";
import { fixingRows, type Mix, mixedBatches } from "./training-mix.ts";

export const VIEWS = ["noise", "resample"] as const;
export const HEADS = ["linear", "bn-last"] as const;
export const STATISTICS = ["mix", "last"] as const;

export interface EncoderTraining {
  readonly loss: LossName;
  readonly temperature: number;
  readonly views: (typeof VIEWS)[number];
  /** Standard deviation of the noise of views. */
  readonly noise: number;
  readonly head: (typeof HEADS)[number];
  readonly normalization: Normalization;
  readonly statistics: (typeof STATISTICS)[number];
  readonly steps: number;
  readonly learningRate: number;
  readonly decay: number;
}

/** An encoder, and how its training went. */
export interface FittedEncoder {
  readonly encode: Encode;
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
export const MOMENTUM = { mix: 1, last: 0.9 } as const;

/** The share of steps in which the rate rises. */
export const RISING = 0.01;

/**
 * Steps 1 to 3 and 7: trains an encoder on batches of normal rows and outliers, two views each, in one pass of 2 N rows;
 * the last parameters are kept, or those that told the rows to compare best. Then the statistics of batch normalization are fixed and folded into the weights.
 */
export async function fitEncoder(
  mix: Mix,
  families: readonly string[],
  options: EncoderTraining,
  context: FitContext,
  compared: Compared | null = null,
): Promise<FittedEncoder> {
  const { loss, temperature, normalization, steps } = options;
  const key = context.key.for("encoder");
  const parts = rowParts(mix.normal.columns);
  const shape = { normalization, momentum: MOMENTUM[options.statistics] };
  const network = encoder(parts, shape);
  const head = loss === "bce" ? logitHead() : projectionHead(options.head, shape);
  const parameters = { encoder: network.parameters, head: head.parameters };
  const samples = mix.normals + mix.outliers;
  const donors = options.views === "resample" ? 2 * samples : 0;
  const batches = mixedBatches(mix, { families, distinct: loss === "nt-xent", steps, donors }, key.for("outliers"));
  const objective = objectiveOf(loss, mix, temperature);
  const trained = await train(
    {
      parameters,
      data: batches.data,
      loss: (values, { x, family }, layers) => {
        const views = viewsOf(x, samples, options, layers);
        const out = head.forward(values.head, network.forward(values.encoder, views, layers), layers);
        return objective.loss(out, slice(family, 0, 0, samples));
      },
    },
    {
      optimizer: adam({ decay: options.decay }),
      schedule: oneCycle(options.learningRate, { rising: RISING }),
      steps,
      batch: samples + donors,
      batches: batches.batches,
      renew: batches.renew,
      ...(compared && { heldOut: byWatch(network, compared, steps) }),
      key,
      ...trainingRun(context),
    },
  );
  const isFixed = options.statistics === "mix" && normalization === "batch";
  const rows = isFixed ? await fixingRows(mix, key.for("fixing")) : null;
  const forward = async (packed: Packed) => {
    const fixed = rows ? await statisticsOf(network, parameters, packed, "encoder", rows) : packed;
    return forScoring(parts, normalization, parameters, fixed, "encoder");
  };
  return {
    encode: await forward(trained),
    untrained: () => forward(initialize(parameters, key.for("parameters"))),
    logit:
      loss === "bce"
        ? logitOf((h) => head.forward(asConstants(parameters, trained, "float64").head, h, inference))
        : null,
    trained,
    range: objective.range,
  };
}

/** A head's only output, a number a row. */
export function logitOf(head: (h: Tensor) => Tensor): (h: Tensor) => Tensor {
  return (h) => reshape(head(h), [h.shape[0]]);
}

/** How often `resample` replaces an entry. */
const REPLACED = 0.1;

/**
 * Step 3: two views of each of N samples, 2 N rows: with noise, or with entries of normal rows in place of some. Of the
 * batch the first N rows are the samples, the 2 N others normal rows to take entries from.
 */
function viewsOf(x: Tensor, samples: number, { views, noise }: EncoderTraining, layers: Context): Tensor {
  const own = slice(x, 0, 0, samples);
  const both = concatenate([own, own], 0);
  const shape = both.shape as number[];
  if (views === "noise") return noise > 0 ? add(both, gather(scaledQuantiles(noise), anyPlace(shape, layers))) : both;
  const kept = cast(greater(layers.draw("views", shape, { keep: 1 - REPLACED }), 0), x.dtype);
  return add(multiply(both, kept), multiply(slice(x, 0, samples, 3 * samples), subtract(1, kept)));
}

/** Normal numbers come from so many equally likely ones: drawing them one by one would take a fifth of a step. */
const QUANTILES = 32_768;

function anyPlace(shape: readonly number[], layers: Context): Tensor {
  return cast(floor(multiply(layers.draw("views", shape, "uniform"), QUANTILES)), "int64");
}

/** The middle of each of the equally likely intervals of N(0, deviation²). */
function scaledQuantiles(deviation: number): Tensor {
  const values = Float32Array.from({ length: QUANTILES }, (_, i) => deviation * normalQuantile((i + 0.5) / QUANTILES));
  return constant(ndArray("float32", [QUANTILES], values));
}
