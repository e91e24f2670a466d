import { ndArray, reshape, slice, type Tensor } from "../../graph/index.ts";
import { adam, asConstants, inference, initialize, oneCycle, type Packed, train } from "../../nn/index.ts";
import { type Key, type Matrix, matrix, uniform } from "../../numeric/index.ts";
import type { FitContext } from "../detector.ts";
import { trainingRun } from "../network-input.ts";
import { encoder, forScoring, logitHead, projectionHead } from "./encoder.ts";
import { type EncoderTraining, type FittedEncoder, logitOf, MOMENTUM, RISING } from "./fit-encoder.ts";
import { type ImageMix, imageBatches, madeImages } from "./image-batches.ts";
import { imageParts } from "./image-encoder.ts";
import { objectiveOf } from "./objectives.ts";
import { byWatch, type Compared } from "./select.ts";
import { statisticsOf } from "./statistics.ts";
import { valuesOf } from "./watch.ts";

/** Images that fix the statistics of batch normalization. */
const FIXING = 1024;

/**
 * Step 9: trains the small encoder on views of images and of outliers made of them. It takes pixels in [0, 1], rows × (H W
 * C), as they are scored: not augmented.
 */
export async function fitImageEncoder(
  mix: ImageMix,
  options: Omit<EncoderTraining, "views" | "noise">,
  context: FitContext,
  compared: Compared | null = null,
): Promise<FittedEncoder> {
  const { loss, normalization, steps } = options;
  const key = context.key.for("encoder");
  const parts = imageParts(mix.shape);
  const shape = { normalization, momentum: MOMENTUM[options.statistics] };
  const network = encoder(parts, shape);
  const head = loss === "bce" ? logitHead() : projectionHead(options.head, shape);
  const parameters = { encoder: network.parameters, head: head.parameters };
  const samples = mix.normals + mix.outliers;
  const batches = imageBatches(mix, loss === "nt-xent", steps, key.for("outliers"));
  const objective = objectiveOf(loss, mix, options.temperature);
  const trained = await train(
    {
      parameters,
      data: batches.data,
      loss: (values, { x, family }, layers) => {
        const out = head.forward(values.head, network.forward(values.encoder, x, layers), layers);
        return objective.loss(out, slice(family, 0, 0, samples));
      },
    },
    {
      optimizer: adam({ decay: options.decay }),
      schedule: oneCycle(options.learningRate, { rising: RISING }),
      steps,
      batch: 2 * samples,
      batches: batches.batches,
      renew: batches.renew,
      ...(compared && { heldOut: byWatch(network, await asSeen(mix, compared, context), steps) }),
      key,
      ...trainingRun(context),
    },
  );
  const isFixed = options.statistics === "mix" && normalization === "batch";
  const { height, width, channels } = mix.shape;
  const fixing = isFixed ? await valuesOf(plainRows(mix), fixingImages(mix, key.for("fixing")), context, FIXING) : null;
  const rows = fixing && ndArray("float32", [FIXING, height, width, channels], Float32Array.from(fixing.values));
  const forward = async (packed: Packed) => {
    const fixed = rows ? await statisticsOf(network, parameters, packed, "encoder", rows) : packed;
    const scored = forScoring(parts, normalization, parameters, fixed, "encoder");
    return (x: Tensor) => scored(mix.seen.plain(x));
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

/** Images to compare in the plain view. */
async function asSeen(mix: ImageMix, { reference, watching, made, shape }: Compared, context: FitContext) {
  const seen = (rows: Matrix) => valuesOf(plainRows(mix), rows, context, FIXING);
  return { reference: await seen(reference), watching: await seen(watching), made: await seen(made), shape };
}

/** The plain view as rows. */
function plainRows({ seen, normal }: ImageMix): (x: Tensor) => Tensor {
  return (x) => reshape(seen.plain(x), [x.shape[0], normal.columns]);
}

/** Images in the proportion of batches: rows × (H W C) in [0, 1]. */
function fixingImages(mix: ImageMix, key: Key): Matrix {
  const odd = Math.round((FIXING * mix.outliers) / (mix.normals + mix.outliers));
  const { columns, rows, values } = mix.normal;
  const u = uniform(key.for("normal"));
  const out = matrix(FIXING, columns);
  for (let i = 0; i < FIXING - odd; i++) {
    const row = Math.floor(u() * rows);
    out.values.set(values.subarray(row * columns, (row + 1) * columns), i * columns);
  }
  out.values.set(madeImages(mix, odd, key.for("outliers")).values, (FIXING - odd) * columns);
  return out;
}
