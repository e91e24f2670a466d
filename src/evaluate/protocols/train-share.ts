import { z } from "zod";

/** The option of all protocols that draw normal rows to learn from. */
export const trainShare = z
  .number()
  .gt(0)
  .lt(1)
  .default(0.5)
  .describe("The share of the normal rows to learn from and to calibrate on; the others test.");
