import { InputError } from "../../errors/index.ts";
import {
  constant,
  exponential,
  float64,
  matmul,
  max,
  maximum,
  ndArray,
  overRows,
  square,
  squareRoot,
  subtract,
  sum,
  type Tensor,
  transpose,
} from "../../graph/index.ts";
import { cholesky, lowerInverse, type Matrix, matrix } from "../../numeric/index.ts";
import { fitTail } from "../auto/tail.ts";
import type { FitContext } from "../detector.ts";
import { pixelDistance } from "../firm/pixel-distance.ts";
import { nearestDistances, rowsAtOnce } from "../nearest.ts";
import { aggregated } from "./outskirts.ts";
import type { Synthesis } from "./synthesis.ts";

/** The classifier, it and the distance to normal rows, and what there is without a classifier. */
export const SCORES = ["classifier", "fused", "nearest", "residual", "radius", "elbo"] as const;
export type ScoreName = (typeof SCORES)[number];

export interface Judged {
  /** Scaled rows to logits; null where no classifier was trained. */
  readonly logit: ((x: Tensor) => Tensor) | null;
  readonly synthesis: Synthesis;
  readonly fit: Matrix;
  readonly held: Matrix | null;
  /** The images of `fit` that are kept to compare with, where rows are images. */
  readonly pixels: Matrix | null;
}

/**
 * Scaled rows × d to the named score, rows; higher is more anomalous. `nearest`: distance to the nearest row of `fit` in
 * features; `residual`: mean log-residual of the autoencoders; `radius`: ρ(μ), by the ellipsoid; `elbo`: −ELBO with z = μ.
 */
export async function judge(name: ScoreName, judged: Judged, context: FitContext): Promise<(x: Tensor) => Tensor> {
  const { logit, synthesis, fit, held, pixels } = judged;
  const { features, residual } = synthesis.description;
  const { latent } = synthesis;
  switch (name) {
    case "classifier":
      return logit!;
    case "fused": {
      const chunk = Math.min(synthesis.description.chunk, rowsAtOnce(fit.rows));
      const within = { signal: context.signal, workers: context.workers, chunk };
      const g = fitTail(await overRows(logit!, held ?? fit, within));
      if (pixels) {
        const near = await pixelDistance(pixels, held, chunk, context);
        return (x) => maximum(g(logit!(x)), near(x));
      }
      // Of rows that took part, each is left out of its own search.
      const far = toNearest(fit, 1);
      const k = fitTail(await overRows(held ? far : toNearest(fit, 2), held ?? fit, within));
      return (x) => maximum(g(logit!(x)), k(far(x)));
    }
    case "nearest": {
      const far = toNearest(synthesis.h, 1);
      return (x) => far(features(x));
    }
    case "residual":
      if (residual === null)
        throw new InputError(
          "outlier-synthesis: score residual: expected autoencoders, got levels variational; pass --levels both",
        );
      return residual;
    case "elbo":
      return (x) => latent!.negativeElbo(features(x));
    case "radius": {
      const over = async (expression: (h: Tensor) => Tensor) =>
        matrix(
          synthesis.h.rows,
          latent!.size,
          await overRows(expression, synthesis.h, { signal: context.signal, workers: context.workers }),
        );
      const { mean, covariance } = aggregated({
        means: await over(latent!.means),
        variances: await over((h) => exponential(latent!.logVariances(h))),
      });
      const { rows, columns, values } = lowerInverse(cholesky(covariance));
      const whitening = transpose(float64(values, [rows, columns]));
      return (x) => {
        const white = matmul(subtract(latent!.means(features(x)), float64(mean)), whitening);
        return squareRoot(sum(square(white), 1));
      };
    }
  }
}

/** The distance to the k-th nearest row, rows × columns → rows. */
function toNearest({ rows, columns, values }: Matrix, k: number): (x: Tensor) => Tensor {
  const stored = constant(ndArray("float64", [rows, columns], values));
  return (x) => max(nearestDistances(x, stored, k), 1);
}
