import { z } from "zod";
import { checkSignal } from "../errors/index.ts";
import { exponential, multiply, reshape, treeEnsemble } from "../graph/index.ts";
import { growIsolationForest } from "../trees/index.ts";
import type { Detector } from "./detector.ts";

const options = z.object({
  trees: z.int().min(1).max(1000).default(100).describe("How many random trees are averaged."),
  subsample: z.int().min(2).max(8192).default(256).describe("How many rows each tree learns from, drawn by key."),
});

/**
 * Isolation forest: a row is as anomalous as random cuts soon leave it alone.
 *
 * Source: Liu, Ting and Zhou 2008. Symbols:
 * - t trees (option `trees`), each grown on ψ rows (option `subsample`) to the depth ⌈log2 ψ⌉;
 * - h(x) the path length of row x in a tree: depth of its leaf + c(training rows in the leaf);
 * - c(ψ) the average path length of ψ rows (eq. 1);
 * - s(x) = 2^(−E[h(x)] / c(ψ)), E the mean over the trees (eq. 2): in (0, 1), higher is more anomalous, about 0.5 for
 *   rows that are like all others.
 *
 * **Differs from the paper:** cuts are drawn only in columns that vary, and c is exact: see `growIsolationForest`.
 * Columns need no scaling, as any increasing affine map of a column gives the same trees.
 * The model holds cuts drawn at random between the values of training rows, and counts of rows, but no row.
 * Fails where cuts along the axes see nothing: an anomaly that only breaks a correlation, a ring's empty middle, a
 * change in a column that was constant in training; and with many noisy columns, which use up the cuts.
 */
export const isolationForest: Detector<typeof options> = {
  name: "isolation-forest",
  summary: "how few random cuts isolate a row",
  cost: "fit O(t ψ log ψ) for t trees of ψ rows, whatever the number of rows; a row O(t log ψ), 5 µs by default",
  citation: {
    text: "Liu, Ting, Zhou (2008). Isolation forest. IEEE International Conference on Data Mining.",
    url: "https://doi.org/10.1109/ICDM.2008.17",
  },
  holds: "summaries",
  options,

  async fit(rows, { trees: t, subsample }, context) {
    checkSignal(context.signal, "isolation-forest");
    const { key } = context;
    const { trees, averagePathLength, rowsUsed } = growIsolationForest(rows, { trees: t, subsample, key });
    const unused = `each tree saw ${subsample} of ${rows.rows} rows; ${rowsUsed} rows are in at least one of ${t} trees`;
    return {
      // s = 2^(−E[h] / c(ψ)) = e^(Σ h · −ln 2 / (t c(ψ)))
      score: (x) =>
        exponential(multiply(reshape(treeEnsemble(x, trees), ["rows"]), -Math.LN2 / (t * averagePathLength))),
      rowsUsed,
      chunk: 8192,
      notes: rowsUsed < rows.rows ? [unused] : [],
    };
  },
};
