import { columnMeans, columnOf, type Key, type Matrix, matrix, median, normal } from "../../numeric/index.ts";

/** How far out, in standard deviations of every column, and how many rows at each distance. */
const DISTANCES = [3, 10, 100] as const;
const ROWS = 100;
/** A share of them below the median normal row that chance does not make. */
const MANY = 0.01;

/**
 * Rows in random directions from the middle of normal ones, n × d: each `distance` standard deviations out in the root mean
 * square over columns. `count` × d.
 */
export function farRows(rows: Matrix, distance: number, count: number, key: Key): Matrix {
  const { columns } = rows;
  const z = normal(key);
  const center = columnMeans(rows);
  const spread = Array.from(center, (middle, j) =>
    Math.sqrt(columnOf(rows, j).reduce((total, x) => total + (x - middle) ** 2, 0) / rows.rows),
  );
  const out = matrix(count, columns);
  for (let i = 0; i < count; i++) {
    const direction = Float64Array.from(center, z);
    const size = distance / Math.sqrt(direction.reduce((total, x) => total + x * x, 0) / columns);
    direction.forEach((x, j) => {
      out.values[i * columns + j] = center[j] + size * spread[j] * x;
    });
  }
  return out;
}

/**
 * A logit of a network is linear far out, and may point down: whether rows far out score below the median of `normal` scores
 * of normal rows, n × d, as one sentence; none where they do not.
 */
export async function farOutNote(
  scoreOf: (x: Matrix) => Promise<Float64Array>,
  normal: Float64Array,
  rows: Matrix,
  key: Key,
): Promise<readonly string[]> {
  const middle = median(normal);
  for (const distance of DISTANCES) {
    const scores = await scoreOf(farRows(rows, distance, ROWS, key.for(distance)));
    const below = scores.filter((score) => !(score >= middle)).length;
    if (below > MANY * ROWS)
      return [
        `${below} of ${ROWS} rows in random directions, ${distance} standard deviations out, score below the median normal row: pass --score fused, which the distance holds up`,
      ];
  }
  return [];
}
