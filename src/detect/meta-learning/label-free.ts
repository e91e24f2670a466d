import { overRows, type Tensor } from "../../graph/index.ts";
import { type Matrix, matrix, sample } from "../../numeric/index.ts";
import { parseOptions } from "../../options/index.ts";
import { auto } from "../auto/auto.ts";
import { fitTail } from "../auto/tail.ts";
import { crossFit } from "../cross-fit.ts";
import type { Detector, FitContext, Fitted } from "../detector.ts";
import { nearestNeighbors } from "../nearest-neighbors.ts";
import { scoreRows } from "../score-rows.ts";

export const BASES = ["knn", "auto"] as const;
export type BaseName = (typeof BASES)[number];

/** A label-free score on its tail scale. */
export interface LabelFree {
  /** The score and g of it: prepared rows × d → rows; higher is more anomalous. */
  readonly score: (x: Tensor) => Tensor;
  readonly g: (x: Tensor) => Tensor;
  readonly fitted: Fitted;
}

/**
 * A detector fitted on normal rows alone, and the tail scale of its score among normal rows that were held out; where there are
 * none, among the rows themselves, each by a detector that did not see it (`crossFit`). `knn` takes distances in the columns that
 * `forward` makes, `auto` scales for itself.
 */
export async function labelFree(
  name: BaseName,
  forward: (x: Tensor) => Tensor,
  normal: Matrix,
  heldOut: Matrix | null,
  maxRows: number,
  context: FitContext,
): Promise<LabelFree> {
  const { key, signal, workers } = context;
  const base = name === "knn" ? nearest(forward, maxRows) : automatic;
  const quiet: FitContext = {
    key: key.for("base"),
    ...(signal && { signal }),
    ...(workers !== undefined && { workers }),
  };
  if (heldOut) {
    const fitted = await base.fit(normal, {}, quiet);
    const tail = fitTail(
      await scoreRows(fitted, heldOut, { ...(signal && { signal }), ...(workers !== undefined && { workers }) }),
    );
    return { score: fitted.score, g: (x) => tail(fitted.score(x)), fitted };
  }
  const places = sample(key.for("tail"), normal.rows, normal.rows);
  const { fitted, scores } = await crossFit(base, {}, normal, places, quiet);
  const tail = fitTail(scores);
  return { score: fitted.score, g: (x) => tail(fitted.score(x)), fitted };
}

type Base = Pick<Detector, "fit">;

const automatic: Base = {
  fit: (rows, _, context) => (auto as Detector).fit(rows, parseOptions(auto.name, auto.options, {}), context),
};

/** The distance to the nearest row, in columns made by `forward`. */
function nearest(forward: (x: Tensor) => Tensor, maxRows: number): Base {
  return {
    async fit(rows, _, context) {
      const { signal, workers } = context;
      const made = matrix(rows.rows, rows.columns, await overRows(forward, rows, { signal, workers }));
      const options = parseOptions(nearestNeighbors.name, nearestNeighbors.options, { scaling: "none", maxRows });
      const fitted = await nearestNeighbors.fit(made, options, context);
      return { ...fitted, score: (x) => fitted.score(forward(x)) };
    },
  };
}
