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
  minimum,
  multiply,
  type NdArray,
  ndArray,
  overRows,
  reshape,
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
  hidden: z
    .number()
    .min(0)
    .max(0.49)
    .default(0)
    .describe("Share of the rows that may be anomalous all the same; distances then reach past so many rows, too."),
});

/** Rows that the look past hidden anomalies compares with: more of them would only cost more. */
const FEWER_ROWS = 500;

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
 * With hidden > 0: (1 − w) of that score and w of the same from m = min(n, 500) rows of A, drawn by key, with distances to
 * the k-th nearest of them, k = ⌊hidden · m⌋ + 1. Fewer than k anomalous rows among them cannot make their like look normal.
 * The more are hidden, the less the nearest row tells: w = 10 · hidden, at least ½ and at most 1, chosen by
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

  async fit(rows, { maxRows, views, nearlyFull, hidden }, context) {
    const kept = takeRows(rows, sample(context.key.for("rows"), rows.rows, maxRows));
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
    const parts = { singles, multiple };
    const own = await objection(a, q, parts, 1, context);
    const w = Math.min(1, Math.max(0.5, 10 * hidden));
    const fewer = hidden > 0 ? sample(context.key.for("hidden"), a.rows, FEWER_ROWS) : null;
    const beyond =
      fewer &&
      (await objection(takeRows(a, fewer), takeRows(q, fewer), parts, rankBeyond(hidden, fewer.length), context));
    return {
      score: (x) => {
        const [z, u] = [scaled(x), normal(x)];
        return beyond ? add(multiply(own(z, u), 1 - w), multiply(beyond(z, u), w)) : own(z, u);
      },
      rowsUsed: kept.rows,
      chunk: rowsAtOnce(kept.rows),
      notes: kept.rows < rows.rows ? [`${kept.rows} of ${rows.rows} rows kept as reference, drawn by key`] : [],
    };
  },
};

interface Subsets {
  readonly singles: readonly number[];
  readonly multiple: readonly (readonly number[])[];
}

/** Steps 3 to 6 with the k-th nearest row: scaled rows z and quantile-normal rows u to scores. */
async function objection(
  a: Matrix,
  q: Matrix,
  { singles, multiple }: Subsets,
  k: number,
  context: FitContext,
): Promise<(z: Tensor, u: Tensor) => Tensor> {
  // 3. Distances to the k-th nearest row, each training row left out.
  const reference = constant(ndArray("float64", [a.rows, a.columns], a.values));
  const normalReference = constant(ndArray("float64", [q.rows, q.columns], q.values));
  const measured = await leaveOneOut(a, q, reference, normalReference, multiple, k, context);
  const inSingles = singles.map((j) => columnOf(a, j));
  const left = [...inSingles.map((column) => leaveOneOutInColumn(column, k)), ...measured.columns];
  const m = left.map((l) => l.reduce((total, distance) => total + distance, 0) / l.length);
  // 4. The mean normalized distance, and the same for the training rows.
  const denominators = float64(m.map((mean) => mean + 1e-9));
  const inColumn = nearestInColumn(inSingles, k);
  const s = (z: Tensor) => {
    const v = [inColumn(columns(z, singles)), ...multiple.map((c) => toKth(columns(z, c), columns(reference, c), k))];
    return mean(minimum(divide(concatenate(v, 1), denominators), 1e12), 1);
  };
  // 5. Tail scales.
  const g = fitTail(meanNormalized(left, m));
  const gNormal = fitTail(measured.normal);
  const inNormal = (u: Tensor) => reshape(snapTwins(toKth(u, normalReference, k), TWIN), ["rows"]);
  // 6. The largest objection.
  return (z, u) => maximum(g(s(z)), gNormal(inNormal(u)));
}

/** k = ⌊share · m⌋ + 1, at most m − 1. */
function rankBeyond(share: number, rows: number): number {
  return Math.max(1, Math.min(Math.floor(share * rows + 1e-9) + 1, rows - 1));
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

/** l_c of every subset and l of all quantile-normal columns: the quadratic part of the fit. */
async function leaveOneOut(
  a: Matrix,
  q: Matrix,
  reference: Tensor,
  normalReference: Tensor,
  subsets: readonly (readonly number[])[],
  k: number,
  context: FitContext,
): Promise<{ columns: Float64Array[]; normal: Float64Array }> {
  const self = input("self", "int64", ["rows"]);
  const z = input("z", "float64", ["rows", a.columns]);
  const normal = input("normal", "float64", ["rows", a.columns]);
  // A row is the nearest to itself, or has twins: the k-th of the others is the last of k + 1.
  const toOther = (x: Tensor, rows: Tensor) =>
    k === 1 ? nearestOther(x, rows, self) : max(nearestDistances(x, rows, k + 1), 1);
  const views = subsets.map((c) => toOther(columns(z, c), columns(reference, c)));
  const inNormal = snapTwins(toOther(normal, normalReference), TWIN);
  const distances = concatenate(
    [...views, inNormal].map((view) => expandDims(view, 1)),
    1,
  );
  const feeds: Record<string, NdArray> = {
    ...(k === 1 && {
      self: ndArray(
        "int64",
        [a.rows],
        BigInt64Array.from({ length: a.rows }, (_, i) => BigInt(i)),
      ),
    }),
    normal: ndArray("float64", [q.rows, q.columns], q.values),
    ...(subsets.length > 0 && { z: ndArray("float64", [a.rows, a.columns], a.values) }),
  };
  const { out } = await mapRows(encode({ out: add(distances, 0) }), a.rows, feeds, {
    chunk: Math.min(rowsAtOnce(a.rows), Math.ceil(a.rows / 8)),
    workers: context.workers,
    signal: context.signal,
    onRows: (done, total) => context.onProgress?.({ stage: "compare normal rows", done, total }),
  });
  const measured = matrix(a.rows, subsets.length + 1, out.data as Float64Array);
  return {
    columns: subsets.map((_, view) => columnOf(measured, view)),
    normal: columnOf(measured, subsets.length),
  };
}

/** For each training row, the mean over subsets of min(l_c / (m_c + 1e-9), 1e12). */
function meanNormalized(left: readonly Float64Array[], m: readonly number[]): Float64Array {
  return left[0].map((_, i) => {
    const total = left.reduce((sum, l, c) => sum + Math.min(l[i] / (m[c] + 1e-9), 1e12), 0);
    return total / left.length;
  });
}
