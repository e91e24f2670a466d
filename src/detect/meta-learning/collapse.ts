import { overRows, type Tensor } from "../../graph/index.ts";
import { columnOf, fromColumns, type Key, type Matrix, permutation } from "../../numeric/index.ts";
import type { ScoreContext } from "../score-rows.ts";

/** The logit of normal rows should exceed that of scrambled ones by so much. */
const LEAST_GAP = 0.1;

/**
 * Whether a network answers "normal" whatever the row: the mean logit of normal rows exceeds that of the same rows with each
 * column permuted by less than .1. Where no anomalous row is trained on, l → ∞ everywhere is the trivial answer.
 */
export async function isCollapsed(
  logit: (x: Tensor) => Tensor,
  normal: Matrix,
  chunk: number,
  key: Key,
  { signal, workers }: ScoreContext,
): Promise<boolean> {
  const columns = Array.from({ length: normal.columns }, (_, j) => {
    const column = columnOf(normal, j);
    return Float64Array.from(permutation(key.for(j), normal.rows), (row) => column[row]);
  });
  const mean = async (rows: Matrix) =>
    (await overRows(logit, rows, { chunk, signal, workers })).reduce((a, b) => a + b, 0) / rows.rows;
  return (await mean(normal)) - (await mean(fromColumns(normal.rows, columns))) < LEAST_GAP;
}
