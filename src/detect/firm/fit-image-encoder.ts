import { ndArray, reshape, type Tensor } from "../../graph/index.ts";
import { type Key, type Matrix, matrix, uniform } from "../../numeric/index.ts";
import type { FitContext } from "../detector.ts";
import { type ImageMix, imageBatches, madeImages } from "./image-batches.ts";
import { imageParts } from "./image-encoder.ts";
import type { Compared } from "./select.ts";
import { type EncoderTraining, type FittedEncoder, trainEncoder } from "./train-encoder.ts";
import { valuesOf } from "./watch.ts";

/** Images that fix the statistics of batch normalization. */
const FIXING = 1024;

/**
 * Step 9: trains the small encoder on views of images and of outliers made of them. It takes pixels in [0, 1], rows × (H W
 * C), as they are scored: not augmented.
 */
export async function fitImageEncoder(
  mix: ImageMix,
  options: EncoderTraining,
  context: FitContext,
  compared: Compared | null = null,
): Promise<FittedEncoder> {
  const key = context.key.for("encoder");
  const { height, width, channels } = mix.shape;
  return trainEncoder(
    {
      parts: imageParts(mix.shape),
      samples: mix,
      batches: imageBatches(mix, options.loss === "nt-xent", options.steps, key.for("outliers")),
      batch: 2 * (mix.normals + mix.outliers),
      viewsOf: (x) => x,
      compared: compared && (await asSeen(mix, compared, context)),
      fixing: async () => {
        const { values } = await valuesOf(plainRows(mix), fixingImages(mix, key.for("fixing")), context, FIXING);
        return ndArray("float32", [FIXING, height, width, channels], Float32Array.from(values));
      },
      seen: (x) => mix.seen.plain(x),
    },
    options,
    context,
  );
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
