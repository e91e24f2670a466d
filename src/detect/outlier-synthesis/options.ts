import { z } from "zod";
import type { OptionsOf } from "../../options/index.ts";
import { SCALINGS } from "../../prepare/index.ts";
import { NEGATIVES, type NegativesName } from "./negatives.ts";
import { SCORES } from "./scores.ts";
import { LEVELS } from "./synthesis.ts";

const steps = (meaning: string, most: number) => z.int().min(0).max(1_000_000).default(most).describe(meaning);

export const options = z.object({
  negatives: z
    .enum(Object.keys(NEGATIVES) as [NegativesName, ...NegativesName[]])
    .default("half")
    .describe("What normal rows are told from: half outskirts and half six families, or one of them alone."),
  levels: z
    .enum(LEVELS)
    .default("both")
    .describe("Autoencoders and the latent space above them, or one of the two alone."),
  features: z
    .enum(["full", "codes"])
    .default("full")
    .describe("Whether the residuals of the autoencoders stand beside their codes."),
  input: z
    .enum(["features", "prepared", "means"])
    .default("features")
    .describe("What the classifier sees: features, scaled columns, or latent means."),
  score: z
    .enum(SCORES)
    .default("fused")
    .describe(
      "What a row is judged by: the classifier's logit, or fused, the larger of it and the distance to the nearest normal row; all others are controls without a classifier.",
    ),
  scaling: z.enum(SCALINGS).default("signed-log").describe("How columns are scaled before everything else."),
  quantile: z.number().min(0).max(1).default(0.9).describe("Normal rows beyond this quantile of the radius generate."),
  push: z.number().min(0).max(10).default(1).describe("The most by which a latent is pushed outwards, relative."),
  spread: z
    .enum(["varied", "1", "3"])
    .default("varied")
    .describe("By how many deviations latents are scattered: 1, 2 or 3 at random, or always as many."),
  radius: z
    .enum(["ellipsoid", "neighbors"])
    .default("ellipsoid")
    .describe("How far out a latent is: by one ellipsoid, or by its neighbors, for several clusters."),
  route: z
    .enum(["features", "input"])
    .default("features")
    .describe("Whether made features go through the decoder and the encoder once more."),
  residual: z
    .enum(["kept", "dropped"])
    .default("kept")
    .describe("Whether what the latent space loses of a generating row is added to what it makes."),
  reject: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe("Made rows nearer to normal ones than this quantile of normal distances are refused; 0: none."),
  members: z.int().min(1).max(20).default(3).describe("Perceptrons of the classifier."),
  pool: z.int().min(6000).max(1_000_000).default(20_000).describe("Made rows that the classifier learns from."),
  steps: steps("Steps of the autoencoders; 0 leaves them untrained, a control.", 1000),
  imageSteps: steps("Steps of the autoencoders of images; 0 leaves them untrained, a control.", 800),
  latentSteps: steps("Steps of the latent space.", 1500),
  classifierSteps: steps("The most steps of the classifier.", 1500),
  maxRows: z.int().min(2).max(1_000_000).default(20_000).describe("Normal rows to learn from, drawn by key."),
});
export type Options = OptionsOf<typeof options>;
