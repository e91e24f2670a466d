import {
  add,
  affine,
  and,
  cast,
  equal,
  gatherAlong,
  less,
  lessOrEqual,
  max,
  multiply,
  or,
  slice,
  square,
  subtract,
  sum,
  type Tensor,
  topKIndices,
} from "../graph/index.ts";

/** u: half the distance from 1 to the next float32. */
const ROUNDING = 2 ** -24;
/** A float32 below this may be taken for 0. */
const SMALLEST = 2 ** -126;
/** Squared norms up to this keep every float32 on the way finite. */
const LARGEST = 2 ** 120;

export interface Candidates {
  /** Which reference rows: int64 rows × m. */
  readonly places: Tensor;
  /** No other reference row is nearer than this: squared distances, float64 rows × 1. May be negative: nothing is known. */
  readonly others: Tensor;
  /** Whether `others` can be trusted: bool rows × 1. */
  readonly inRange: Tensor;
}

/**
 * The m reference rows that seem nearest in float32, and a lower bound on the distances of all others: float64 x, rows
 * × d, reference n × d, its squared norms n, m < n. A third of the time that a product in float64 takes.
 *
 * Symbols: x a row, a a reference row, t(a) = 2 x·a − |a|², so that |x − a|² = |x|² − t(a); q(a) what float32 makes of
 * t(a); u = 2⁻²⁴; g = (d + 8) u / (1 − (d + 8) u).
 *
 * The bound. Casting x and a to float32 changes each entry by a factor within 1 ± u, each product and each of the d sums
 * by another, in whatever order the sums are taken and fused or not (Higham, Accuracy and Stability of Numerical
 * Algorithms, 2002, section 3.1): no term of 2 x·a is off by more than a factor within 1 ± g, where d + 3 roundings
 * are counted and the others make room for scaling by 2 and for everything done in float64. With
 * Σ |x_j a_j| ≤ |x| |a| ≤ (|x|² + |a|²) / 2 the product is off by at most g (|x|² + |a|²). So is −|a|² by at most
 * g |a|². We store it as −(1 − 2 g) |a|², too high by 2 g |a|², which pays for both: q(a) ≥ t(a) − g |x|² for every a.
 * Rows that are not among the m largest q have q(a) ≤ q_m, hence |x − a|² ≥ |x|² − g |x|² − q_m. A reference row far out
 * costs the others nothing. Numbers so small that float32 loses them add less than (d + 4) 2⁻¹²⁰; none is too large
 * where |x|² + max |a|² ≤ 2¹²⁰ (inRange).
 *
 * Fails to be useful, never to be true, where rows lie closer together than √g of their norms: center columns first.
 * Rests on IEEE float32: a backend that multiplies with fewer bits (TF32, bfloat16) must be told not to.
 */
export function candidatesInSinglePrecision(x: Tensor, reference: Tensor, squaredNorms: Tensor, m: number): Candidates {
  const d = reference.shape[1] as number;
  const g = ((d + 8) * ROUNDING) / (1 - (d + 8) * ROUNDING);
  const squares = sum(square(x), 1, { keep: true });
  const bias = cast(multiply(squaredNorms, -(1 - 2 * g)), "float32");
  const q = affine(cast(x, "float32"), cast(reference, "float32"), bias, { alpha: 2, transposed: true });
  const places = topKIndices(q, m);
  const last = cast(gatherAlong(q, slice(places, 1, m - 1, m)), "float64");
  return {
    places,
    others: subtract(subtract(multiply(squares, 1 - g), last), (d + 4) * 64 * SMALLEST),
    inRange: lessOrEqual(add(squares, max(squaredNorms, 0)), LARGEST),
  };
}

/**
 * Whether the nearest among candidates are the nearest of all: bool rows × 1. `distances` (rows × k) are measured in
 * float64, each right within a factor of 1 ± (d + 4) 2⁻⁵³.
 */
export function areCertain(distances: Tensor, { others, inRange }: Candidates, d: number): Tensor {
  const farthest = max(distances, 1, { keep: true });
  const nearer = less(multiply(square(farthest), 1 + (d + 8) * 2 ** -50), others);
  // Nothing is nearer than 0: that is how twins need no bound.
  return or(equal(farthest, 0), and(nearer, inRange));
}
