import { type Matrix, matrix } from "../numeric/index.ts";

/** Rows put into cells of a grid: kernels are fitted to the middles, which count for the rows in them. */
export interface Cells {
  /** The middles of the cells that hold rows: n × d. */
  readonly rows: Matrix;
  /** The cell of each row. */
  readonly places: Uint32Array;
}

/** Cells are at most this share of the narrowest width wide: t then differs by less than 1 %. */
const CELL_SHARE = 1 / 5;
const MOST_CELLS = 20_000;

/**
 * Rows of one or two columns in cells of a fifth of the narrowest width; each row as a cell of its own where there are
 * more columns, more than 20,000 cells, or hardly fewer cells than rows. O(n).
 */
export function cellsOf(rows: Matrix, narrowest: number): Cells {
  const own = { rows, places: Uint32Array.from({ length: rows.rows }, (_, i) => i) };
  if (rows.columns > 2) return own;
  const [width, d] = [narrowest * CELL_SHARE, rows.columns];
  const known = new Map<number, number>();
  const middles: number[] = [];
  const places = new Uint32Array(rows.rows);
  for (let i = 0; i < rows.rows; i++) {
    const x = Math.floor(rows.values[i * d] / width);
    const y = d === 2 ? Math.floor(rows.values[i * d + 1] / width) : 0;
    const at = x * 2 ** 26 + y;
    let place = known.get(at);
    if (place === undefined) {
      place = known.size;
      known.set(at, place);
      middles.push((x + 0.5) * width);
      if (d === 2) middles.push((y + 0.5) * width);
      if (known.size > Math.min(MOST_CELLS, 0.7 * rows.rows)) return own;
    }
    places[i] = place;
  }
  return { rows: matrix(known.size, d, Float64Array.from(middles)), places };
}
