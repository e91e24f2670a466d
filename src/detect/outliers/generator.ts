import type { Key, Matrix } from "../../numeric/index.ts";

/** Rows that were made, and the normal row that each began as: its place, −1 where there is none. */
export interface Made {
  readonly rows: Matrix;
  readonly from: Int32Array;
}

/** Makes `count` rows; equal keys, equal rows. */
export type Generator = (count: number, key: Key) => Made | Promise<Made>;
