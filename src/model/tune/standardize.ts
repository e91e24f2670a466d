import { type Matrix, matrix, rowOf } from "../../numeric/index.ts";

/** So many deviations at most, so that no single wild value decides. */
export const FAR = 20;

/** Mean and standard deviation of each column; 1 for a column that does not vary. */
export interface Standard {
  readonly center: Float64Array;
  readonly scale: Float64Array;
}

/**
 * Centers and scales by the rows at the places given. A column that is constant there is only centered: what is never
 * otherwise among normal rows is what tells most. By differences to the first value, so that large values do not round
 * away small differences. O(n d).
 */
export function standardOf(rows: Matrix, places: readonly number[]): Standard {
  const d = rows.columns;
  const first = rowOf(rows, places[0] ?? 0);
  const means = new Float64Array(d);
  const squares = new Float64Array(d);
  places.forEach((place, k) => {
    const row = rowOf(rows, place);
    for (let j = 0; j < d; j++) {
      // Welford's running mean and sum of squares.
      const x = row[j] - first[j];
      const off = x - means[j];
      means[j] += off / (k + 1);
      squares[j] += off * (x - means[j]);
    }
  });
  const deviation = (sum: number) => {
    const found = Math.sqrt(sum / Math.max(places.length, 1));
    return found > 0 && Number.isFinite(found) ? found : 1;
  };
  return { center: means.map((mean, j) => first[j] + mean), scale: squares.map(deviation) };
}

/** (x − center) / scale, cut at ± {@link FAR}. O(n d). */
export function standardized(rows: Matrix, { center, scale }: Standard): Matrix {
  const d = rows.columns;
  const out = new Float64Array(rows.rows * d);
  for (let i = 0, at = 0; i < rows.rows; i++)
    for (let j = 0; j < d; j++, at++) {
      const z = (rows.values[at] - center[j]) / scale[j];
      out[at] = Math.min(Math.max(z, -FAR), FAR);
    }
  return matrix(rows.rows, d, out);
}
