import {
  absolute,
  add,
  affine,
  equal,
  expandDims,
  gather,
  lessOrEqual,
  min,
  negate,
  reshape,
  slice,
  square,
  squareRoot,
  subtract,
  sum,
  type Tensor,
  topKIndices,
  where,
} from "../graph/index.ts";

export const METRICS = ["euclidean", "manhattan"] as const;
export type Metric = (typeof METRICS)[number];

/**
 * Exact distances to the k nearest reference rows, nearest first: float64 rows × d, reference n × d → rows × k.
 *
 * Euclidean: the nearest are picked by 2 x·a − |a|², one matrix product in double, and their distances are then taken
 * directly, so a twin is at exactly 0. Rows whose distances differ by less than about 1e-8 of their norms may be
 * mistaken for each other: center columns first. About 1 ns a pair of rows for small d, 8 n bytes a row. Manhattan: sums
 * |x − a| column by column, d times as slow.
 */
export function nearestDistances(x: Tensor, reference: Tensor, k: number, metric: Metric = "euclidean"): Tensor {
  return candidates(x, reference, k, metric).distances;
}

/**
 * Exact Euclidean distance to the nearest reference row but one: `self` (int64 rows) says which reference row each
 * row is itself. float64 rows × d → rows. Needs two reference rows.
 */
export function nearestOther(x: Tensor, reference: Tensor, self: Tensor): Tensor {
  const { distances, places } = candidates(x, reference, 2, "euclidean");
  // Where twins crowd the row itself out of the two candidates, both are twins, at 0.
  return min(where(equal(places, expandDims(self, 1)), Number.POSITIVE_INFINITY, distances), 1);
}

/** Distances below `limit` as 0: twins whose scaling went through a logarithm differ in the last place by machine. */
export function snapTwins(distances: Tensor, limit: number): Tensor {
  return where(lessOrEqual(distances, limit), 0, distances);
}

/** How many rows to compare with n reference rows in one call: 4 MB of distances, which caches hold. */
export function rowsAtOnce(n: number): number {
  return Math.max(50, Math.min(8192, Math.floor(5e5 / n)));
}

function candidates(x: Tensor, reference: Tensor, k: number, metric: Metric): { distances: Tensor; places: Tensor } {
  const closeness = metric === "euclidean" ? innerCloseness(x, reference) : negate(manhattanDistances(x, reference));
  const places = topKIndices(closeness, k);
  const difference = subtract(gather(reference, places), expandDims(x, 1));
  const distances = metric === "euclidean" ? squareRoot(sum(square(difference), 2)) : sum(absolute(difference), 2);
  return { distances, places };
}

/** 2 x·a − |a|² for every pair: larger is nearer. The reference is constant, so |a|² is computed when loading. */
function innerCloseness(x: Tensor, reference: Tensor): Tensor {
  return affine(x, reference, negate(sum(square(reference), 1)), { alpha: 2, transposed: true });
}

function manhattanDistances(x: Tensor, reference: Tensor): Tensor {
  const [n, d] = reference.shape as number[];
  const alongColumn = (j: number) =>
    absolute(subtract(slice(x, 1, j, j + 1), reshape(slice(reference, 1, j, j + 1), [1, n])));
  return Array.from({ length: d }, (_, j) => alongColumn(j)).reduce(add);
}
