import type { Column } from "../../numeric/index.ts";
import { quantileSorted, skewness, sortedCopy } from "../../numeric/index.ts";
import type { InputKind } from "../../prepare/index.ts";

/** A raw column as numbers that rows are made in, and back. */
export interface ColumnSpace {
  /** How many numbers a value is. */
  readonly width: number;
  /** Whether they are one category (one-hot). */
  readonly group: boolean;
  /** Which of them hold whole numbers, few values or marks, so that made rows get training values there. */
  readonly snapped: readonly boolean[];
  /** What the numbers are divided by, given the standard deviation of each; 0 stays 0. */
  readonly scale: (deviations: readonly number[]) => readonly number[];
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
/** Columns of no more different numbers than these keep to them. */
const FEW_VALUES = 32;
/** A column ends where this share of its values is its smallest or largest, and what counts from 0 where it reaches one of these. */
const [OFTEN, WHOLE] = [0.05, [1, 100]] as const;
/** Numbers that span decades go this many times further than the largest. */
const DECADE = 10;

/** The space of a column of normal rows, by its kind. O(n log n). */
export function columnSpace(column: Column, kind: InputKind): ColumnSpace {
  if (column.type === "text") return categorySpace(column.values);
  return numberSpace(column.values, kind);
}

/** A number, a boolean or a time, and a mark for missing where there are such. */
function numberSpace(values: Float64Array, kind: InputKind): ColumnSpace {
  const sorted = sortedCopy(values.filter(Number.isFinite));
  const marked = sorted.length < values.length;
  const fill = sorted.length > 0 ? quantileSorted(sorted, 0.5) : 0;
  const logarithmic = kind === "numeric" && wantsLogarithms(sorted);
  const decimals = kind === "numeric" ? decimalsOf(sorted) : null;
  const few = kind === "numeric" ? fewValues(sorted) : null;
  const whole = kind === "boolean" || decimals === 0 || few !== null;
  const grain = kind === "timestamp" ? grainOf(sorted) : null;
  const into = (x: number) => (logarithmic ? signedLogarithm(x) : x);
  const back = (z: number) => (logarithmic ? Math.sign(z) * Math.expm1(Math.abs(z)) : z);
  const [low, high] = limitsOf(sorted, logarithmic);
  const known = sorted.map(into);
  const steps = few?.map(into) ?? null;
  const width = known.length > 0 ? known[known.length - 1] - known[0] : 0;
  const valid = (z: number): number => {
    if (kind === "boolean") return z >= 0.5 ? 1 : 0;
    if (few !== null && steps !== null) return few[nearestPlace(steps, z)];
    // What was not moved comes back to the last bit.
    const place = nearestPlace(known, z);
    if (Math.abs(known[place] - z) <= 1e-9 * width) return sorted[place];
    const x = Math.min(high, Math.max(low, back(z)));
    if (grain !== null) return Math.round(x / grain) * grain;
    return decimals === null ? x : Number(x.toFixed(decimals));
  };
  return {
    width: marked ? 2 : 1,
    group: false,
    snapped: marked ? [whole, true] : [whole],
    // A value and none are √2 apart, however rare that is.
    scale: ([deviation, mark]) => (marked ? [deviation, mark > 0 ? Math.SQRT1_2 : 0] : [deviation]),
    encode: (column, row) => {
      const value = column.values[row] as number;
      const number = into(Number.isFinite(value) ? value : fill);
      return marked ? [number, Number.isFinite(value) ? 0 : 1] : [number];
    },
    decode: (numbers) => {
      if (marked && numbers[1] >= 0.5) return null;
      const made = sorted.length > 0 ? valid(numbers[0]) : fill;
      return made === 0 ? 0 : made; // no −0
    },
  };
}

function signedLogarithm(x: number): number {
  return Math.sign(x) * Math.log1p(Math.abs(x));
}

/** Whether numbers pile up at one end (|skewness| > 1), and their signed logarithms less so. */
function wantsLogarithms(sorted: Float64Array): boolean {
  if (sorted.length === 0 || sorted[0] === sorted[sorted.length - 1]) return false;
  const raw = Math.abs(skewness(sorted));
  return raw > 1 && Math.abs(skewness(sorted.map(signedLogarithm))) < raw;
}

/**
 * How far made numbers go: half of the range beyond it, or ten times the largest where the column spans decades; never below 0
 * where no normal row is; and nowhere beyond a value in which 5 % of the rows end, or 1 and 100, which are the whole of a share.
 */
function limitsOf(sorted: Float64Array, logarithmic: boolean): readonly [number, number] {
  if (sorted.length === 0) return [0, 0];
  const [lowest, highest] = [sorted[0], sorted[sorted.length - 1]];
  const often = Math.max(3, OFTEN * sorted.length);
  const ends = (at: number) => sorted.filter((x) => x === at).length >= often;
  const room = logarithmic ? (DECADE - 1) * Math.max(Math.abs(lowest), Math.abs(highest)) : (highest - lowest) / 2;
  const low = lowest >= 0 ? Math.max(0, lowest - room) : lowest - room;
  const isWhole = lowest >= 0 && WHOLE.some((whole) => whole === highest);
  return [ends(lowest) ? lowest : low, isWhole || ends(highest) ? highest : highest + room];
}

/** The different values where they are 32 at most, each twice on average: steps or categories; else null. */
function fewValues(sorted: Float64Array): Float64Array | null {
  const different = Float64Array.from(new Set(sorted));
  return different.length <= Math.min(FEW_VALUES, sorted.length / 2) ? different : null;
}

/** Where in sorted numbers, at least one, the nearest to z is. O(log n). */
function nearestPlace(sorted: Float64Array, z: number): number {
  let [from, to] = [0, sorted.length - 1];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (sorted[middle] < z) from = middle + 1;
    else to = middle;
  }
  return from > 0 && z - sorted[from - 1] <= sorted[from] - z ? from - 1 : from;
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
    // One for all: rare categories are no further from others than common ones are.
    scale: (deviations) => {
      const all = Math.hypot(...deviations);
      return deviations.map((deviation) => (deviation > 0 ? all : 0));
    },
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
