import { overRows, type Tensor } from "../../graph/index.ts";
import { matrix } from "../../numeric/index.ts";
import { parseOptions } from "../../options/index.ts";
import { auto } from "../auto/auto.ts";
import type { Detector } from "../detector.ts";
import { nearestNeighbors } from "../nearest-neighbors.ts";

export const BASES = ["knn", "auto"] as const;
export type BaseName = (typeof BASES)[number];

/**
 * The label-free detector of a name: `knn` takes the distance to the nearest of at most `maxRows` rows in the columns that
 * `forward` makes, `auto` scales for itself. Options are set here, those given are not looked at.
 */
export function labelFree(name: BaseName, forward: (x: Tensor) => Tensor, maxRows: number): Pick<Detector, "fit"> {
  if (name === "auto") {
    const options = parseOptions(auto.name, auto.options, {});
    return { fit: (rows, _, context) => auto.fit(rows, options, context) };
  }
  const options = parseOptions(nearestNeighbors.name, nearestNeighbors.options, { scaling: "none", maxRows });
  return {
    async fit(rows, _, context) {
      const { signal, workers } = context;
      const made = matrix(rows.rows, rows.columns, await overRows(forward, rows, { signal, workers }));
      const fitted = await nearestNeighbors.fit(made, options, context);
      return { ...fitted, score: (x) => fitted.score(forward(x)) };
    },
  };
}
