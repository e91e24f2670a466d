import type { Matrix } from "../numeric/index.ts";

/** ‖a_i − b_j‖² of row i of one matrix and row j of another of as many columns. O(d). */
export function squaredDistance(a: Matrix, i: number, b: Matrix, j: number): number {
  const d = a.columns;
  let total = 0;
  for (let c = 0, p = i * d, q = j * d; c < d; c++, p++, q++) {
    const difference = a.values[p] - b.values[q];
    total += difference * difference;
  }
  return total;
}
