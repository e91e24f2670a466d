import type { Matrix } from "../numeric/index.ts";
import type { Schedule } from "./annealing.ts";
import type { Cells } from "./cells.ts";
import type { Blocks } from "./deal.ts";
import type { KernelScaling } from "./preparation.ts";
import type { Begin } from "./starts.ts";
import type { Ladder, WidthRange } from "./widths.ts";

/** How kernels are fitted: equal for window and toys. */
export interface FitSettings {
  /** M. */
  readonly kernels: number;
  /** How often a fit starts; of each level the best counts. */
  readonly starts: number;
  /** From which rows of the window. */
  readonly begin: Begin;
  /** S. */
  readonly steps: number;
  /** C. */
  readonly levels: number;
  readonly schedule: Schedule;
  readonly rate: number;
  readonly ridge: number;
  readonly clip: number;
  readonly centers: "move" | "stay";
  /** Whether the strongest kernel of each level also counts alone. */
  readonly alone: "strongest" | "none";
}

/** How many statistics a member has: one a level, and where the strongest kernels count alone, one more a level behind them. */
export function statisticCount({ levels, alone }: Pick<FitSettings, "levels" | "alone">): number {
  return alone === "strongest" ? 2 * levels : levels;
}

/** Toys that deal the pooled rows anew, which all fits share: plain data, so that a worker can be handed it. */
export interface PermutePlan {
  readonly toys: "permute";
  /** Prepared rows of both samples, the window's first: N × d. */
  readonly rows: Matrix;
  /** The same in cells. */
  readonly cells: Cells;
  readonly windowRows: number;
  readonly blocks: Blocks | null;
  readonly widths: WidthRange;
}

/** Toys that draw window and reference anew from a pool of reference rows; preparation and widths are theirs. */
export interface ResamplePlan {
  readonly toys: "resample";
  /** Columns as numbers, not scaled. */
  readonly pool: Matrix;
  readonly window: Matrix;
  readonly referenceRows: number;
  /** N0, the expected count: windows of toys are Poisson, and a surplus of rows counts. Null: the shape alone. */
  readonly expected: number | null;
  readonly scaling: KernelScaling;
  /** Which distances widths are found from. */
  readonly ladder: Ladder;
  /** Widths given instead of found. */
  readonly widths: WidthRange | null;
}

export type ToyPlan = PermutePlan | ResamplePlan;
