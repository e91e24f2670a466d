import { columnOf, type Matrix } from "../../numeric/index.ts";

/** A column with no more different values than this holds steps or categories. */
const FEW_VALUES = 32;

/**
 * Which columns hold whole numbers only, or at most 32 different values, each twice on average: made rows get training
 * values there, or "is not one of them" would give them away. Ask it of columns before they are scaled. O(n d).
 */
export function columnsToSnap(rows: Matrix): readonly boolean[] {
  return Array.from({ length: rows.columns }, (_, j) => {
    const column = columnOf(rows, j);
    return column.every(Number.isInteger) || isOfFewValues(column);
  });
}

function isOfFewValues(column: Float64Array): boolean {
  const seen = new Set<number>();
  // In a table of 20 rows any column has few values.
  const most = Math.min(FEW_VALUES, column.length / 2);
  return column.every((value) => seen.add(value).size <= most);
}

/** Writes the nearest training value into each snapped column of a row that was just made. */
export type Snap = (row: Float64Array) => Float64Array;

/** Snapping to the values of training rows; between two equally near ones the lower. O(n log n) a column, then O(log n). */
export function fitSnap(rows: Matrix, snapped: readonly boolean[]): Snap {
  const values = Array.from({ length: rows.columns }, (_, j) =>
    snapped[j] ? Float64Array.from(new Set(columnOf(rows, j))).sort() : null,
  );
  return (row) =>
    row.map((value, j) => {
      const known = values[j];
      return known === null ? value : nearestOf(known, value);
    });
}

function nearestOf(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length - 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  // `low` is the first at or above the value, or the last of all.
  if (low === 0) return sorted[0];
  return value - sorted[low - 1] <= sorted[low] - value ? sorted[low - 1] : sorted[low];
}

/** Columns that move as one: a single column, or those of a category (one-hot). */
export type Unit = readonly number[];

/** The columns of a matrix as units: the groups given, and every other column by itself. */
export function unitsOf(columns: number, groups: readonly Unit[]): readonly Unit[] {
  const grouped = new Set(groups.flat());
  return [...groups, ...Array.from({ length: columns }, (_, j) => j).flatMap((j) => (grouped.has(j) ? [] : [[j]]))];
}

/** The lowest and highest value of each column. O(n d). */
export function extremesOf(rows: Matrix): { readonly lowest: Float64Array; readonly highest: Float64Array } {
  const columns = Array.from({ length: rows.columns }, (_, j) => columnOf(rows, j));
  return {
    lowest: Float64Array.from(columns, (column) => column.reduce((a, b) => Math.min(a, b))),
    highest: Float64Array.from(columns, (column) => column.reduce((a, b) => Math.max(a, b))),
  };
}
