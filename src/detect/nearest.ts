import {
  absolute,
  add,
  affine,
  cast,
  choose,
  concatenate,
  equal,
  expandDims,
  gather,
  gatherAlong,
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
import { areCertain, candidatesInSinglePrecision } from "./nearest-candidates.ts";

export const METRICS = ["euclidean", "manhattan"] as const;
export type Metric = (typeof METRICS)[number];

/** In which precision candidates are picked; their distances are always taken in double. */
export type Precision = "single" | "double";

export interface Nearest {
  /** float64 rows × k, nearest first. */
  readonly distances: Tensor;
  /** Which reference rows they are: int64 rows × k. */
  readonly places: Tensor;
}

/** How many candidates more than wanted are measured: the more, the seldomer a certificate fails. */
const SPARE = 3;

/**
 * Exact distances to the k nearest reference rows, nearest first: float64 rows × d, reference n × d → rows × k.
 *
 * Euclidean: the nearest are picked by 2 x·a − |a|², one matrix product, and their distances are then taken directly, so
 * a twin is at exactly 0. In double, rows whose distances differ by less than about 1e-8 of their norms may be mistaken
 * for each other: center columns first. About 1 ns a pair of rows for small d, 8 n bytes a row.
 * In single, a few more are picked than wanted, and a certificate says whether they must be among them
 * (`candidatesInSinglePrecision`); where it fails for any row of a call, double is computed too, and taken for the rows
 * that need it. The result is the same; it takes a third of the time from some 5000 reference rows on, unless certificates fail often (`precisionFor`).
 * Manhattan: sums |x − a| column by column, d times as slow.
 */
export function nearestDistances(
  x: Tensor,
  reference: Tensor,
  k: number,
  metric: Metric = "euclidean",
  precision: Precision = "double",
): Tensor {
  return nearestRows(x, reference, k, metric, precision).distances;
}

/**
 * Exact Euclidean distance to the nearest reference row but one: `self` (int64 rows) says which reference row each
 * row is itself. float64 rows × d → rows. Needs two reference rows.
 */
export function nearestOther(x: Tensor, reference: Tensor, self: Tensor): Tensor {
  const { distances, places } = nearestRows(x, reference, 2);
  // Where twins crowd the row itself out of the two candidates, both are twins, at 0.
  return min(where(equal(places, expandDims(self, 1)), Number.POSITIVE_INFINITY, distances), 1);
}

/** Distances below `limit` as 0: twins whose scaling went through a logarithm differ in the last place by machine. */
export function snapTwins(distances: Tensor, limit: number): Tensor {
  return where(lessOrEqual(distances, limit), 0, distances);
}

/** How many rows to compare with n reference rows in one call: 4 MB of distances, which caches hold. */
export function rowsAtOnce(n: number): number {
  return Math.max(32, Math.min(8192, Math.floor(5e5 / n)));
}

/** {@link nearestDistances}, and which reference rows they are; in single, the lower place first among equals. */
export function nearestRows(
  x: Tensor,
  reference: Tensor,
  k: number,
  metric: Metric = "euclidean",
  precision: Precision = "double",
): Nearest {
  if (metric === "manhattan") {
    const places = topKIndices(negate(manhattanDistances(x, reference)), k);
    return { distances: measured(x, reference, places, metric), places };
  }
  const squares = sum(square(reference), 1);
  if (precision === "double" || k + SPARE >= (reference.shape[0] as number)) {
    const places = topKIndices(closeness(x, reference, squares), k);
    return { distances: measured(x, reference, places, metric), places };
  }
  const { fast, certain } = inSinglePrecision(x, reference, k, squares);
  const slow = nearestAmong(x, reference, topKIndices(closeness(x, reference, squares), k + SPARE), k);
  const everyRow = cast(min(cast(certain, "float64"), [0, 1]), "bool");
  const single = sideBySide(fast);
  // A row that is certain keeps its result, whatever rows are beside it.
  const both = choose(everyRow, single, where(certain, single, sideBySide(slow)));
  return { distances: slice(both, 1, 0, k), places: cast(slice(both, 1, k, 2 * k), "int64") };
}

/** The k nearest as single precision finds them, and whether they are certain: bool rows × 1. */
export function inSinglePrecision(
  x: Tensor,
  reference: Tensor,
  k: number,
  squares: Tensor = sum(square(reference), 1),
): { readonly fast: Nearest; readonly certain: Tensor } {
  const candidates = candidatesInSinglePrecision(x, reference, squares, k + SPARE);
  const fast = nearestAmong(x, reference, candidates.places, k);
  return { fast, certain: areCertain(fast.distances, candidates, reference.shape[1] as number) };
}

function measured(x: Tensor, reference: Tensor, places: Tensor, metric: Metric): Tensor {
  const difference = subtract(gather(reference, places), expandDims(x, 1));
  return metric === "euclidean" ? squareRoot(sum(square(difference), 2)) : sum(absolute(difference), 2);
}

/** The k nearest of some reference rows (int64 rows × m), by distances taken directly; the lower place first among equals. */
function nearestAmong(x: Tensor, reference: Tensor, candidates: Tensor, k: number): Nearest {
  const m = candidates.shape[1] as number;
  const inOrder = gatherAlong(candidates, topKIndices(candidates, m, { largest: false }));
  const distances = measured(x, reference, inOrder, "euclidean");
  const best = topKIndices(distances, k, { largest: false });
  return { distances: gatherAlong(distances, best), places: gatherAlong(inOrder, best) };
}

/** As one tensor, rows × 2 k, for a choice has one value. */
function sideBySide({ distances, places }: Nearest): Tensor {
  return concatenate([distances, cast(places, "float64")], 1);
}

/** 2 x·a − |a|² for every pair: larger is nearer. The reference is constant, so |a|² is computed when loading. */
function closeness(x: Tensor, reference: Tensor, squares: Tensor): Tensor {
  return affine(x, reference, negate(squares), { alpha: 2, transposed: true });
}

function manhattanDistances(x: Tensor, reference: Tensor): Tensor {
  const [n, d] = reference.shape as number[];
  const alongColumn = (j: number) =>
    absolute(subtract(slice(x, 1, j, j + 1), reshape(slice(reference, 1, j, j + 1), [1, n])));
  return Array.from({ length: d }, (_, j) => alongColumn(j)).reduce(add);
}
