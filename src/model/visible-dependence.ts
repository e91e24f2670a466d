import { pairAgreement } from "../calibrate/index.ts";
import { type Column, type Key, permutation, type Table } from "../numeric/index.ts";

/** A way in which rows may hang together, as pairs of rows: (0, 1), (2, 3), … of a list of row numbers. */
export interface Pairing {
  /** Neighbors in the file, neighbors by a column's value, or members of one group. */
  readonly kind: "file" | "sorted" | "equal";
  /** The column that pairs rows; null for the file's order. */
  readonly column: string | null;
  readonly rows: Uint32Array;
}

/** A pairing whose rows are more alike (or less) than chance allows. */
export interface Sign {
  readonly pairing: Pairing;
  /** The column in which it is clearest, and how strong it is there: see `pairAgreement`. */
  readonly column: string;
  readonly correlation: number;
}

/** With exchangeable rows, any sign at all is seen in at most this share of fits. */
const LEVEL = 0.001;
/** Weaker signs change p-values little, and many rows would show them. */
const LEAST_CORRELATION = 0.2;
const MOST_PAIRS = 1024;
const MOST_COLUMNS = 256;

/**
 * The pairings that show in the columns of a table: for each column, every value is in the upper or the lower half (the
 * cut nearest to the median; texts in the order of their characters, missing values lowest), and {@link pairAgreement}
 * tells whether pairs agree more than chance; for neighbors in the file also less, as where sources take turns.
 *
 * For exchangeable rows the probability of any sign is at most 0.001: the tests are exact, with Bonferroni over columns
 * and pairings. Signs below a correlation of 0.2 are dropped. Looks at 1,024 pairs, spread over the rows, and at 256
 * columns, spread over the table. O(columns · pairings · 2048 log 2048).
 */
export function visibleDependence(table: Table, pairings: readonly Pairing[]): readonly Sign[] {
  const columns = evenly(table.columns, MOST_COLUMNS);
  const level = LEVEL / (columns.length * pairings.length);
  return pairings.flatMap((pairing) => {
    let best: Sign | null = null;
    for (const column of columns) {
      const high = upperHalf(column, pairing.rows);
      const found = high && pairAgreement(high);
      if (found === null) continue;
      const both = pairing.kind === "file";
      const strength = both ? Math.abs(found.correlation) : found.correlation;
      if (strength < Math.abs(best?.correlation ?? LEAST_CORRELATION)) continue;
      const p = both ? 2 * Math.min(found.alike, found.unlike) : found.alike;
      if (p <= level) best = { pairing, column: column.name, correlation: found.correlation };
    }
    return best === null ? [] : [best];
  });
}

/** Neighbors in a list of rows: at most 1,024 pairs, spread over it. */
export function neighbors(rows: ArrayLike<number>): Uint32Array {
  const pairs = Math.floor(rows.length / 2);
  const count = Math.min(pairs, MOST_PAIRS);
  return Uint32Array.from({ length: 2 * count }, (_, i) => rows[2 * Math.floor(((i >> 1) * pairs) / count) + (i & 1)]);
}

/** The rows in the order of their values, ties in random order; rows without a value are left out. */
export function sortedRows(values: Float64Array, key: Key): Uint32Array {
  const order = permutation(key, values.length).filter((row) => !Number.isNaN(values[row]));
  return order.sort((a, b) => values[a] - values[b] || 0);
}

/** Members of one group, paired at random: groups give equally many pairs, as far as they have them, 1,024 in all. */
export function groupMates(names: readonly (string | null)[], key: Key): Uint32Array {
  const members = new Map<string, number[]>();
  for (const row of permutation(key, names.length)) {
    const name = names[row];
    if (name === null) continue;
    const group = members.get(name);
    if (group) group.push(row);
    else members.set(name, [row]);
  }
  const groups = [...members.values()].filter((rows) => rows.length > 1);
  if (groups.length < 2) return new Uint32Array(0);
  const each = Math.ceil(MOST_PAIRS / groups.length);
  const pairs = groups.flatMap((rows) => rows.slice(0, 2 * Math.min(each, rows.length >> 1)));
  return Uint32Array.from(pairs.slice(0, 2 * MOST_PAIRS));
}

/** Whether each of some rows lies above the cut nearest to the column's median among them; null without a cut. */
function upperHalf(column: Column, rows: Uint32Array): Uint8Array | null {
  if (column.type === "text") {
    const texts = Array.from(rows, (row) => column.values[row] ?? "");
    return above(texts, texts.toSorted(byCharacters));
  }
  const values = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const value = column.values[rows[i]];
    values[i] = Number.isNaN(value) ? -Infinity : value;
  }
  return above(values, values.toSorted());
}

function above<T extends number | string>(values: ArrayLike<T>, sorted: ArrayLike<T>): Uint8Array | null {
  const n = sorted.length;
  const middle = n >> 1;
  for (let away = 0; away <= middle; away++)
    for (const cut of [middle - away, middle + away]) {
      if (!(cut > 0 && cut < n && sorted[cut - 1] < sorted[cut])) continue;
      const high = new Uint8Array(n);
      for (let i = 0; i < n; i++) high[i] = values[i] >= sorted[cut] ? 1 : 0;
      return high;
    }
  return null;
}

function byCharacters(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function evenly<T>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) return items;
  return Array.from({ length: most }, (_, i) => items[Math.floor((i * items.length) / most)]);
}
