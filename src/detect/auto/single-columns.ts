import { absolute, stepFunctions, subtract, type Tensor } from "../../graph/index.ts";
import { sortedCopy } from "../../numeric/index.ts";

/**
 * Distance of each value to the nearest training value of its column, by exact search in the sorted column instead of
 * comparing with every row: float64 rows × m → rows × m. A twin is at exactly 0.
 */
export function nearestInColumn(columns: readonly Float64Array[]): (x: Tensor) => Tensor {
  const functions = columns.map((column) => {
    const values = sortedCopy(column).filter((value, i, sorted) => i === 0 || value > sorted[i - 1]);
    return {
      values,
      thresholds: Float64Array.from({ length: values.length - 1 }, (_, i) => between(values[i], values[i + 1])),
    };
  });
  return (x) => absolute(subtract(x, stepFunctions(x, functions, "<")));
}

/** For each value of a column, the distance to the nearest of the others. O(n log n). */
export function leaveOneOutInColumn(column: Float64Array): Float64Array {
  const order = Uint32Array.from(column.keys()).sort((a, b) => column[a] - column[b]);
  const out = new Float64Array(column.length);
  order.forEach((row, i) => {
    const below = i > 0 ? column[row] - column[order[i - 1]] : Number.POSITIVE_INFINITY;
    const above = i + 1 < order.length ? column[order[i + 1]] - column[row] : Number.POSITIVE_INFINITY;
    out[row] = Math.min(below, above);
  });
  return out;
}

/** The middle of a < b; a itself where rounding would give b. */
function between(a: number, b: number): number {
  const middle = a / 2 + b / 2;
  return middle < b && middle >= a ? middle : a;
}
