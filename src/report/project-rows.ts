import {
  columnOf,
  fromColumns,
  type Matrix,
  median,
  placesIn,
  principalPlane,
  quantileSorted,
  type Table,
} from "../numeric/index.ts";

/** Where rows stand in a plane. */
export interface Projection {
  readonly rows: readonly Place[];
  readonly reference: readonly Place[];
  /** The share of the variance of the rows fitted on that each axis holds. */
  readonly shares: readonly [number, number];
  /** The columns that each axis is mostly made of, most first. */
  readonly axes: readonly [readonly string[], readonly string[]];
}

export interface Place {
  readonly x: number;
  readonly y: number;
  /** Whether it lies farther out, and is drawn at the border. */
  readonly beyond: boolean;
}

/** No column counts for more than so many of its robust standard deviations. */
const FARTHEST = 8;
/** Of more columns, those of the largest variance are taken. */
const MOST_COLUMNS = 200;
/** The plane shows this much more than the middle 98 % of the rows fitted on, to each side. */
const AROUND = 0.75;

/**
 * Rows in a plane by principal components fitted on `reference` (Pearson 1901), or on the rows where there is none. Numbers
 * are centered by their median and divided by their interquartile range / 1.349, at most ±8; a category counts by its
 * rarity, −log10 of its share among the rows fitted on; a missing number is the median, and a column says where it was.
 * O(n d² + d³).
 */
export function projectRows(rows: Table, reference: Table | null): Projection {
  const fitted = reference ?? rows;
  const prepared = fitted.columns.flatMap((column, j) => numbersOf(fitted, column.name, j));
  const apply = (table: Table) => prepared.map(({ of }) => of(table));
  const all = apply(fitted);
  const chosen = mostVaried(fromColumns(fitted.rows, all));
  const take = (columns: readonly Float64Array[], length: number) =>
    fromColumns(
      length,
      chosen.map((j) => columns[j]),
    );
  const plane = principalPlane(take(all, fitted.rows));
  const home = placesIn(plane, take(all, fitted.rows));
  const bounds = home.map((values): readonly [number, number] => {
    const sorted = values.slice().sort();
    const [low, high] = [quantileSorted(sorted, 0.01), quantileSorted(sorted, 0.99)];
    const around = AROUND * (high - low) || 1;
    return [low - around, high + around];
  });
  const places = ([xs, ys]: readonly Float64Array[]): Place[] =>
    Array.from(xs, (x, i) => {
      const [inX, inY] = [within(x, bounds[0]), within(ys[i], bounds[1])];
      return { x: inX, y: inY, beyond: inX !== x || inY !== ys[i] };
    });
  const names = chosen.map((j) => prepared[j].name);
  return {
    rows: places(reference === null ? home : placesIn(plane, take(apply(rows), rows.rows))),
    reference: reference === null ? [] : places(home),
    shares: plane.shares,
    axes: [heaviest(plane.axes[0], names), heaviest(plane.axes[1], names)],
  };
}

interface Prepared {
  readonly name: string;
  readonly of: (table: Table) => Float64Array;
}

/** A raw column as numbers, by what it is among the rows fitted on. */
function numbersOf(fitted: Table, name: string, j: number): readonly Prepared[] {
  const column = fitted.columns[j];
  if (column.type === "text") {
    const counts = new Map<string | null, number>();
    for (const value of column.values) counts.set(value, (counts.get(value) ?? 0) + 1);
    const rarity = (value: string | null) => -Math.log10((counts.get(value) ?? 0.5) / Math.max(1, fitted.rows));
    return [{ name, of: (table) => Float64Array.from(table.columns[j].values as readonly (string | null)[], rarity) }];
  }
  const finite = column.values.filter(Number.isFinite).sort();
  const center = finite.length === 0 ? 0 : median(finite);
  const spread = finite.length === 0 ? 1 : spreadOf(finite, center);
  const scaled = (x: number) => (Number.isNaN(x) ? 0 : Math.max(-FARTHEST, Math.min(FARTHEST, (x - center) / spread)));
  const numbers = { name, of: (table: Table) => Float64Array.from(table.columns[j].values as Float64Array, scaled) };
  if (!column.values.some(Number.isNaN)) return [numbers];
  const missing = (x: number) => (Number.isNaN(x) ? 1 : 0);
  return [
    numbers,
    {
      name: `${name} missing`,
      of: (table) => Float64Array.from(table.columns[j].values as Float64Array, missing),
    },
  ];
}

/** The interquartile range as a standard deviation; where most values are equal, the mean distance from the median. */
function spreadOf(sorted: Float64Array, center: number): number {
  const range = (quantileSorted(sorted, 0.75) - quantileSorted(sorted, 0.25)) / 1.349;
  if (range > 0) return range;
  const distance = sorted.reduce((sum, x) => sum + Math.abs(x - center), 0) / sorted.length;
  return distance > 0 ? 2 * distance : 1;
}

/** The columns to fit on: all, or those of the largest variance. */
function mostVaried(m: Matrix): number[] {
  const columns = Array.from({ length: m.columns }, (_, j) => j);
  if (columns.length <= MOST_COLUMNS) return columns;
  const variance = columns.map((j) => {
    const values = columnOf(m, j);
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    return values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  });
  return columns.sort((i, j) => variance[j] - variance[i] || i - j).slice(0, MOST_COLUMNS);
}

const within = (x: number, [low, high]: readonly [number, number]) => Math.max(low, Math.min(high, x));

/** The columns of the largest weights of an axis, at most three. */
function heaviest(axis: Float64Array, names: readonly string[]): string[] {
  const order = Array.from(axis.keys()).sort((i, j) => Math.abs(axis[j]) - Math.abs(axis[i]) || i - j);
  return order.slice(0, 3).flatMap((j) => (Math.abs(axis[j]) > 0.15 ? [names[j]] : []));
}
