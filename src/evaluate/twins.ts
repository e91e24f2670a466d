import type { Column, Table } from "../numeric/index.ts";

/**
 * For each row of a table the place of the first row that equals it in every column, n → n. 0 and −0 are one value, and
 * so are two missing ones. By hashing, with rows of equal hash compared: O(n d) time.
 */
export function firstTwins(table: Table): Uint32Array {
  const low = new Uint32Array(table.rows);
  const high = new Uint32Array(table.rows);
  for (const column of table.columns) addHashes(column, low, high);
  const places = new Map<number, number>();
  const out = new Uint32Array(table.rows);
  for (let row = 0; row < table.rows; row++) {
    let name = low[row] * 2 ** 21 + (high[row] >>> 11);
    let first = places.get(name);
    while (first !== undefined && !equalRows(table, first, row)) {
      name++;
      first = places.get(name);
    }
    if (first === undefined) places.set(name, row);
    out[row] = first ?? row;
  }
  return out;
}

/** Whether two rows of a table, at places in it, are equal in every column. */
function equalRows({ columns }: Table, a: number, b: number): boolean {
  return columns.every(({ values }) => {
    const [x, y] = [values[a], values[b]];
    return x === y || (typeof x === "number" && Number.isNaN(x) && Number.isNaN(y as number));
  });
}

function addHashes(column: Column, low: Uint32Array, high: Uint32Array): void {
  const bits = new Float64Array(1);
  const halves = new Uint32Array(bits.buffer);
  const codes = new Map<string | null, number>();
  for (let row = 0; row < low.length; row++) {
    if (column.type === "number") {
      const value = column.values[row];
      bits[0] = Number.isNaN(value) ? Number.NaN : value + 0; // −0 + 0 = 0
    } else {
      const text = column.values[row];
      if (!codes.has(text)) codes.set(text, codes.size);
      bits[0] = codes.get(text)!;
    }
    low[row] = mixed(mixed(low[row] ^ halves[0]) + halves[1]);
    high[row] = mixed(mixed(high[row] + halves[1]) ^ Math.imul(halves[0], 0x9e3779b9));
  }
}

/** The finalizer of MurmurHash3 (Appleby 2008). */
function mixed(x: number): number {
  let h = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) + 0x7f4a7c15) | 0;
}
