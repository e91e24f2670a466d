/** A histogram of one column. Bin b holds the values from `edges[b − 1]` (included) to `edges[b]` (excluded). */
export interface Histogram {
  readonly smallest: number;
  readonly largest: number;
  /** Between the bins: strictly increasing, one fewer than the bins. */
  readonly edges: Float64Array;
  /** Training values in each bin. */
  readonly counts: Float64Array;
  /** Above 0, in a unit of the column's own: only their ratios mean something. */
  readonly widths: Float64Array;
}

/**
 * k bins of equal width from the smallest to the largest of increasing values; one bin where all are equal, and fewer
 * than k where there are no k − 1 different doubles between. O(n).
 */
export function equalWidths(sorted: Float64Array, k: number): Histogram {
  const [smallest, largest] = [sorted[0], sorted[sorted.length - 1]];
  const range = largest - smallest;
  const edge = (b: number) =>
    // The first is exact where edges are whole numbers, the second cannot overflow.
    Number.isFinite(range * k) ? smallest + (b * range) / k : smallest * (1 - b / k) + largest * (b / k);
  const all = Float64Array.from({ length: k - 1 }, (_, b) => edge(b + 1)).sort();
  const edges = all.filter((e, i) => e > (all[i - 1] ?? smallest) && e <= largest);
  const counts = new Float64Array(edges.length + 1);
  let bin = 0;
  for (const value of sorted) {
    while (bin < edges.length && edges[bin] <= value) bin++;
    counts[bin]++;
  }
  return { smallest, largest, edges, counts, widths: new Float64Array(counts.length).fill(1) };
}

/**
 * Up to k bins with about n / k of the increasing values each, equal values in one bin. The bins touch halfway between
 * neighboring values; the first starts at the smallest value and the last ends at the largest, but one that holds a
 * single value (often repeated) is as wide on its outer side as on its inner. O(n).
 */
export function equalCounts(sorted: Float64Array, k: number): Histogram {
  const n = sorted.length;
  const starts = [0, ...startsOfBins(sorted, k)];
  const bins = starts.map((start, b) => {
    const [low, high, end] = [sorted[start], sorted[(starts[b + 1] ?? n) - 1], starts[b + 1] ?? n];
    const before = start > 0 ? low - sorted[start - 1] : null;
    const after = end < n ? sorted[end] - high : null;
    const [left, right] = low === high ? [before ?? after, after ?? before] : [before, after];
    // In halves: the smallest double has none. A gap is never 0, as differences of doubles are not.
    const width = Math.min(2 * (high - low) + (left ?? 0) + (right ?? 0), Number.MAX_VALUE);
    return { count: end - start, width: width > 0 ? width : 1 };
  });
  return {
    smallest: sorted[0],
    largest: sorted[n - 1],
    edges: Float64Array.from(starts.slice(1), (start) => halfway(sorted[start - 1], sorted[start])),
    counts: Float64Array.from(bins, ({ count }) => count),
    widths: Float64Array.from(bins, ({ width }) => width),
  };
}

/** Where every bin but the first starts: at the multiples of n / k, each moved to the nearest place where values change. */
function startsOfBins(sorted: Float64Array, k: number): readonly number[] {
  const n = sorted.length;
  const changes = Array.from(sorted.keys()).filter((i) => i > 0 && sorted[i] > sorted[i - 1]);
  const starts: number[] = [];
  let next = 0;
  for (let b = 1; b < k; b++) {
    const cut = Math.round((b * n) / k);
    while (next < changes.length && changes[next] <= cut) next++;
    const [before, after] = [changes[next - 1] ?? 0, changes[next] ?? n];
    const start = cut - before <= after - cut ? before : after;
    if (start < n && start > (starts[starts.length - 1] ?? 0)) starts.push(start);
  }
  return starts;
}

/** A number above `low` and up to `high`, halfway where a double is there. */
function halfway(low: number, high: number): number {
  const middle = low / 2 + high / 2;
  return middle > low ? middle : high;
}
