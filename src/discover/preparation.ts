import { maximum, minimum, overRows, type Tensor } from "../graph/index.ts";
import { type Matrix, matrix, takeColumns, varyingColumns } from "../numeric/index.ts";
import { fitScaling } from "../prepare/index.ts";

/** How columns are scaled before kernels are placed. */
export const KERNEL_SCALINGS = ["signed-log", "standard"] as const;
export type KernelScaling = (typeof KERNEL_SCALINGS)[number];

/** Scaled values are cut at ± this. */
export const FAR = 20;

/** Columns as kernels take them, fitted on rows of the reference (or of both samples together). */
export interface Preparation {
  /** The columns that vary in the rows it was fitted on: places in what it takes. */
  readonly kept: readonly number[];
  /** Rows of the kept columns to prepared ones: float64 n × kept → n × kept. */
  readonly forward: (x: Tensor) => Tensor;
  /** The way back; what was cut at ± 20 stays cut. */
  readonly inverse: (z: Tensor) => Tensor;
}

/** Fits a scaling to the columns of rows that vary, n × d. O(n d). */
export function fitPreparation(scaling: KernelScaling, rows: Matrix): Preparation {
  const kept = varyingColumns(rows);
  const { forward, inverse } = fitScaling(scaling, takeColumns(rows, kept));
  return { kept, forward: (x) => minimum(maximum(forward(x), -FAR), FAR), inverse: inverse! };
}

/** Rows as kernels take them: n × d → n × kept. */
export async function prepareRows({ kept, forward }: Preparation, rows: Matrix): Promise<Matrix> {
  const taken = takeColumns(rows, kept);
  return matrix(taken.rows, taken.columns, await overRows(forward, taken, { workers: 0 }));
}

/** Prepared rows in the units of the kept columns. */
export async function restoreRows({ inverse }: Preparation, rows: Matrix): Promise<Matrix> {
  return matrix(rows.rows, rows.columns, await overRows(inverse, rows, { workers: 0 }));
}
