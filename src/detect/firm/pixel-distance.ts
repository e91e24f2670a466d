import { maximum, type Tensor } from "../../graph/index.ts";
import { type Key, type Matrix, sample, takeRows } from "../../numeric/index.ts";
import { fitTail } from "../auto/tail.ts";
import type { FitContext } from "../detector.ts";
import { cosineLeftOut, featureScore } from "./scores.ts";
import { nearestLeftOut, nearestTo, valuesOf } from "./watch.ts";

/** Numbers of the images that distances in pixels are taken to: a model holds them twice, 16 bytes each. */
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
  const nearest = nearestTo(reference, "double");
  const cosine = featureScore("cos-k", reference, 1);
  const g2 = fitTail(watch ? await among(nearest, watch) : await nearestLeftOut(reference, context));
  const g3 = fitTail(watch ? await among(cosine, watch) : await among(cosineLeftOut(reference, 1), reference));
  return (x) => maximum(g2(nearest(x)), g3(cosine(x)));
}
