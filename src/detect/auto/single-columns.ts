import {
  absolute,
  add,
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
 * Distance of each value to the k-th nearest training value of its column, by exact search in the sorted column instead
 * of comparing with every row: float64 rows × m → rows × m. With k = 1 a twin is at exactly 0.
 *
 * The k nearest values stand side by side in sorted order: the distance is the smallest of |x − center| + half width over
 * all windows of k values, and the best window is one of the two whose centers enclose x.
 * Two steps, since a tree of all n windows is large and slow to load: a small tree finds the block of about √n sorted
 * windows, which are then compared one by one, with the neighbors on either side. O(m √n) a row.
 */
export function nearestInColumn(columns: readonly Float64Array[], k = 1): (x: Tensor) => Tensor {
  const windows = columns.map((column) => windowsOf(sortedCopy(column), k));
  const size = Math.ceil(Math.sqrt(Math.max(...windows.map(({ centers }) => centers.length))));
  const blocks: { centers: Float64Array; halves: Float64Array }[] = [];
  const places = windows.map(({ centers, halves }) => {
    const first = blocks.length;
    for (let from = 0; from < centers.length; from += size)
      blocks.push({ centers: blockOf(centers, from, size), halves: blockOf(halves, from, size) });
    const count = blocks.length - first;
    const thresholds = Float64Array.from({ length: count - 1 }, (_, b) => centers[(b + 1) * size]);
    return { thresholds, values: Float64Array.from({ length: count }, (_, b) => first + b) };
  });
  const centers = tableOf(blocks.map((block) => block.centers));
  const halves = tableOf(blocks.map((block) => block.halves));
  return (x) => {
    const block = cast(stepFunctions(x, places, "<="), "int64");
    const toCenter = absolute(subtract(gather(centers, block), expandDims(x, 2)));
    return min(k === 1 ? toCenter : add(toCenter, gather(halves, block)), 2);
  };
}

/** The windows of k sorted values, by center; the narrowest of those with one center. */
function windowsOf(sorted: Float64Array, k: number): { centers: Float64Array; halves: Float64Array } {
  const narrowest = new Map<number, number>();
  for (let i = 0; i + k <= sorted.length; i++) {
    const center = k === 1 ? sorted[i] : (sorted[i] + sorted[i + k - 1]) / 2;
    const half = (sorted[i + k - 1] - sorted[i]) / 2;
    narrowest.set(center, Math.min(half, narrowest.get(center) ?? half));
  }
  return { centers: Float64Array.from(narrowest.keys()), halves: Float64Array.from(narrowest.values()) };
}

function tableOf(blocks: readonly Float64Array[]): Tensor {
  const table = fromRows(blocks.map((block) => Array.from(block)));
  return float64(table.values, [table.rows, table.columns]);
}

/** `size` values from `from` on, with one neighbor on either side; repeated at the ends. */
function blockOf(values: Float64Array, from: number, size: number): Float64Array {
  return Float64Array.from(
    { length: size + 2 },
    (_, i) => values[Math.min(Math.max(from - 1 + i, 0), values.length - 1)],
  );
}

/** For each value of a column, the distance to the k-th nearest of the others, 1 ≤ k < n. O(n log n). */
export function leaveOneOutInColumn(column: Float64Array, k = 1): Float64Array {
  const order = Uint32Array.from(column.keys()).sort((a, b) => column[a] - column[b]);
  const out = new Float64Array(column.length);
  order.forEach((row, i) => {
    // Windows of k + 1 values with this one among them: the farther they start, the nearer their lower end.
    const reach = (from: number) => {
      const inside = from >= Math.max(0, i - k) && from <= Math.min(i, order.length - 1 - k);
      return inside ? [column[row] - column[order[from]], column[order[from + k]] - column[row]] : null;
    };
    let [low, high] = [Math.max(0, i - k), Math.min(i, order.length - 1 - k)];
    while (low < high) {
      const middle = (low + high) >> 1;
      const [below, above] = reach(middle)!;
      if (above >= below) high = middle;
      else low = middle + 1;
    }
    out[row] = Math.min(...[low - 1, low].map((from) => Math.max(...(reach(from) ?? [Number.POSITIVE_INFINITY]))));
  });
  return out;
}
