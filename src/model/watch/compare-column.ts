import { type Column, homogeneity, type Key, sortedCopy, twoSampleDistance } from "../../numeric/index.ts";
import type { InputColumn } from "../../prepare/index.ts";
import { describeMove } from "./describe-move.ts";
import type { CategoryShares, Spread, WatchedColumn } from "./watched.ts";

/** A column before all columns' tests are corrected together. */
export interface ComparedColumn extends Omit<WatchedColumn, "moved" | "pValue"> {
  /** One p-value a test: of the values, and of the share missing where any are. */
  readonly pValues: readonly number[];
}

const MOST_CATEGORIES = 10;

/**
 * Compares a raw column of the window with that of the reference rows. Numbers and times by the two-sample
 * Kolmogorov–Smirnov distance of the values that are there, and by the share that is missing; categories and booleans
 * by χ² over all of them, "missing" being one. `draws` bounds the divisions drawn where categories are rare.
 */
export function compareColumn(
  { name, kind }: InputColumn,
  reference: Column,
  window: Column,
  key: Key,
  draws: number,
): ComparedColumn {
  const sides = { reference, window };
  const missing = mapSides(sides, missingShare);
  const compared =
    kind === "category" || kind === "boolean"
      ? compareTexts(mapSides(sides, textsOf), key, draws)
      : compareNumbers(sides, key, draws);
  const effect = Math.max(compared.effect, Math.abs(missing.window - missing.reference));
  const column = { name, kind, ...compared, effect, missing };
  return { ...column, sentence: describeMove(column) };
}

interface Sides<T> {
  readonly reference: T;
  readonly window: T;
}

const mapSides = <T, U>({ reference, window }: Sides<T>, map: (side: T) => U): Sides<U> => ({
  reference: map(reference),
  window: map(window),
});

function missingShare({ type, values }: Column): number {
  let missing = 0;
  if (type === "number") for (const value of values) missing += Number.isNaN(value) ? 1 : 0;
  else for (const value of values) missing += value === null ? 1 : 0;
  return missing / values.length;
}

function compareNumbers(sides: Sides<Column>, key: Key, draws: number) {
  const present = mapSides(sides, ({ values }) =>
    sortedCopy(values as Float64Array).filter((value) => !Number.isNaN(value)),
  );
  const counts = mapSides(sides, ({ values }) => values.length);
  const both = present.reference.length > 0 && present.window.length > 0;
  const test = both ? twoSampleDistance(present.reference, present.window) : null;
  const complete = present.reference.length === counts.reference && present.window.length === counts.window;
  const table = (side: "reference" | "window") => [present[side].length, counts[side] - present[side].length];
  const gaps = complete ? [] : [homogeneity(table("reference"), table("window"), key, draws).pValue];
  return {
    effect: test?.distance ?? 0,
    pValues: [...(test === null ? [] : [test.pValue]), ...gaps],
    spread: both ? mapSides(present, spreadOf) : null,
    categories: [],
    absentFromReference: [],
    absentShare: 0,
  };
}

/** Values that occur, not between two of them: they are shown in the column's unit, and may be infinite. */
function spreadOf(sorted: Float64Array): Spread {
  const at = (share: number) => sorted[Math.round((sorted.length - 1) * share)];
  return { low: at(0.05), lowerQuarter: at(0.25), median: at(0.5), upperQuarter: at(0.75), high: at(0.95) };
}

/** A column as texts; null is missing. */
function textsOf(column: Column): readonly (string | null)[] {
  if (column.type === "text") return column.values;
  return Array.from(column.values, (value) => (Number.isNaN(value) ? null : value === 0 ? "false" : "true"));
}

function compareTexts(sides: Sides<readonly (string | null)[]>, key: Key, draws: number) {
  const counted = mapSides(sides, (texts) => {
    const counts = new Map<string | null, number>();
    for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
    return counts;
  });
  const categories = [...new Set([...counted.reference.keys(), ...counted.window.keys()])];
  const counts = mapSides(counted, (side) => categories.map((category) => side.get(category) ?? 0));
  const { pValue, distance } = homogeneity(counts.reference, counts.window, key, draws);
  const shares = categories.map(
    (category, k): CategoryShares => ({
      category: category ?? "missing",
      reference: counts.reference[k] / sides.reference.length,
      window: counts.window[k] / sides.window.length,
    }),
  );
  const change = ({ reference, window }: CategoryShares) => Math.abs(window - reference);
  const absent = shares
    .filter(({ reference }, k) => reference === 0 && categories[k] !== null)
    .sort((a, b) => b.window - a.window);
  return {
    effect: distance,
    pValues: [pValue],
    spread: null,
    categories: shares.sort((a, b) => change(b) - change(a)).slice(0, MOST_CATEGORIES),
    absentFromReference: absent.slice(0, MOST_CATEGORIES).map(({ category }) => category),
    absentShare: absent.reduce((sum, { window }) => sum + window, 0),
  };
}
