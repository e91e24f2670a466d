import { type Key, type Matrix, sample, takeRows } from "../numeric/index.ts";
import { squaredDistance } from "./squared-distance.ts";

const MOST_ROWS = 2000;
/** Share of the largest ratios that the line is not fitted to. */
const CUT = 0.1;

/**
 * How many directions rows spread in where they stand (TwoNN, Facco, d'Errico, Rodriguez and Laio 2017): the slope
 * through the origin of −ln(1 − F) against ln(r2 / r1), distances to the second and first nearest row, without the
 * tenth of the largest ratios. Of at most 2,000 rows; copies count once. NaN where fewer than 3 rows differ.
 * O(min(n, 2000)² d).
 */
export function intrinsicDimension(rows: Matrix, key: Key): number {
  const some = takeRows(rows, sample(key, rows.rows, MOST_ROWS));
  const ratios: number[] = [];
  for (let i = 0; i < some.rows; i++) {
    let [first, second] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let j = 0; j < some.rows; j++) {
      const squared = squaredDistance(some, i, some, j);
      if (squared === 0) continue;
      if (squared < first) [first, second] = [squared, first];
      else if (squared < second) second = squared;
    }
    if (second < Number.POSITIVE_INFINITY) ratios.push(Math.log(second / first) / 2);
  }
  ratios.sort((a, b) => a - b);
  let [products, squares] = [0, 0];
  for (let i = 0; i < Math.floor((1 - CUT) * ratios.length); i++) {
    products += ratios[i] * -Math.log(1 - (i + 1) / (ratios.length + 1));
    squares += ratios[i] ** 2;
  }
  return products / squares;
}
