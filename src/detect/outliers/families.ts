/**
 * How one outlier is made of normal rows, given what was drawn for it: the formulas of the families, d entries each.
 * Symbols: a and b two normal rows; σ a size; M (mask) 1 in columns that move, else 0; ε standard normal numbers;
 * u uniform numbers in [0, 1); c (center) and w (half) the middle of each column's range and 1.1 times half of it.
 */

/** The room that normal rows take, column by column. */
export interface Box {
  /** c = (lowest + highest) / 2. */
  readonly center: Float64Array;
  /** w = 1.1 (highest − lowest) / 2. */
  readonly half: Float64Array;
}

/** Boxes are larger than the range of the normal rows by this factor. */
const BEYOND = 1.1;

/** The box of columns with these extremes. */
export function boxOf(lowest: Float64Array, highest: Float64Array): Box {
  return {
    center: lowest.map((low, j) => low / 2 + highest[j] / 2),
    half: lowest.map((low, j) => BEYOND * (highest[j] / 2 - low / 2)),
  };
}

/** a + σ M ⊙ ε: some columns are off. With a mask of ones it is `ladder`. */
export function subspace(a: Float64Array, mask: ArrayLike<number>, sigma: number, e: ArrayLike<number>): Float64Array {
  return a.map((value, j) => (mask[j] ? value + sigma * e[j] : value));
}

/** a + σ ε: all columns are off. */
export function ladder(a: Float64Array, sigma: number, e: ArrayLike<number>): Float64Array {
  return a.map((value, j) => value + sigma * e[j]);
}

/** a, with some columns taken from other normal rows: each value is usual, together they are not. */
export function shuffle(a: Float64Array, mask: ArrayLike<number>, donors: readonly Float64Array[]): Float64Array {
  return a.map((value, j) => (mask[j] ? donors[j][j] : value));
}

/** a + λ (a − b): a normal row, further away from another one. */
export function extrapolate(a: Float64Array, b: Float64Array, lambda: number): Float64Array {
  return a.map((value, j) => value + lambda * (value - b[j]));
}

/** c + w ⊙ (2 u − 1): anywhere in the box. */
export function inBox({ center, half }: Box, u: ArrayLike<number>): Float64Array {
  return center.map((middle, j) => middle + half[j] * (2 * u[j] - 1));
}

/** a, with some columns anywhere in the box. */
export function partialBox(a: Float64Array, mask: ArrayLike<number>, box: Box, u: ArrayLike<number>): Float64Array {
  return a.map((value, j) => (mask[j] ? box.center[j] + box.half[j] * (2 * u[j] - 1) : value));
}

/** σ = 0.1 · 30^U: log-uniform on [0.1, 3] for U uniform on [0, 1]. */
export function sizeOf(u: number): number {
  return 0.1 * 30 ** u;
}
