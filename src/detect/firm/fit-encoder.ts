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
  slice,
  subtract,
  type Tensor,
} from "../../graph/index.ts";
import type { Context } from "../../nn/index.ts";
import { normalQuantile } from "../../numeric/index.ts";
import type { FitContext } from "../detector.ts";
import { rowParts } from "./encoder.ts";
import type { Compared } from "./select.ts";
import { type EncoderTraining, type FittedEncoder, trainEncoder } from "./train-encoder.ts";
import { fixingRows, type Mix, mixedBatches } from "./training-mix.ts";

export const VIEWS = ["noise", "resample"] as const;

interface ViewOptions {
  readonly views: (typeof VIEWS)[number];
  /** Standard deviation of the noise of views. */
  readonly noise: number;
}

/** Steps 1 to 3 and 7: trains an encoder on rows of a table and outliers. */
export function fitEncoder(
  mix: Mix,
  families: readonly string[],
  options: EncoderTraining & ViewOptions,
  context: FitContext,
  compared: Compared | null = null,
): Promise<FittedEncoder> {
  const key = context.key.for("encoder");
  const samples = mix.normals + mix.outliers;
  const donors = options.views === "resample" ? 2 * samples : 0;
  const { loss, steps } = options;
  return trainEncoder(
    {
      parts: rowParts(mix.normal.columns),
      samples: mix,
      batches: mixedBatches(mix, { families, distinct: loss === "nt-xent", steps, donors }, key.for("outliers")),
      batch: samples + donors,
      viewsOf: (x, layers) => viewsOf(x, samples, options, layers),
      compared,
      fixing: () => fixingRows(mix, key.for("fixing")),
      seen: (x) => x,
    },
    options,
    context,
  );
}

/** How often `resample` replaces an entry. */
const REPLACED = 0.1;

/**
 * Step 3: two views of each of N samples, 2 N rows: with noise, or with entries of normal rows in place of some. Of the
 * batch the first N rows are the samples, the 2 N others normal rows to take entries from.
 */
function viewsOf(x: Tensor, samples: number, { views, noise }: ViewOptions, layers: Context): Tensor {
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
