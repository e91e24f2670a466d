import {
  absolute,
  cast,
  expandDims,
  float64,
  gather,
  min,
  stepFunctions,
  subtract,
  type Tensor,
} from "../../graph/index.ts";
import { fromRows, sortedCopy } from "../../numeric/index.ts";

/**
 * Distance of each value to the nearest training value of its column, by exact search in the sorted column instead of
 * comparing with every row: float64 rows × m → rows × m. A twin is at exactly 0.
 *
 * Two steps, since a tree of all n values is large and slow to load: a small tree finds the block of about √n sorted
 * values, which are then compared one by one, with the neighbors on either side. O(m √n) a row.
 */
export function nearestInColumn(columns: readonly Float64Array[]): (x: Tensor) => Tensor {
  const sorted = columns.map((column) => sortedCopy(column).filter((x, i, all) => i === 0 || x > all[i - 1]));
  const size = Math.ceil(Math.sqrt(Math.max(...sorted.map((values) => values.length))));
  const blocks: Float64Array[] = [];
  const places = sorted.map((values) => {
    const first = blocks.length;
    for (let from = 0; from < values.length; from += size) blocks.push(blockOf(values, from, size));
    const count = blocks.length - first;
    const thresholds = Float64Array.from({ length: count - 1 }, (_, b) => values[(b + 1) * size]);
    return { thresholds, values: Float64Array.from({ length: count }, (_, b) => first + b) };
  });
  const table = fromRows(blocks.map((block) => Array.from(block)));
  const values = float64(table.values, [table.rows, table.columns]);
  return (x) => {
    const block = cast(stepFunctions(x, places, "<="), "int64");
    return min(absolute(subtract(gather(values, block), expandDims(x, 2))), 2);
  };
}

/** `size` values from `from` on, with one neighbor on either side; repeated at the ends. */
function blockOf(values: Float64Array, from: number, size: number): Float64Array {
  return Float64Array.from(
    { length: size + 2 },
    (_, i) => values[Math.min(Math.max(from - 1 + i, 0), values.length - 1)],
  );
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
