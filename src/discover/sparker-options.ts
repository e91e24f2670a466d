import { z } from "zod";
import { SCHEDULES } from "./annealing.ts";
import { COMBINATIONS, LEVEL_SCALES } from "./combine.ts";
import { KERNEL_SCALINGS } from "./preparation.ts";

export const DEALS = ["auto", "permute", "resample"] as const;

/** The options of {@link sparker}; every one is fixed before the window is looked at. */
export const sparkerOptions = z.object({
  kernels: z
    .int()
    .min(0)
    .max(200)
    .default(0)
    .describe("Kernels, M; 0 takes 5, or 4 where rows spread in 9 directions or more."),
  scaling: z.enum(KERNEL_SCALINGS).default("signed-log").describe("How columns are scaled."),
  steps: z.int().min(10).max(100_000).default(500).describe("Steps of a fit, S, over all levels."),
  levels: z.int().min(1).max(20).default(5).describe("Widths at which the statistic is read, C."),
  starts: z
    .int()
    .min(1)
    .max(100)
    .default(3)
    .describe("How often a fit starts, each time from other rows; of each width the best counts."),
  begin: z
    .enum(["auto", "rows", "clumps"])
    .default("auto")
    .describe(
      "Window rows that kernels start from: drawn (rows), or of 20 drawn the one closest to others of the window for how far the reference is (clumps); auto: clumps from three columns on.",
    ),
  ladder: z
    .enum(["auto", "pairs", "near"])
    .default("auto")
    .describe(
      "Widths from quantiles of all pair distances (pairs), or from .6 of their median to a quarter of the 90 % quantile of distances to the nearest row (near); auto: near from three columns on.",
    ),
  schedule: z.enum(SCHEDULES).default("geometric-hold").describe("How the width shrinks."),
  rate: z.number().positive().max(1).default(0.05).describe("Learning rate of Adam."),
  ridge: z.number().min(0).max(100).default(0.03).describe("Penalty on squared amplitudes, lambda."),
  clip: z.number().positive().max(20).default(5).describe("Amplitudes stay within ± this."),
  widest: z.number().min(0).default(0).describe("Width at the start, in scaled columns; 0 takes it from the rows."),
  narrowest: z.number().min(0).default(0).describe("Width at the end; 0 takes it from the rows."),
  centers: z.enum(["move", "stay"]).default("move").describe("Whether kernels move from the rows where they start."),
  alone: z
    .enum(["strongest", "none"])
    .default("strongest")
    .describe("Whether the strongest kernel of each width, without the others, counts as well."),
  deal: z
    .enum(DEALS)
    .default("auto")
    .describe("Toys deal both samples anew (permute), or are drawn from a large reference (resample)."),
  scale: z.enum(LEVEL_SCALES).default("smooth").describe("How levels are compared: cube roots, or ranks."),
  combination: z.enum(COMBINATIONS).default("half-half").describe("How levels become one number."),
  mostReference: z.int().min(10).default(20_000).describe("Reference rows that a fit uses; of more, so many drawn."),
});
