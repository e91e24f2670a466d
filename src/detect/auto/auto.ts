import { z } from "zod";
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
  min,
  minimum,
  multiply,
  type NdArray,
  ndArray,
  overRows,
  type Tensor,
} from "../../graph/index.ts";
import { columnOf, type Matrix, matrix, sample, takeRows } from "../../numeric/index.ts";
import { fitScaling } from "../../prepare/index.ts";
import type { Detector, FitContext } from "../detector.ts";
import { nearestDistances, nearestOther, rowsAtOnce, snapTwins } from "../nearest.ts";
import { leaveOneOutInColumn, nearestInColumn } from "./single-columns.ts";
import { drawSubsets } from "./subsets.ts";
import { fitTail } from "./tail.ts";

const options = z.object({
  maxRows: z.int().min(2).max(100_000).default(10_000).describe("Normal rows kept in the model, drawn by key."),
  views: z
    .int()
    .min(1)
    .max(200)
    .default(20)
    .describe("Column subsets drawn of each kind: single columns, pairs, halves."),
  nearlyFull: z
    .int()
    .min(0)
    .max(200)
    .default(0)
    .describe("Column subsets drawn that leave one column out; they cost much and gain nothing measurable."),
  k: z
    .int()
    .min(1)
    .max(1000)
    .default(1)
    .describe("Look at the k-th nearest normal row beside the nearest; for rows of which some may be anomalous."),
});

/** Distances this small in quantile-normal columns are twins: Φ⁻¹ differs in the last place between machines. */
const TWIN = 1e-9;

/**
 * Any view may object: many small column subsets score a row by its distance to the nearest normal row, and the
 * largest objection wins. The default: the most accurate label-free recipe that we know (docs/benchmarks.md).
 *
 * Symbols: A the n training rows; c a column subset; v_c(x) the distance of x to the nearest row of A in the columns c
 * of standardized A; l_c(i) the same for training row i, itself left out; m_c the mean of l_c;
 * u_c = min(v_c / (m_c + 1e-9), 1e12); s the mean of u_c over c; g the tail scale of a score (`fitTail`).
 * score(x) = max(g_s(s(x)), g_q(q(x))), q the distance to the nearest row of quantile-normal A in all columns.
 * ≥ 0, unbounded, higher is more anomalous; a normal row exceeds log(1/α) with probability of about α.
 * With k > 1: a quarter of that score and three quarters of the same with distances to the k-th nearest row (at most
 * n − 1). Fewer than k anomalous rows among A cannot make their like look normal in the latter; the shares were chosen by
 * `npm run bench:contamination`.
 *
 * Our own method; no paper. Exact, and free of tuning. Fails where anomalies differ from normal rows in no subset's
 * distance, such as a shift of density inside the cloud.
 */
export const auto: Detector<typeof options> = {
  name: "auto",
  summary: "any view may object: nearest normal rows in many column subsets, the largest objection wins",
  cost: "fit O(n² · views), some 3 s for 10,000 rows of 20 columns on 2 cores; a row O(n · views), some 3 ms; the model holds 2 n × d doubles",
  citation: null,
  holds: "rows",
  options,

  async fit(rows, { maxRows, views, nearlyFull, k: wanted }, context) {
    const kept = takeRows(rows, sample(context.key.for("rows"), rows.rows, maxRows));
    const k = Math.min(wanted, Math.max(1, kept.rows - 1));
    // 1. Two scalings.
    const standard = fitScaling("standard", kept).forward;
    const normal = fitScaling("quantile-normal", kept).forward;
    const scaled = (x: Tensor) => minimum(maximum(standard(x), -1e100), 1e100);
    const a = matrix(kept.rows, kept.columns, await overRows(scaled, kept, context));
    const q = matrix(kept.rows, kept.columns, await overRows(normal, kept, context));
    // 2. Column subsets: single columns, which are searched in sorted order, and the others.
    const subsets = drawSubsets(kept.columns, { views, nearlyFull }, context.key.for("subsets"));
    const singles = subsets.filter((c) => c.length === 1).map(([j]) => j);
    const multiple = subsets.filter((c) => c.length > 1);
    // 3. Distances to the nearest row (and the k-th), each training row left out.
    const reference = constant(ndArray("float64", [a.rows, a.columns], a.values));
    const normalReference = constant(ndArray("float64", [q.rows, q.columns], q.values));
    const ranks = k === 1 ? [1] : [1, k];
    const measured = await leaveOneOut(a, q, reference, normalReference, multiple, ranks, context);
    const objections = ranks.map((rank, r) => {
      const inSingles = singles.map((j) => columnOf(a, j));
      const left = [...inSingles.map((column) => leaveOneOutInColumn(column, rank)), ...measured[r].columns];
      const m = left.map((l) => l.reduce((total, distance) => total + distance, 0) / l.length);
      // 4. The mean normalized distance, and the same for the training rows. 5. Tail scales.
      const denominators = float64(m.map((mean) => mean + 1e-9));
      const inColumn = nearestInColumn(inSingles, rank);
      const g = fitTail(meanNormalized(left, m));
      const gNormal = fitTail(measured[r].normal);
      return (z: Tensor, distances: readonly Tensor[], toNormal: Tensor) => {
        const v = [inColumn(columns(z, singles)), ...distances.map((d) => expandDims(atRank(d, rank), 1))];
        const s = mean(minimum(divide(concatenate(v, 1), denominators), 1e12), 1);
        // 6. The largest objection.
        return maximum(g(s), gNormal(snapTwins(atRank(toNormal, rank), TWIN)));
      };
    });
    return {
      score: (x) => {
        const z = scaled(x);
        const distances = multiple.map((c) => nearestDistances(columns(z, c), columns(reference, c), k));
        const toNormal = nearestDistances(normal(x), normalReference, k);
        const [nearest, kth] = objections.map((objection) => objection(z, distances, toNormal));
        return kth === undefined ? nearest : divide(add(nearest, multiply(kth, 3)), 4);
      },
      rowsUsed: kept.rows,
      chunk: rowsAtOnce(kept.rows),
      notes: kept.rows < rows.rows ? [`${kept.rows} of ${rows.rows} rows kept as reference, drawn by key`] : [],
    };
  },
};

/** The named columns of a matrix; the matrix itself where they are all of it. */
function columns(x: Tensor, names: readonly number[]): Tensor {
  return names.length === x.shape[1] ? x : gather(x, int64(names), 1);
}

/** The first or the last of distances to the k nearest, rows × k → rows. */
function atRank(distances: Tensor, rank: number): Tensor {
  return rank === 1 ? min(distances, 1) : max(distances, 1);
}

/** l_c of every subset and l of all quantile-normal columns, at each rank: the quadratic part of the fit. */
async function leaveOneOut(
  a: Matrix,
  q: Matrix,
  reference: Tensor,
  normalReference: Tensor,
  subsets: readonly (readonly number[])[],
  ranks: readonly number[],
  context: FitContext,
): Promise<readonly { readonly columns: readonly Float64Array[]; readonly normal: Float64Array }[]> {
  const self = input("self", "int64", ["rows"]);
  const z = input("z", "float64", ["rows", a.columns]);
  const normal = input("normal", "float64", ["rows", a.columns]);
  // A row is the nearest to itself, or has twins: the k-th of the others is the last of k + 1.
  const toOthers = (x: Tensor, rows: Tensor) =>
    ranks.map((k) => (k === 1 ? nearestOther(x, rows, self) : max(nearestDistances(x, rows, k + 1), 1)));
  const views = subsets.map((c) => toOthers(columns(z, c), columns(reference, c)));
  const inNormal = toOthers(normal, normalReference).map((distances) => snapTwins(distances, TWIN));
  const distances = concatenate(
    [...views, inNormal].flat().map((view) => expandDims(view, 1)),
    1,
  );
  const feeds: Record<string, NdArray> = {
    self: ndArray(
      "int64",
      [a.rows],
      BigInt64Array.from({ length: a.rows }, (_, i) => BigInt(i)),
    ),
    normal: ndArray("float64", [q.rows, q.columns], q.values),
    ...(subsets.length > 0 && { z: ndArray("float64", [a.rows, a.columns], a.values) }),
  };
  const { out } = await mapRows(encode({ out: add(distances, 0) }), a.rows, feeds, {
    chunk: Math.min(rowsAtOnce(a.rows), Math.ceil(a.rows / 8)),
    workers: context.workers,
    signal: context.signal,
    onRows: (done, total) => context.onProgress?.({ stage: "compare normal rows", done, total }),
  });
  const measured = matrix(a.rows, (subsets.length + 1) * ranks.length, out.data as Float64Array);
  return ranks.map((_, r) => ({
    columns: subsets.map((_, view) => columnOf(measured, view * ranks.length + r)),
    normal: columnOf(measured, subsets.length * ranks.length + r),
  }));
}

/** For each training row, the mean over subsets of min(l_c / (m_c + 1e-9), 1e12). */
function meanNormalized(left: readonly Float64Array[], m: readonly number[]): Float64Array {
  return left[0].map((_, i) => {
    const total = left.reduce((sum, l, c) => sum + Math.min(l[i] / (m[c] + 1e-9), 1e12), 0);
    return total / left.length;
  });
}
