import type { Tensor } from "../../graph/index.ts";
import type { Matrix } from "../../numeric/index.ts";
import type { FitContext } from "../detector.ts";
import { deadShare, effectiveRank, type Health } from "./alarms.ts";
import type { Encode, FittedEncoder } from "./train-encoder.ts";
import { toldApart, valuesOf } from "./watch.ts";

/** What an encoder is tried on; all rows are scaled. */
export interface Trial {
  /** Normal rows that took no part in training; null for none. */
  readonly watching: Matrix | null;
  /** Outliers that were not trained on. */
  readonly made: Matrix;
  /** Normal rows whose features are kept. */
  readonly featured: Matrix;
  /** A score among features, from those of normal rows. */
  readonly scoreOf: (features: Matrix) => (h: Tensor) => Tensor;
  /** Distance to the nearest normal row. */
  readonly nearest: (x: Tensor) => Tensor;
  /** Rows in one call. */
  readonly chunk: number;
}

/** Looks at an encoder: what its features are like, and what it tells apart beside 1-NN and its untrained twin. */
export async function examine(
  { watching, made, featured, scoreOf, nearest, chunk }: Trial,
  { encode, untrained, trained, range }: FittedEncoder,
  features: Matrix,
  context: FitContext,
): Promise<Health> {
  const tells = async (score: (x: Tensor) => Tensor) => {
    if (watching === null) return null;
    const [normal, odd] = [
      await valuesOf(score, watching, context, chunk),
      await valuesOf(score, made, context, chunk),
    ];
    return toldApart(normal.values, odd.values);
  };
  const by = (encode: Encode, features: Matrix) => {
    const score = scoreOf(features);
    return (x: Tensor) => score(encode(x));
  };
  const wasTrained = trained.steps > 0;
  const before = wasTrained && watching ? await untrained() : null;
  const atFirst = before && (await valuesOf(before, featured, context, chunk));
  return {
    watch: await tells(by(encode, features)),
    nearest: await tells(nearest),
    untrained: before && atFirst && (await tells(by(before, atFirst))),
    rank: effectiveRank(features),
    dead: deadShare(features),
    excess: wasTrained && range ? (trained.loss - range.least) / (range.alike - range.least) : null,
  };
}
