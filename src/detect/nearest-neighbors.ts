import { z } from "zod";
import {
  constant,
  float64,
  max,
  maximum,
  mean,
  min,
  minimum,
  ndArray,
  overRows,
  subtract,
  type Tensor,
} from "../graph/index.ts";
import { columnMeans, matrix, sample, takeRows } from "../numeric/index.ts";
import { fitScaling, SCALINGS } from "../prepare/index.ts";
import type { Detector } from "./detector.ts";
import { METRICS, nearestDistances, rowsAtOnce } from "./nearest.ts";
import { precisionFor } from "./nearest-precision.ts";

const options = z.object({
  k: z.int().min(1).max(1000).default(1).describe("How many nearest normal rows to look at."),
  distance: z
    .enum(["kth", "mean", "first"])
    .default("kth")
    .describe("Which of their distances is the score: that of the k-th, the mean of the k, or the first."),
  metric: z.enum(METRICS).default("euclidean").describe("How a distance between two rows is measured."),
  scaling: z.enum(SCALINGS).default("standard").describe("How columns are scaled before distances are taken."),
  maxRows: z.int().min(2).max(10_000_000).default(100_000).describe("Normal rows kept in the model, drawn by key."),
});

/**
 * Nearest neighbors: a row is as anomalous as it is far from the nearest normal rows.
 *
 * Score: the Euclidean or Manhattan distance to the k-th nearest of n stored rows (Ramaswamy, Rastogi, Shim 2000), or
 * the mean of the first k distances (Angiulli, Pizzuti 2002), in scaled columns; 0 for a twin of a stored row.
 * **Differs from the paper:** one-class use: distances are to training rows only, never to rows of the same batch.
 * Fails where dimensions are many and noise dominates the distance, and where clusters differ in density.
 */
export const nearestNeighbors: Detector<typeof options> = {
  name: "knn",
  summary: "distance to the nearest normal rows",
  cost: "fit O(n d); a row O(n d), about 1 ns per stored row for few columns; the model holds n × d doubles",
  citation: {
    text: "Ramaswamy, Rastogi, Shim (2000). Efficient algorithms for mining outliers from large data sets. SIGMOD.",
    url: "https://doi.org/10.1145/342009.335437",
  },
  holds: "rows",
  options,

  async fit(rows, { k, distance, metric, scaling, maxRows }, context) {
    const kept = takeRows(rows, sample(context.key.for("rows"), rows.rows, maxRows));
    const neighbors = Math.min(k, kept.rows);
    const { forward } = fitScaling(scaling, kept);
    // Distances do not depend on the origin, their precision does.
    const origin = float64(scaling === "none" ? columnMeans(kept) : new Float64Array(kept.columns));
    const scaled = (x: Tensor) => bounded(subtract(forward(x), origin));
    const values = await overRows(scaled, kept, context);
    const reference = constant(ndArray("float64", [kept.rows, kept.columns], values));
    const precision = await precisionFor(matrix(kept.rows, kept.columns, values), neighbors, context);
    const notes: string[] = [];
    if (kept.rows < rows.rows) notes.push(`${kept.rows} of ${rows.rows} rows kept as reference, drawn by key`);
    if (neighbors < k) notes.push(`k is ${neighbors}: there are no more rows than that`);
    return {
      score: (x) => {
        const distances = nearestDistances(scaled(x), reference, neighbors, metric, precision);
        return distance === "mean" ? mean(distances, 1) : distance === "first" ? min(distances, 1) : max(distances, 1);
      },
      rowsUsed: kept.rows,
      chunk: rowsAtOnce(kept.rows),
      notes,
    };
  },
};

/** Scaled values kept within ± 1e100, so that their squares stay finite. */
function bounded(x: Tensor): Tensor {
  return minimum(maximum(x, -1e100), 1e100);
}
