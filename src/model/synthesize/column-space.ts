import type { Column } from "../../numeric/index.ts";
import { median, sortedCopy } from "../../numeric/index.ts";
import type { InputKind } from "../../prepare/index.ts";

/** A raw column as numbers that rows are made in, and back. */
export interface ColumnSpace {
  /** How many numbers a value is. */
  readonly width: number;
  /** Whether they are one category (one-hot). */
  readonly group: boolean;
  /** Which of them hold whole numbers or marks, so that made rows get training values there. */
  readonly snapped: readonly boolean[];
  /** The numbers of row i. */
  readonly encode: (column: Column, row: number) => readonly number[];
  /** A valid value for made numbers; `began` is the row that they began as, −1 for none; `u` a uniform number. */
  readonly decode: (numbers: Float64Array, began: number, u: () => number) => number | string | null;
}

/** Categories beyond this many, the rarest, share a number. */
const MOST_CATEGORIES = 20;
/** Numbers of more decimals than these are taken for any. */
const MOST_DECIMALS = 6;
/** Seconds that all times of a column may be multiples of, the coarsest first. */
const GRAINS = [86_400, 3600, 60, 1, 0.001] as const;

/** The space of a column of normal rows, by its kind. O(n log n). */
export function columnSpace(column: Column, kind: InputKind): ColumnSpace {
  if (column.type === "text") return categorySpace(column.values);
  return numberSpace(column.values, kind);
}

/** A number, a boolean or a time, and a mark for missing where there are such. */
function numberSpace(values: Float64Array, kind: InputKind): ColumnSpace {
  const known = values.filter(Number.isFinite);
  const marked = known.length < values.length;
  const fill = known.length > 0 ? median(known) : 0;
  const sorted = sortedCopy(known);
  const logarithmic = kind === "numeric";
  const decimals = kind === "numeric" ? decimalsOf(known) : null;
  const whole = kind === "boolean" || decimals === 0;
  const nonNegative = sorted.length > 0 && sorted[0] >= 0;
  const grain = kind === "timestamp" ? grainOf(known) : null;
  const into = (x: number) => (logarithmic ? Math.sign(x) * Math.log1p(Math.abs(x)) : x);
  const back = (z: number) => (logarithmic ? Math.sign(z) * Math.expm1(Math.abs(z)) : z);
  const most = 1.5 * sorted.reduce((largest, x) => Math.max(largest, Math.abs(into(x))), 0);
  // Times are limited by their own range: 1970 is no middle of anything.
  const [low, high] =
    kind === "timestamp" && sorted.length > 0
      ? [sorted[0] - (sorted[sorted.length - 1] - sorted[0]), 2 * sorted[sorted.length - 1] - sorted[0]]
      : [nonNegative ? 0 : -most, most];
  const valid = (x: number): number => {
    if (kind === "boolean") return x >= 0.5 ? 1 : 0;
    if (grain !== null) return Math.round(x / grain) * grain;
    const exact = nearestWithin(sorted, x);
    if (exact !== null) return exact;
    return decimals === null ? x : Number(x.toFixed(decimals));
  };
  const read = (column: Column, row: number) => column.values[row] as number;
  return {
    width: marked ? 2 : 1,
    group: false,
    snapped: marked ? [whole, true] : [whole],
    encode: (column, row) => {
      const value = read(column, row);
      const number = into(Number.isFinite(value) ? value : fill);
      return marked ? [number, Number.isFinite(value) ? 0 : 1] : [number];
    },
    decode: (numbers) => {
      if (marked && numbers[1] >= 0.5) return null;
      const made = valid(back(Math.min(high, Math.max(low, numbers[0]))));
      return made === 0 ? 0 : made; // no −0
    },
  };
}

/** The known value that x is, but for rounding on the way: what was not moved comes back to the last bit. */
function nearestWithin(sorted: Float64Array, x: number): number | null {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (sorted[middle] < x) from = middle + 1;
    else to = middle;
  }
  for (const at of [from - 1, from])
    if (at >= 0 && at < sorted.length && Math.abs(sorted[at] - x) <= 1e-9 * (Math.abs(x) + 1)) return sorted[at];
  return null;
}

/** The fewest decimals, up to 6, that write every number; null where more are needed, or numbers are too large for any. */
function decimalsOf(numbers: Float64Array): number | null {
  for (let decimals = 0; decimals <= MOST_DECIMALS; decimals++)
    if (numbers.every((x) => Math.abs(x) < 1e15 && Number(x.toFixed(decimals)) === x)) return decimals;
  return null;
}

function grainOf(times: Float64Array): number | null {
  return GRAINS.find((grain) => times.every((t) => Math.abs(t / grain - Math.round(t / grain)) < 1e-6)) ?? null;
}

/** A category: the 20 commonest in numbers of their own, the others in one; missing is a category. */
function categorySpace(values: readonly (string | null)[]): ColumnSpace {
  const counts = new Map<string | null, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const byCount = [...counts]
    .sort((a, b) => b[1] - a[1] || (String(a[0]) < String(b[0]) ? -1 : 1))
    .map(([name]) => name);
  const own = byCount.length <= MOST_CATEGORIES + 1 ? byCount : byCount.slice(0, MOST_CATEGORIES);
  const rare = byCount.slice(own.length);
  const place = new Map(own.map((name, i) => [name, i]));
  const width = own.length + (rare.length > 0 ? 1 : 0);
  return {
    width,
    group: width > 1,
    snapped: new Array<boolean>(width).fill(true),
    encode: (column, row) => {
      const at = place.get(column.values[row] as string | null) ?? own.length;
      return Array.from({ length: width }, (_, i) => (i === at ? 1 : 0));
    },
    decode: (numbers, began, u) => {
      const at = numbers.indexOf(Math.max(...numbers));
      if (at < own.length) return own[at];
      // The row's own, where it was a rare one already.
      const before = began >= 0 ? values[began] : undefined;
      return before !== undefined && !place.has(before) ? before : rare[Math.floor(u() * rare.length)];
    },
  };
}
