import { cast, constant, ndArray, overRows } from "../graph/index.ts";
import { type Matrix, takeRows } from "../numeric/index.ts";
import { inSinglePrecision, type Precision, rowsAtOnce } from "./nearest.ts";
import type { ScoreContext } from "./score-rows.ts";

/** With fewer reference rows the float64 product is as fast. */
const FEWEST_ROWS = 5000;
const TRIED_ROWS = 128;

/**
 * In which precision to pick the k nearest of these reference rows, n × d, the faster: "single" where most calls of
 * `rowsAtOnce` rows would be certain of their result, judged by 128 of the reference rows and their k nearest others.
 * "double" where rows are many a time equally distant (columns of few values), or much closer together than they are
 * far from the origin. Costs about as much as scoring 200 rows. Throws Interrupted when the signal fires.
 */
export async function precisionFor(reference: Matrix, k: number, context: ScoreContext = {}): Promise<Precision> {
  const { rows: n, columns: d, values } = reference;
  if (n < FEWEST_ROWS || k >= n / 2) return "double";
  const tried = takeRows(
    reference,
    Array.from({ length: TRIED_ROWS }, (_, i) => Math.floor((i * n) / TRIED_ROWS)),
  );
  const stored = constant(ndArray("float64", [n, d], values));
  const certain = await overRows((x) => cast(inSinglePrecision(x, stored, k + 1).certain, "float64"), tried, {
    chunk: rowsAtOnce(n),
    workers: context.workers,
    signal: context.signal,
  });
  const share = certain.reduce((total, one) => total + one, 0) / TRIED_ROWS;
  return share ** rowsAtOnce(n) >= 0.5 ? "single" : "double";
}
