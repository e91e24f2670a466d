import { constant, encode, input, mapRows, ndArray, overRows, reshape, type Tensor } from "../../graph/index.ts";
import { auroc, type Key, type Matrix, matrix, permutation, takeRows } from "../../numeric/index.ts";
import type { FitContext } from "../detector.ts";
import { nearestDistances, nearestOther, type Precision, rowsAtOnce } from "../nearest.ts";

/** With fewer rows none are set apart; else this share, within these bounds. */
const [FEWEST_ROWS, SHARE, FEWEST, MOST] = [60, 0.15, 20, 2000];

/** Rows to train on, and rows that only watch: they set scales and tell how far to trust the encoder. */
export function setApart(rows: Matrix, key: Key): { readonly training: Matrix; readonly watch: Matrix | null } {
  if (rows.rows < FEWEST_ROWS) return { training: rows, watch: null };
  const order = permutation(key, rows.rows);
  const count = Math.min(MOST, Math.max(FEWEST, Math.floor(SHARE * rows.rows)));
  return {
    training: takeRows(rows, order.subarray(count).slice().sort()),
    watch: takeRows(rows, order.subarray(0, count)),
  };
}

/** How well scores tell outliers from normal rows. */
export function toldApart(normal: ArrayLike<number>, odd: ArrayLike<number>): number {
  const scores = Float64Array.from([...Array.from(normal), ...Array.from(odd)]);
  return auroc(
    Uint8Array.from(scores, (_, i) => (i < normal.length ? 0 : 1)),
    scores,
  );
}

/** Distance to the nearest of the reference rows, n × d: rows × d → rows. */
export function nearestTo({ rows, columns, values }: Matrix, precision: Precision): (x: Tensor) => Tensor {
  const reference = constant(ndArray("float64", [rows, columns], values));
  return (x) => reshape(nearestDistances(x, reference, 1, "euclidean", precision), [x.shape[0]]);
}

/** The distance of each row to the nearest other one. Quadratic. */
export async function nearestLeftOut(rows: Matrix, { signal, workers }: FitContext): Promise<Float64Array> {
  const reference = constant(ndArray("float64", [rows.rows, rows.columns], rows.values));
  const x = input("x", "float64", ["rows", rows.columns]);
  const out = nearestOther(x, reference, input("self", "int64", ["rows"]));
  const self = BigInt64Array.from({ length: rows.rows }, (_, i) => BigInt(i));
  const feeds = {
    x: ndArray("float64", [rows.rows, rows.columns], rows.values),
    self: ndArray("int64", [rows.rows], self),
  };
  const found = await mapRows(encode({ out }), rows.rows, feeds, { chunk: rowsAtOnce(rows.rows), signal, workers });
  return found["out"].data as Float64Array;
}

/** An expression of k columns as a matrix of its values. */
export async function valuesOf(
  expression: (x: Tensor) => Tensor,
  rows: Matrix,
  { signal, workers }: FitContext,
  chunk: number,
): Promise<Matrix> {
  const values = await overRows(expression, rows, { chunk, signal, workers });
  return matrix(rows.rows, values.length / rows.rows, values);
}
