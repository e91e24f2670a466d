import { entriesOf, type ImageShape } from "./image-shape.ts";

/** A column of numbers; NaN is a missing value. Booleans are 0 and 1, times are seconds since 1970 UTC. */
export interface NumberColumn {
  readonly name: string;
  readonly type: "number";
  readonly values: Float64Array;
}

/** A column of text; null is a missing value. */
export interface TextColumn {
  readonly name: string;
  readonly type: "text";
  readonly values: readonly (string | null)[];
}

export type Column = NumberColumn | TextColumn;

/** One image a row, all of one shape: pixels image after image, row by row, channels last; as they were read, not scaled. */
export interface Images {
  readonly name: string;
  readonly shape: ImageShape;
  readonly values: Float32Array;
}

/** Equally long named columns: raw values as people have them, before any preparation. Never written to. */
export interface Table {
  readonly rows: number;
  readonly columns: readonly Column[];
  /** The images that rows have, where they have some. */
  readonly images?: Images;
}

/** The named rows, in the order given, as a new table. */
export function takeTableRows(table: Table, rows: ArrayLike<number>): Table {
  const pick = Array.from(rows);
  return {
    rows: pick.length,
    columns: table.columns.map((column) =>
      column.type === "number"
        ? { ...column, values: Float64Array.from(pick, (i) => column.values[i]) }
        : { ...column, values: pick.map((i) => column.values[i]) },
    ),
    ...(table.images && { images: takeImages(table.images, pick) }),
  };
}

/** The named images, in the order given. */
function takeImages(images: Images, rows: readonly number[]): Images {
  const size = entriesOf(images.shape);
  const values = new Float32Array(rows.length * size);
  rows.forEach((row, i) => {
    values.set(images.values.subarray(row * size, (row + 1) * size), i * size);
  });
  return { ...images, values };
}

/** Tables of equal columns, at least one, one below the other. O(rows · columns). */
export function stackTables(tables: readonly Table[]): Table {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const columns = tables[0].columns.map((column, j): Column => {
    const all = tables.map((table) => table.columns[j]);
    if (column.type === "text")
      return { ...column, values: all.flatMap((one) => (one.type === "text" ? [...one.values] : [])) };
    const values = new Float64Array(rows);
    let at = 0;
    for (const one of all) {
      if (one.type === "number") values.set(one.values, at);
      at += one.values.length;
    }
    return { ...column, values };
  });
  const [{ images }] = tables;
  return { rows, columns, ...(images && { images: stackImages(images, tables) }) };
}

function stackImages(first: Images, tables: readonly Table[]): Images {
  const all = tables.flatMap(({ images }) => (images ? [images.values] : []));
  const values = new Float32Array(all.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const one of all) {
    values.set(one, at);
    at += one.length;
  }
  return { ...first, values };
}
