import {
  add,
  concatenate,
  constant,
  divide,
  encode,
  expandDims,
  float64,
  gather,
  input,
  int64,
  mapRows,
  max,
  maximum,
  mean,
  minimum,
  type NdArray,
  ndArray,
  reshape,
  slice,
  subtract,
  type Tensor,
} from "../../graph/index.ts";
import { columnOf, type Matrix, matrix } from "../../numeric/index.ts";
import type { FitContext } from "../detector.ts";
import { nearestDistances, nearestOther, rowsAtOnce, snapTwins } from "../nearest.ts";
import { fitLowEnd } from "./low-end.ts";
import { leaveOneOutInColumn, nearestInColumn } from "./single-columns.ts";
import { fitTail } from "./tail.ts";

/** Scaled training rows, and the column subsets in which rows are compared with them. */
export interface Space {
  readonly rows: Matrix;
  /** Subsets of one column, which are searched in sorted order. */
  readonly singles: readonly number[];
  /** The other subsets, the set of all columns last. */
  readonly multiple: readonly (readonly number[])[];
  /** Distances this small are twins: a scaling that takes logarithms differs in the last place between machines. */
  readonly twin: number;
}

/** Something for each scaling of the columns. */
export interface Scalings<S, L, P> {
  readonly standard: S;
  readonly normal: S;
  readonly log: L;
  /** Unscaled. */
  readonly plain: P;
}

export type Spaces = Scalings<Space, Space | null, Matrix | null>;
export type Scaled = Scalings<Tensor, Tensor, Tensor>;

/** What the tail scale of a weaker sign than distance is lowered by: it has to be e times as rare to count as much. */
export const WEAKER = 1;

/** Steps 3 to 6 with the k-th nearest row: scaled rows to scores. Members whose space is null have no say. */
export async function objection(
  { standard, normal, log, plain }: Spaces,
  k: number,
  context: FitContext,
): Promise<(x: Scaled) => Tensor> {
  // 3. Distances to the k-th nearest row, each training row left out.
  const [inStandard, inNormal, inLog] = await compare(log ? [standard, normal, log] : [standard, normal], k, context);
  const low = plain && fitLowEnd(plain, k);
  // 4. and 5. Members: on their tail scales, of distances that are computed once for each space.
  const members: ((x: Scaled) => readonly Tensor[])[] = [];
  const join = (
    { distances, left }: Compared,
    of: (x: Scaled) => Tensor,
    ...scores: ((left: readonly Float64Array[]) => (distances: Tensor) => Tensor)[]
  ) => {
    const fitted = scores.map((score) => score(left));
    members.push((x) => {
      const known = distances(of(x));
      return fitted.map((score) => score(known));
    });
  };
  join(inStandard, (x) => x.standard, meanOfSubsets);
  join(inNormal, (x) => x.normal, allColumns);
  if (inLog) join(inLog, (x) => x.log, meanOfSubsets, ...(log?.multiple.length ? [allColumns] : []));
  if (low) {
    const g = fitTail(low.left);
    members.push((x) => [subtract(g(low.score(x.plain)), WEAKER)]);
  }
  // 6. The largest objection.
  return (x) => members.flatMap((member) => member(x)).reduce((a, b) => maximum(a, b));
}

/** The mean normalized distance over subsets, on its tail scale: rows × subsets → rows. */
function meanOfSubsets(left: readonly Float64Array[]): (distances: Tensor) => Tensor {
  const m = left.map((l) => l.reduce((total, distance) => total + distance, 0) / l.length);
  const denominators = float64(m.map((mean) => mean + 1e-9));
  const g = fitTail(meanNormalized(left, m));
  return (distances) => g(mean(minimum(divide(distances, denominators), 1e12), 1));
}

/** The distance in all columns, the last subset, on its tail scale: rows × subsets → rows. */
function allColumns(left: readonly Float64Array[]): (distances: Tensor) => Tensor {
  const last = left.length - 1;
  const g = fitTail(left[last]);
  return (distances) => g(reshape(slice(distances, 1, last, last + 1), ["rows"]));
}

interface Compared {
  /** Distances to the k-th nearest training row in every subset: rows × d → rows × subsets, single columns first. */
  readonly distances: (z: Tensor) => Tensor;
  /** For every subset, the same for each training row among the others. */
  readonly left: readonly Float64Array[];
}

async function compare(spaces: readonly Space[], k: number, context: FitContext): Promise<Compared[]> {
  const references = spaces.map(({ rows }) => constant(ndArray("float64", [rows.rows, rows.columns], rows.values)));
  const measured = await leaveOneOut(spaces, references, k, context);
  return spaces.map(({ rows, singles, multiple, twin }, i) => {
    const snap = (distances: Tensor) => (twin > 0 ? snapTwins(distances, twin) : distances);
    const inSingles = singles.map((j) => columnOf(rows, j));
    const inColumn = nearestInColumn(inSingles, k);
    const alone = inSingles.map((column) =>
      leaveOneOutInColumn(column, k).map((distance) => (distance <= twin ? 0 : distance)),
    );
    return {
      left: [...alone, ...measured[i]],
      distances: (z) => {
        const v = multiple.map((c) => snap(toKth(columns(z, c), columns(references[i], c), k)));
        return concatenate(singles.length > 0 ? [snap(inColumn(columns(z, singles))), ...v] : v, 1);
      },
    };
  });
}

/** The named columns of a matrix; the matrix itself where they are all of it. */
function columns(x: Tensor, names: readonly number[]): Tensor {
  return names.length === x.shape[1] ? x : gather(x, int64(names), 1);
}

/** Distance to the k-th nearest reference row: rows × 1. */
function toKth(x: Tensor, reference: Tensor, k: number): Tensor {
  const distances = nearestDistances(x, reference, k);
  return k === 1 ? distances : expandDims(max(distances, 1), 1);
}

/** l_c of the subsets of several columns, space by space: the quadratic part of the fit. */
async function leaveOneOut(
  spaces: readonly Space[],
  references: readonly Tensor[],
  k: number,
  context: FitContext,
): Promise<Float64Array[][]> {
  const n = spaces[0].rows.rows;
  const self = input("self", "int64", ["rows"]);
  // A row is the nearest to itself, or has twins: the k-th of the others is the last of k + 1.
  const toOther = (x: Tensor, rows: Tensor) =>
    k === 1 ? nearestOther(x, rows, self) : max(nearestDistances(x, rows, k + 1), 1);
  const views = spaces.flatMap(({ rows, multiple, twin }, i) => {
    const z = input(`space ${i}`, "float64", ["rows", rows.columns]);
    return multiple
      .map((c) => toOther(columns(z, c), columns(references[i], c)))
      .map((distance) => expandDims(twin > 0 ? snapTwins(distance, twin) : distance, 1));
  });
  const places = ndArray(
    "int64",
    [n],
    BigInt64Array.from({ length: n }, (_, i) => BigInt(i)),
  );
  const feeds: Record<string, NdArray> = k === 1 ? { self: places } : {};
  spaces.forEach(({ rows, multiple }, i) => {
    if (multiple.length > 0) feeds[`space ${i}`] = ndArray("float64", [n, rows.columns], rows.values);
  });
  const { out } = await mapRows(encode({ out: add(concatenate(views, 1), 0) }), n, feeds, {
    chunk: Math.min(rowsAtOnce(n), Math.ceil(n / 8)),
    workers: context.workers,
    signal: context.signal,
    onRows: (done, total) => context.onProgress?.({ stage: "compare normal rows", done, total }),
  });
  const measured = matrix(n, views.length, out.data as Float64Array);
  let view = 0;
  return spaces.map(({ multiple }) => multiple.map(() => columnOf(measured, view++)));
}

/** For each training row, the mean over subsets of min(l_c / (m_c + 1e-9), 1e12). */
function meanNormalized(left: readonly Float64Array[], m: readonly number[]): Float64Array {
  return left[0].map((_, i) => {
    const total = left.reduce((sum, l, c) => sum + Math.min(l[i] / (m[c] + 1e-9), 1e12), 0);
    return total / left.length;
  });
}
