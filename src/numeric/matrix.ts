import { InputError } from "../errors/index.ts";

/** A dense matrix of doubles, row by row: entry (i, j) is `values[i * columns + j]`. Never written to once handed out. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
}

/** A matrix over `values` (zeros when left out), rows × columns. Throws when the length does not fit. O(1). */
export function matrix(rows: number, columns: number, values: Float64Array = new Float64Array(rows * columns)): Matrix {
  if (values.length !== rows * columns)
    throw new InputError(
      `matrix: values: expected ${rows} × ${columns} = ${rows * columns} numbers, got ${values.length}`,
    );
  return { rows, columns, values };
}

/** A matrix from an array of equally long rows. */
export function fromRows(rows: readonly (readonly number[])[]): Matrix {
  const columns = rows[0]?.length ?? 0;
  const out = matrix(rows.length, columns);
  rows.forEach((row, i) => {
    if (row.length !== columns)
      throw new InputError(`matrix: row ${i}: expected ${columns} numbers as in row 0, got ${row.length}`);
    out.values.set(row, i * columns);
  });
  return out;
}

/** A matrix from equally long columns. */
export function fromColumns(rows: number, columns: readonly Float64Array[]): Matrix {
  const out = matrix(rows, columns.length);
  columns.forEach((column, j) => {
    for (let i = 0; i < rows; i++) out.values[i * columns.length + j] = column[i];
  });
  return out;
}

/** A copy of column j, `rows` long. */
export function columnOf(m: Matrix, j: number): Float64Array {
  const out = new Float64Array(m.rows);
  for (let i = 0; i < m.rows; i++) out[i] = m.values[i * m.columns + j];
  return out;
}

/** A view of row i, `columns` long: read it, do not write to it. */
export function rowOf(m: Matrix, i: number): Float64Array {
  return m.values.subarray(i * m.columns, (i + 1) * m.columns);
}

/** The named rows, in the order given, as a new matrix. */
export function takeRows(m: Matrix, rows: ArrayLike<number>): Matrix {
  const out = matrix(rows.length, m.columns);
  for (let i = 0; i < rows.length; i++) out.values.set(rowOf(m, rows[i]), i * m.columns);
  return out;
}

/** Rows `from` (inclusive) to `to` (exclusive), as a view without copying. */
export function sliceRows(m: Matrix, from: number, to: number): Matrix {
  return matrix(to - from, m.columns, m.values.subarray(from * m.columns, to * m.columns));
}

/** The rows of one matrix above those of another with as many columns, as a new matrix. */
export function stackRows(above: Matrix, below: Matrix): Matrix {
  const out = matrix(above.rows + below.rows, above.columns);
  out.values.set(above.values);
  out.values.set(below.values, above.values.length);
  return out;
}

/** The columns of which not all values are equal. */
export function varyingColumns({ rows, columns: d, values }: Matrix): readonly number[] {
  const varies = (j: number) => {
    for (let i = 1; i < rows; i++) if (values[i * d + j] !== values[j]) return true;
    return false;
  };
  return Array.from({ length: d }, (_, j) => j).filter(varies);
}

/** The named columns in the order given; the matrix itself where that is all of them. */
export function takeColumns(rows: Matrix, columns: readonly number[]): Matrix {
  if (columns.length === rows.columns) return rows;
  const out = matrix(rows.rows, columns.length);
  for (let i = 0; i < rows.rows; i++)
    for (let j = 0; j < columns.length; j++)
      out.values[i * columns.length + j] = rows.values[i * rows.columns + columns[j]];
  return out;
}
