import { z } from "zod";
import { SCALINGS } from "../../prepare/index.ts";
import type { Family } from "../outliers/index.ts";
import { NORMALIZATIONS } from "./encoder.ts";
import { VIEWS } from "./fit-encoder.ts";
import { TEMPERATURE } from "./losses.ts";
import { LOSSES } from "./objectives.ts";
import { FEATURE_SCORES } from "./scores.ts";
import { SELECTIONS } from "./select.ts";
import { HEADS, STATISTICS } from "./train-encoder.ts";

/** Which families outliers come from, in equal parts: near normal rows, far from them, or both. */
export const OUTLIERS = {
  mixed: ["subspace", "ladder", "shuffle", "extrapolate", "box"],
  near: ["subspace", "ladder", "shuffle"],
  far: ["extrapolate", "box"],
} as const satisfies Readonly<Record<string, readonly Family[]>>;

/** Means of `cos-k` over views. */
export const VIEW_SCORES = ["view-averaged", "view-ensemble"] as const;
export const SCORES = [...FEATURE_SCORES, ...VIEW_SCORES, "fused", "logit"] as const;
export type ScoreName = (typeof SCORES)[number];

export const options = z.object({
  score: z
    .enum(SCORES)
    .default("fused")
    .describe(
      "What a row is judged by: fused, the larger of cos-k and the distance to the nearest normal row, or of images mahalanobis and the distance in pixels together, which ranks best; cos-k, the cosine to the nearest features of normal rows; another distance among features; view-averaged, cosines over quarter turns of images or shifts of rows; view-ensemble, over ten crops of each turn of images; logit, for loss bce.",
    ),
  k: z.int().min(1).max(1000).default(5).describe("How many nearest features to look at."),
  loss: z
    .enum(LOSSES)
    .default("pairwise")
    .describe("FIRM as trained or as released (concat); the others are what it is compared with."),
  outliers: z
    .enum(["mixed", "near", "far"])
    .default("mixed")
    .describe("Which outliers are made: near normal rows, far from them, or both."),
  tooNear: z
    .enum(["redraw", "keep"])
    .default("redraw")
    .describe("What becomes of made outliers that lie among normal rows."),
  outliersPerNormal: z.number().min(0.01).max(100).default(3).describe("Outliers in a step for each normal row."),
  batch: z.int().min(2).max(100_000).default(256).describe("Normal rows and outliers in a step, of two views each."),
  temperature: z.number().min(0.01).max(10).default(TEMPERATURE).describe("What similarities are divided by, τ."),
  views: z
    .enum(VIEWS)
    .default("noise")
    .describe("What makes two views of a row: noise, or a tenth of its entries from other normal rows."),
  noise: z.number().min(0).max(10).default(0.05).describe("Standard deviation of the noise of views."),
  head: z.enum(HEADS).default("linear").describe("How the projection that is trained and dropped ends."),
  normalization: z
    .enum(NORMALIZATIONS)
    .default("batch")
    .describe("Normalization in the network; layer is a control that fails."),
  statistics: z
    .enum(STATISTICS)
    .default("mix")
    .describe("What fixes batch normalization: a pass over training rows and outliers, or the last batches."),
  scaling: z.enum(SCALINGS).default("signed-log").describe("How columns are scaled before the network."),
  maxRows: z
    .int()
    .min(2)
    .max(1_000_000)
    .default(10_000)
    .describe("Normal rows that distances are taken to, drawn by key; at most 5,000 of their features."),
  steps: z
    .int()
    .min(0)
    .max(10_000_000)
    .default(1500)
    .describe("Training steps, fewer where rows are few (rounds); 0 leaves the network untrained, a control."),
  rounds: z
    .int()
    .min(1)
    .max(10_000_000)
    .default(30)
    .describe("Training ends after so many rounds over the normal rows, but not before 100 steps."),
  imageBatch: z.int().min(2).max(100_000).default(128).describe("Of images: normal ones and outliers in a step."),
  imageSteps: z
    .int()
    .min(0)
    .max(10_000_000)
    .default(1000)
    .describe("Of images: training steps; 0 leaves the network untrained, a control."),
  leastCrop: z
    .number()
    .min(0.01)
    .max(1)
    .default(0.7)
    .describe(
      "Of images: the share of the area that a view shows at least; 0.25 where a quarter still shows what it is.",
    ),
  imageOutliers: z
    .string()
    .default("turns")
    .describe(
      "Of images: what outliers are made by: turns, quarter turns where they can be told, texture, for images that look alike each way round, or some of turned-90, turned-180, turned-270, scramble, cut-paste, mixup, scar, as cut-paste,scar.",
    ),
  select: z
    .enum(SELECTIONS)
    .default("last")
    .describe(
      "Which parameters are kept: the last, or those of ten looks that best tell watch rows from made outliers.",
    ),
  learningRate: z.number().min(0).max(10).default(1e-3).describe("The largest rate at which parameters move."),
  decay: z.number().min(0).max(100).default(1e-4).describe("Weight decay, decoupled from the gradient."),
});
export type Options = z.output<typeof options>;
