import {
  type Column,
  columnMeans,
  columnOf,
  type Key,
  type Matrix,
  matrix,
  type Table,
  uniform,
} from "../../numeric/index.ts";
import type { InputColumn } from "../../prepare/index.ts";
import { type ColumnSpace, columnSpace } from "./column-space.ts";

/** The space that rows are made in: raw columns as standardized numbers, and back to valid values. */
export interface RowSpace {
  /** The normal rows in it, n × d. */
  readonly rows: Matrix;
  /** Numbers of one category each. */
  readonly groups: readonly (readonly number[])[];
  /** Numbers in which made rows get those of normal rows. */
  readonly snapped: readonly boolean[];
  /** The column of the table that each number belongs to. */
  readonly owners: readonly number[];
  /** How many columns the table has. */
  readonly columns: number;
  /** Rows of a table with the same columns, in this space: m × d. */
  encode(table: Table): Matrix;
  /** Made rows as a table: every value valid in its column. `began` says which normal row each began as, −1 for none. */
  decode(made: Matrix, began: Int32Array, key: Key): Table;
}

/**
 * Fits the space to normal rows, n ≥ 2. Numbers as they are, or in signed logarithms where they are skewed, times in seconds, categories one-hot, a mark for
 * what is missing where anything is; scaled so that a column counts as much as another, whatever it holds (two random rows
 * are √2 apart in each, in the root mean square), with what does not vary left out and put back.
 */
export function fitRowSpace(table: Table, columns: readonly InputColumn[]): RowSpace {
  const spaces = columns.map(({ kind }, c) => columnSpace(table.columns[c], kind));
  const all = rawMatrix(spaces, table);
  const means = columnMeans(all);
  const starts = [0];
  for (const { width } of spaces) starts.push(starts[starts.length - 1] + width);
  const own = Array.from(means, (mean, j) => {
    const column = columnOf(all, j);
    if (column.every((value) => value === column[0])) return 0;
    return Math.sqrt(column.reduce((total, value) => total + (value - mean) ** 2, 0) / all.rows);
  });
  const deviations = spaces.flatMap((space, c) => space.scale(own.slice(starts[c], starts[c + 1])));
  /** Where numbers that vary stand among all. */
  const places = deviations.flatMap((deviation, j) => (deviation > 0 ? [j] : []));
  const place = new Map(places.map((j, at) => [j, at]));
  const snapped = spaces.flatMap((space) => space.snapped);
  const owners = spaces.flatMap(({ width }, c) => new Array<number>(width).fill(c));
  const scaled = (raw: Matrix): Matrix => {
    const out = matrix(raw.rows, places.length);
    for (let i = 0; i < raw.rows; i++)
      places.forEach((j, at) => {
        out.values[i * places.length + at] = (raw.values[i * raw.columns + j] - means[j]) / deviations[j];
      });
    return out;
  };
  return {
    rows: scaled(all),
    groups: spaces.flatMap((space, c) => {
      const numbers = Array.from({ length: space.width }, (_, k) => place.get(starts[c] + k));
      return space.group ? [numbers.filter((at) => at !== undefined)] : [];
    }),
    snapped: places.map((j) => snapped[j]),
    owners: places.map((j) => owners[j]),
    columns: columns.length,
    encode: (other) => scaled(rawMatrix(spaces, other)),
    decode(made, began, key) {
      const u = uniform(key);
      const out = columns.map(({ name }, c): Column => {
        const { width, decode } = spaces[c];
        const values = Array.from({ length: made.rows }, (_, i) => {
          const numbers = Float64Array.from({ length: width }, (_, k) => {
            const j = starts[c] + k;
            const at = place.get(j);
            return at === undefined ? all.values[j] : made.values[i * made.columns + at] * deviations[j] + means[j];
          });
          return decode(numbers, began[i], u);
        });
        if (table.columns[c].type === "text") return { name, type: "text", values: values as (string | null)[] };
        return {
          name,
          type: "number",
          values: Float64Array.from(values, (value) => (value as number | null) ?? Number.NaN),
        };
      });
      return { rows: made.rows, columns: out };
    },
  };
}

function rawMatrix(spaces: readonly ColumnSpace[], table: Table): Matrix {
  const width = spaces.reduce((total, space) => total + space.width, 0);
  const out = matrix(table.rows, width);
  for (let i = 0; i < table.rows; i++) {
    const numbers = spaces.flatMap((space, c) => space.encode(table.columns[c], i));
    out.values.set(numbers, i * width);
  }
  return out;
}
