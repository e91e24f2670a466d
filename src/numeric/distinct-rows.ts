import { type Matrix, takeRows } from "./matrix.ts";

/**
 * The rows of a matrix without their twins, in the order in which they first appear, n × d → m × d, and how many rows
 * stand for each, m. `weights` counts row i of `m` as that many rows (1 when left out). 0 and −0 are one value; so are
 * two NaN. O(n d) time and memory.
 */
export function distinctRows(
  m: Matrix,
  weights?: ArrayLike<number>,
): { readonly rows: Matrix; readonly counts: Float64Array } {
  const places = new Map<string, number>();
  const firsts: number[] = [];
  const counts: number[] = [];
  for (let i = 0; i < m.rows; i++) {
    const name = m.values.subarray(i * m.columns, (i + 1) * m.columns).join();
    let place = places.get(name);
    if (place === undefined) {
      place = firsts.push(i) - 1;
      places.set(name, place);
      counts.push(0);
    }
    counts[place] += weights?.[i] ?? 1;
  }
  return { rows: takeRows(m, firsts), counts: Float64Array.from(counts) };
}
