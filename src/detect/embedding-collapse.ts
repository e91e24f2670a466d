import { identity, input, mean, ndArray, openGraph, square, subtract, sum, type Tensor } from "../graph/index.ts";
import { columnMeans, columnOf, fromColumns, type Key, type Matrix, permutation } from "../numeric/index.ts";

/** Probes stand so many times as far from the column means as rows do. */
const STRETCH = 3;

/**
 * Rows unlike the given ones, to see whether a network still tells rows apart: each column shuffled by itself, so that
 * columns no longer hang together, and 3 times as far from its mean. n × d → n × d, n ≥ 1. O(n d).
 */
export function probes(rows: Matrix, key: Key): Matrix {
  const means = columnMeans(rows);
  const columns = Array.from(means, (center, j) => {
    const column = columnOf(rows, j);
    return Float64Array.from(permutation(key.for(j), rows.rows), (row) => center + STRETCH * (column[row] - center));
  });
  return fromColumns(rows.rows, columns);
}

/** How far embeddings are from each other: the mean of ‖φ − mean φ‖² over rows, rows × k → one number. */
export function spread(embeddings: Tensor): Tensor {
  return mean(sum(square(subtract(embeddings, mean(embeddings, 0, { keep: true }))), 1), 0);
}

/** The spread of the embeddings of given rows, in float64. */
export async function spreadOf(embed: (x: Tensor) => Tensor, { rows, columns, values }: Matrix): Promise<number> {
  using session = await openGraph({ value: identity(spread(embed(input("x", "float64", [rows, columns])))) });
  const { value } = await session.run({ x: ndArray("float64", [rows, columns], values) });
  return Number(value.data[0]);
}
