import { z } from "zod";
import { InputError } from "../errors/index.ts";
import { add, maximum, overRows, type Tensor } from "../graph/index.ts";
import { SCALINGS } from "../prepare/index.ts";
import { fitTail } from "./auto/tail.ts";
import type { Detector, Known } from "./detector.ts";
import { AVERAGES, averaged, CHUNK } from "./meta-learning/average.ts";
import { VARIANTS } from "./meta-learning/episodes.ts";
import { BASES, labelFree } from "./meta-learning/label-free.ts";
import { learnParts } from "./meta-learning/parts.ts";
import { INPUT_STEPS } from "./meta-learning/scores.ts";

const options = z.object({
  variant: z
    .enum(VARIANTS)
    .default("code")
    .describe(
      "What an inner loop learns from: normal rows and two known classes, or, as in the paper, normal rows alone.",
    ),
  fuse: z
    .enum(["max", "sum", "none"])
    .default("max")
    .describe("How the learned score and a label-free one are fused, each on its tail scale; none is as published."),
  base: z.enum(BASES).default("knn").describe("The label-free score: the distance to the nearest normal row, or auto."),
  average: z
    .enum(AVERAGES)
    .default("weights")
    .describe("How the networks of the later episodes become one score: one network of mean weights, or five scores."),
  inputStep: z
    .enum(INPUT_STEPS)
    .default("on")
    .describe("Whether rows take the input step before they are scored; off is three times as fast."),
  scaling: z.enum(SCALINGS).default("signed-log").describe("How columns are scaled before the encoder."),
  episodes: z.int().min(1).max(10_000).default(20).describe("How often known classes are drawn anew."),
  steps: z.int().min(0).max(1_000_000).default(150).describe("The most inner steps of an episode."),
  maxRows: z
    .int()
    .min(2)
    .max(1_000_000)
    .default(10_000)
    .describe("Normal rows that distances are taken to, drawn by key."),
});

/**
 * Multi-directional meta-learning: known classes of anomalies take turns in playing the unknown one.
 */
export const metaLearning: Detector<typeof options> = {
  name: "meta-learning",
  summary: "known classes of anomalies take turns in playing the unknown, and a label-free score stands beside it",
  cost: "fit O(episodes · steps · 256 · parameters), about a minute for 25,000 rows of 80 columns on 2 cores; a row three passes of the network, and O(d · rows kept)",
  citation: {
    text: "Multi-directional meta-learning for zero-shot anomaly detection (2026).",
    url: "https://arxiv.org/abs/2601.19833",
  },
  holds: "rows",
  holdsWith: ({ fuse }) => (fuse === "none" ? "summaries" : "rows"),
  trains: true,
  labels: "required",
  options,

  async fit(rows, given, context) {
    const { variant, fuse, base: baseName, average, inputStep, scaling, episodes, steps, maxRows } = given;
    const known = requireClasses(context.known, rows.columns);
    // 1. to 5. Columns, networks and episodes.
    const keep = Math.ceil(episodes / 2);
    const parts = await learnParts(rows, known, scaling, { variant, episodes, steps, keep }, context);
    const { preparation, normal, heldOut, validation, learned } = parts;
    // 6. One score of the networks of the later episodes.
    const mean = await averaged(learned.snapshots, average, preparation.columns, inputStep, validation, context);
    const score = (x: Tensor) => mean.score(preparation.varying(x));
    // 7. Each score on its tail scale among normal rows that were held out, and fused.
    const { signal, workers } = context;
    const free = fuse === "none" ? null : await labelFree(baseName, preparation.all, normal, heldOut, maxRows, context);
    const chunk = Math.max(1, Math.min(CHUNK, free?.fitted.chunk ?? CHUNK));
    const tail = free && fitTail(await overRows(score, heldOut ?? normal, { chunk, signal, workers }));
    const fused = (x: Tensor) => {
      if (!free || !tail) return score(x);
      const [g1, g2] = [tail(score(x)), free.g(x)];
      return fuse === "max" ? maximum(g1, g2) : add(g1, g2);
    };
    return {
      score: fused,
      rowsUsed: rows.rows,
      chunk,
      notes: [],
    };
  },
};

/** The known anomalous rows, of two classes at least. Throws an InputError where there are fewer. */
function requireClasses(known: Known | undefined, columns: number): Known {
  const classes = [...new Set(known?.classes ?? [])];
  if (known === undefined || classes.length === 0)
    throw new InputError(
      "meta-learning: known anomalous rows: expected rows of at least two classes, got none; pass --label and --normal, with rows of other labels, or use --detector auto, which needs none",
    );
  if (classes.length === 1)
    throw new InputError(
      `meta-learning: classes of known anomalous rows: expected at least two, got one (${JSON.stringify(classes[0])}): nothing can play the unknown; fit on normal rows and pass the others to unseen tune`,
    );
  if (known.rows.columns !== columns)
    throw new InputError(
      `meta-learning: known anomalous rows: expected ${columns} columns as the normal rows have, got ${known.rows.columns}`,
    );
  return known;
}
