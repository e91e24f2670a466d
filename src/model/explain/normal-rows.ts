import { columnOf, type Matrix, quantileSorted, rowOf } from "../../numeric/index.ts";
import type { CodedColumn } from "./coded-rows.ts";

/** What the normal rows say of one column. */
export interface NormalColumn extends CodedColumn {
  /** The median of its numbers, or its commonest category or truth value; NaN where most rows have none. */
  readonly typical: number;
  /** How far its numbers usually are from each other: 0 where they are all one. */
  readonly spread: number;
  /** Its numbers, increasing, without missing ones. */
  readonly sorted: Float64Array;
  /** How many rows have each code. */
  readonly counts: ReadonlyMap<number, number>;
  readonly missing: number;
  /** Whether all its numbers are whole. */
  readonly whole: boolean;
}

/** Normal rows to compare with, in codes. */
export interface NormalRows {
  readonly rows: Matrix;
  readonly columns: readonly NormalColumn[];
}

/** Deviations are cut here, so that no column decides alone which rows are near. */
const MOST = 5;
/** How far two categories are from each other, and a value from a missing one. */
const OTHER = 2;

/** Looks at normal rows column by column. O(n d log n). */
export function normalRows(rows: Matrix, coding: readonly CodedColumn[]): NormalRows {
  return { rows, columns: coding.map((column, j) => normalColumn(column, columnOf(rows, j))) };
}

function normalColumn(column: CodedColumn, values: Float64Array): NormalColumn {
  const sorted = values.filter((x) => !Number.isNaN(x)).sort();
  const counts = new Map<number, number>();
  for (const value of sorted) counts.set(value, (counts.get(value) ?? 0) + 1);
  const missing = values.length - sorted.length;
  const byCount = column.kind === "category" || column.kind === "boolean";
  const commonest = [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best), [Number.NaN, 0])[0];
  const typical = byCount ? commonest : sorted[(sorted.length - 1) >> 1];
  return {
    ...column,
    typical: missing > sorted.length ? Number.NaN : typical,
    spread: byCount ? 1 : spreadOf(sorted),
    sorted,
    counts,
    missing,
    whole: sorted.every(Number.isInteger),
  };
}

/** 0.7413 of the range of the middle half, or the standard deviation where that is one value. */
function spreadOf(sorted: Float64Array): number {
  const finite = sorted.filter(Number.isFinite);
  if (finite.length === 0) return 0;
  const middle = 0.7413 * (quantileSorted(finite, 0.75) - quantileSorted(finite, 0.25));
  if (middle > 0) return middle;
  const mean = finite.reduce((sum, x) => sum + x / finite.length, 0);
  return Math.sqrt(finite.reduce((sum, x) => sum + (x - mean) ** 2 / finite.length, 0));
}

/** How far two values of a column are from each other, in spreads of the column: 0 (equal) to 5. */
export function deviation({ kind, spread }: NormalColumn, x: number, y: number): number {
  if (x === y) return 0;
  const absent = Number.isNaN(x) || Number.isNaN(y);
  if (absent) return Number.isNaN(x) && Number.isNaN(y) ? 0 : OTHER;
  if (kind === "category" || kind === "boolean") return OTHER;
  if (kind === "timestamp") return turned(x - y, 86_400) + turned(x - y, 7 * 86_400);
  return Math.min(MOST, Math.abs(x - y) / spread);
}

/** How far apart two times are on a circle: 0 to 2. */
function turned(seconds: number, period: number): number {
  return 2 * Math.abs(Math.sin((Math.PI * seconds) / period));
}

/** Squared deviations of some rows from all normal rows. */
export interface Deviations {
  /** The `count` normal rows nearest to row i, nearest first, when some columns are not looked at. */
  readonly nearest: (i: number, without: readonly number[], count: number) => readonly number[];
  /** Root mean square over columns of the deviations of row i from normal row a. */
  readonly distance: (i: number, a: number) => number;
}

/** O(rows · normal rows · columns) time and memory (4 bytes each). */
export function deviationsFrom({ rows: normal, columns }: NormalRows, rows: Matrix): Deviations {
  const [n, d] = [normal.rows, columns.length];
  const squares = new Float32Array(rows.rows * n * d);
  const totals = new Float64Array(rows.rows * n);
  const left = new Float64Array(n); // what is left of the totals, anew in each call
  for (let i = 0; i < rows.rows; i++) {
    const x = rowOf(rows, i);
    for (let a = 0; a < n; a++) {
      const y = rowOf(normal, a);
      const start = (i * n + a) * d;
      let total = 0;
      for (let j = 0; j < d; j++) {
        const square = deviation(columns[j], x[j], y[j]) ** 2;
        squares[start + j] = square;
        total += square;
      }
      totals[i * n + a] = total;
    }
  }
  return {
    nearest(i, without, count) {
      left.set(totals.subarray(i * n, (i + 1) * n));
      for (const j of without) for (let a = 0, at = i * n * d + j; a < n; a++, at += d) left[a] -= squares[at];
      return smallest(left, count);
    },
    distance: (i, a) => Math.sqrt(totals[i * n + a] / d),
  };
}

/** The places of the smallest numbers, smallest first. O(n · count). */
function smallest(values: Float64Array, count: number): readonly number[] {
  const found: number[] = [];
  for (let a = 0; a < values.length; a++) {
    if (found.length === count && values[a] >= values[found[count - 1]]) continue;
    let at = found.length === count ? count - 1 : found.length;
    while (at > 0 && values[found[at - 1]] > values[a]) {
      found[at] = found[at - 1];
      at--;
    }
    found[at] = a;
  }
  return found;
}
