import {
  cast,
  constant,
  divide,
  float64,
  max,
  maximum,
  multiply,
  ndArray,
  product,
  reshape,
  subtract,
  type Tensor,
} from "../../graph/index.ts";
import { type Key, type Matrix, sample, takeRows } from "../../numeric/index.ts";
import { fitTail } from "../auto/tail.ts";
import type { FitContext } from "../detector.ts";
import { nearestDistances, snapTwins } from "../nearest.ts";
import { unit } from "./losses.ts";
import { ALIKE, cosineLeftOut } from "./scores.ts";
import { nearestLeftOut, valuesOf } from "./watch.ts";

/** Numbers of the images that distances in pixels are taken to: a model holds them once, mostly in 4 bytes each, and 12 when it runs. */
const MOST_NUMBERS = 16_000_000;

/** The images that distances in pixels are taken to: so many rows at most, drawn by key, and as many as a model can hold. */
export function pixelReference(rows: Matrix, most: number, key: Key): Matrix {
  const kept = Math.min(most, Math.max(2, Math.floor(MOST_NUMBERS / rows.columns)));
  return takeRows(rows, sample(key, rows.rows, kept));
}

/**
 * max(g₂(distance), g₃(1 − cosine)) to the nearest of the reference images in pixels, rows × d → rows; each on its tail scale
 * among `watch` images, or among those of the reference, each left out, where there are none.
 */
export async function pixelDistance(
  reference: Matrix,
  watch: Matrix | null,
  chunk: number,
  context: FitContext,
): Promise<(x: Tensor) => Tensor> {
  const among = async (score: (x: Tensor) => Tensor, of: Matrix) => (await valuesOf(score, of, context, chunk)).values;
  const images = heldImages(reference);
  const lengths = float64(inverseLengths(reference));
  const nearest = (x: Tensor) => reshape(nearestDistances(x, images, 1), [x.shape[0]]);
  const cosine = (x: Tensor) => {
    const cosines = multiply(product(unit(x), images, { rightTransposed: true }), lengths);
    return snapTwins(subtract(1, max(cosines, 1)), ALIKE);
  };
  const g2 = fitTail(watch ? await among(nearest, watch) : await nearestLeftOut(reference, context));
  const g3 = fitTail(watch ? await among(cosine, watch) : await among(cosineLeftOut(reference, 1), reference));
  return (x) => maximum(g2(nearest(x)), g3(cosine(x)));
}

/** What pixels from 0 to 1 are multiples of, where they came as bytes; or they came as they are. */
const SCALES = [255, 1];

/**
 * Images as a model holds them, n × d in double precision: in single precision, 4 bytes a number, where that is exact, as it
 * is for pixels that were read as numbers of single precision.
 */
export function heldImages({ rows, columns, values }: Matrix): Tensor {
  for (const scale of SCALES) {
    const raw = Float32Array.from(values, (value) => value * scale);
    if (!values.every((value, i) => raw[i] / scale === value)) continue;
    return divide(cast(constant(ndArray("float32", [rows, columns], raw)), "float64"), scale);
  }
  return constant(ndArray("float64", [rows, columns], values));
}

/** 1 / ‖a‖ of each row; 0 for a row of 0, whose cosine with anything is 0. */
function inverseLengths({ rows, columns, values }: Matrix): number[] {
  return Array.from({ length: rows }, (_, i) => {
    const row = values.subarray(i * columns, (i + 1) * columns);
    const length = Math.sqrt(row.reduce((total, x) => total + x * x, 0));
    return length > 0 ? 1 / length : 0;
  });
}
