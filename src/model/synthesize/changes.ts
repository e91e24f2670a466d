import { type Matrix, rowOf, type Table } from "../../numeric/index.ts";
import type { RowSpace } from "./row-space.ts";

/** What a made row has in another way than the normal row that it began as. */
export interface MadeChange {
  /** The place of the column among the table's. */
  readonly column: number;
  /** Its value in the normal row: raw, as in a table. */
  readonly from: number | string | null;
  readonly to: number | string | null;
  /** How far that is, in standard deviations of the column; another category, or a value for none, is some √2. */
  readonly size: number;
}

/**
 * The columns in which made rows differ from the normal rows that they began as, the furthest moved first; none for a row
 * that began as none (−1 in `from`). O(rows × d).
 */
export function changesOf({ space, table, made, encoded, from }: ChangeParts): readonly (readonly MadeChange[])[] {
  return Array.from(from, (began, i) => {
    if (began < 0) return [];
    const sizes = sizesOf(space, rowOf(encoded, i), rowOf(space.rows, began));
    return table.columns
      .map(
        ({ values }, column): MadeChange => ({
          column,
          from: values[began],
          to: made.columns[column].values[i],
          size: sizes[column],
        }),
      )
      .filter(({ from, to }) => !Object.is(from, to) && from !== to)
      .sort((a, b) => b.size - a.size || a.column - b.column);
  });
}

interface ChangeParts {
  readonly space: RowSpace;
  /** The normal rows, and made ones with the same columns. */
  readonly table: Table;
  readonly made: Table;
  /** The made rows in the space. */
  readonly encoded: Matrix;
  readonly from: Int32Array;
}

function sizesOf({ owners, columns }: RowSpace, a: Float64Array, b: Float64Array): Float64Array {
  const squares = new Float64Array(columns);
  owners.forEach((column, j) => {
    squares[column] += (a[j] - b[j]) ** 2;
  });
  return squares.map(Math.sqrt);
}
