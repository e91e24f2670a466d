import { z } from "zod";

/** The options of training that detectors share, with the defaults of one: how long, in what pieces, how fast. */
export function trainingOptions(defaults: { readonly steps: number; readonly batch: number }) {
  return {
    steps: z
      .int()
      .min(0)
      .max(10_000_000)
      .default(defaults.steps)
      .describe("The most training steps (500 for fewer than 50 rows); 0 leaves the network untrained, a control."),
    batch: z.int().min(1).max(1_000_000).default(defaults.batch).describe("Rows in a training step."),
    learningRate: z.number().min(0).max(10).default(1e-3).describe("How fast parameters move."),
    patience: z
      .int()
      .min(1)
      .max(100_000)
      .default(20)
      .describe("Training stops after so many looks at rows held out without a better one."),
  };
}
