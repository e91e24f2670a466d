import { columnOf, type Matrix } from "../../numeric/index.ts";

/** Where columns are cut into bins: bin b of a column holds threshold b − 1 < x ≤ threshold b. */
export interface Cuts {
  /** Strictly increasing thresholds a column, at most 254 of them. */
  readonly thresholds: readonly Float64Array[];
}

/** Rows by bins, column by column: row i of column j is in bin `codes[j * rows + i]`. */
export interface Binned {
  readonly rows: number;
  readonly codes: Uint8Array;
}

/** The most bins of numbers a column can have; one more is for missing ones. */
export const MOST_BINS = 255;

/**
 * Cuts of the columns of rows n × d into at most `bins` (255): midpoints between neighboring distinct values where there
 * are no more of these, else between the values at the 1/255, 2/255, … quantiles, each once. NaN counts for nothing.
 * O(d n log n).
 */
export function cutColumns(rows: Matrix, bins = MOST_BINS): Cuts {
  return { thresholds: Array.from({ length: rows.columns }, (_, j) => cutsOf(columnOf(rows, j), bins)) };
}

/** The bin of each value; of missing ones the bin after the last threshold's. O(n d log 255). */
export function binRows(rows: Matrix, { thresholds }: Cuts): Binned {
  const { rows: n, columns: d, values } = rows;
  const codes = new Uint8Array(n * d);
  for (let j = 0; j < d; j++) {
    const cuts = thresholds[j];
    const missing = cuts.length + 1;
    for (let i = 0, at = j; i < n; i++, at += d) {
      const x = values[at];
      codes[j * n + i] = Number.isNaN(x) ? missing : binOf(x, cuts);
    }
  }
  return { rows: n, codes };
}

/** How many thresholds lie below x. */
function binOf(x: number, cuts: Float64Array): number {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cuts[middle] < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

function cutsOf(column: Float64Array, bins: number): Float64Array {
  const sorted = column.filter((x) => !Number.isNaN(x)).sort();
  const n = sorted.length;
  const distinct = distinctUpTo(sorted, bins);
  if (distinct) return Float64Array.from(distinct.slice(1), (x, i) => between(distinct[i], x));
  const cuts: number[] = [];
  for (let k = 1; k < bins; k++) {
    const place = (k * (n - 1)) / bins;
    const cut = between(sorted[Math.floor(place)], sorted[Math.ceil(place)]);
    if (cut < sorted[n - 1] && (cuts.length === 0 || cut > cuts[cuts.length - 1])) cuts.push(cut);
  }
  return Float64Array.from(cuts);
}

/** The distinct values among sorted ones; null where there are more than `most`. */
function distinctUpTo(sorted: Float64Array, most: number): number[] | null {
  const distinct: number[] = [];
  for (const x of sorted)
    if (distinct.length === 0 || x !== distinct[distinct.length - 1]) {
      if (distinct.length === most) return null;
      distinct.push(x);
    }
  return distinct;
}

/** The middle m of low ≤ high, so that low ≤ m, and m < high unless both are equal; infinite ones and rounding too. */
function between(low: number, high: number): number {
  const middle = low / 2 + high / 2;
  return middle >= low && middle < high ? middle : low;
}
