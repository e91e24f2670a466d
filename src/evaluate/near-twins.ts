import { checkSignal } from "../errors/index.ts";
import { type LearnContext, prepared, prepareRows } from "../model/index.ts";
import {
  columnMeans,
  type Key,
  type Matrix,
  median,
  rowOf,
  sample,
  type Table,
  takeTableRows,
} from "../numeric/index.ts";
import type { InputColumn } from "../prepare/index.ts";
import type { Split } from "./split.ts";

/** Test rows that nearly equal a row that was learned from. */
export interface NearTwins {
  /** Their places in the table. */
  readonly rows: readonly number[];
  /** How many test rows were looked at. */
  readonly looked: number;
}

/** Nearer than this share of what is usual is nearly equal. */
const NEAR = 0.01;
const MOST_LEARNED = 20_000;
const MOST_TEST = 4_000;
/** Training rows from whose distances the usual one is taken. */
const TYPICAL = 300;

/**
 * The test rows whose distance to the nearest training or known row is less than 1 % of the usual one: the median
 * distance, over training rows, to the nearest other that differs. Distances are Euclidean in prepared columns, each
 * divided by its standard deviation over the training rows. The splits have their training rows in common; a test row
 * is looked at in the first that has it.
 *
 * At most 20,000 training rows, as many known ones and 4,000 test rows are looked at, drawn by the key; nothing is found
 * in fewer than 3 training rows. Rows are sorted along the diagonal, on which no two are farther apart than they are,
 * so that few pairs are compared: O(n log n + n d), more where many rows are near.
 */
export async function nearTwins(
  table: Table,
  columns: readonly InputColumn[],
  splits: readonly Pick<Split, "train" | "known" | "test">[],
  key: Key,
  context: LearnContext,
): Promise<NearTwins> {
  const draw = (name: string, rows: Uint32Array, most: number) =>
    Uint32Array.from(sample(key.for(name), rows.length, most), (place) => rows[place]);
  const owners = new Map<number, number>();
  splits.forEach(({ test }, split) => {
    for (const row of test) if (!owners.has(row)) owners.set(row, split);
  });
  const tested = draw("test", Uint32Array.from(owners.keys()), MOST_TEST);
  const train = draw("train", splits[0].train, MOST_LEARNED);
  const known = draw("known", Uint32Array.from(new Set(splits.flatMap(({ known }) => [...known]))), MOST_LEARNED);
  if (train.length < 3 || tested.length === 0) return { rows: [], looked: tested.length };
  const quiet = { ...context, onProgress: undefined };
  const { features, rows } = await prepareRows(takeTableRows(table, train), columns, quiet);
  const scale = scalesOf(rows);
  const scaled = async (of: Uint32Array) =>
    of.length === 0 ? [] : scaledRows(await prepared(features, takeTableRows(table, of), quiet), scale);
  const learned = scaledRows(rows, scale);
  const usual = usualDistance(sortedAlong(learned), key.for("usual"));
  const references = sortedAlong([...learned, ...(await scaled(known))]);
  const knownIn = splits.map(({ known }) => new Set(known));
  const limit = NEAR * usual;
  const isNear = (row: Float64Array, split: number): boolean => {
    const at = diagonal(row);
    for (let i = firstAtLeast(references.along, at - limit); references.along[i] <= at + limit; i++) {
      const place = references.order[i];
      if (place >= train.length && !knownIn[split].has(known[place - train.length])) continue;
      if (squaredDistance(row, references.rows[place], limit ** 2) < limit ** 2) return true;
    }
    return false;
  };
  const found = (await scaled(tested)).flatMap((row, place) => {
    if (place % 100 === 0) checkSignal(context.signal, "evaluate");
    return isNear(row, owners.get(tested[place])!) ? [tested[place]] : [];
  });
  return { rows: found.sort((a, b) => a - b), looked: tested.length };
}

/** Rows and their order along the diagonal. */
interface Sorted {
  readonly rows: readonly Float64Array[];
  readonly order: Uint32Array;
  /** Where on the diagonal each is, increasing. */
  readonly along: Float64Array;
}

function sortedAlong(rows: readonly Float64Array[]): Sorted {
  const places = Float64Array.from(rows, diagonal);
  const order = Uint32Array.from(places.keys()).sort((a, b) => places[a] - places[b]);
  return { rows, order, along: Float64Array.from(order, (row) => places[row]) };
}

/** Where a row is on the line through (1, …, 1): Σ x / √d. */
function diagonal(row: Float64Array): number {
  let sum = 0;
  for (const value of row) sum += value;
  return sum / Math.sqrt(row.length);
}

/** The median distance of some rows to the nearest that differs; 0 where none does. */
function usualDistance({ rows, order, along }: Sorted, key: Key): number {
  const distances = Array.from(sample(key, order.length, TYPICAL), (place) => {
    let least = Number.POSITIVE_INFINITY;
    for (const step of [-1, 1])
      for (let i = place + step; i >= 0 && i < order.length && (along[i] - along[place]) ** 2 < least; i += step) {
        const squared = squaredDistance(rows[order[place]], rows[order[i]], least);
        if (squared > 0 && squared < least) least = squared;
      }
    return Math.sqrt(least);
  }).filter(Number.isFinite);
  return distances.length === 0 ? 0 : median(distances);
}

function firstAtLeast(sorted: Float64Array, value: number): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (sorted[middle] < value) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** Standard deviations of the columns; 1 for a constant one. */
function scalesOf(rows: Matrix): Float64Array {
  const means = columnMeans(rows);
  const sums = new Float64Array(rows.columns);
  for (let i = 0; i < rows.rows; i++)
    rowOf(rows, i).forEach((value, j) => {
      sums[j] += (value - means[j]) ** 2;
    });
  return sums.map((sum) => Math.sqrt(sum / rows.rows) || 1);
}

function scaledRows(rows: Matrix, scale: Float64Array): readonly Float64Array[] {
  return Array.from({ length: rows.rows }, (_, i) => Float64Array.from(rowOf(rows, i), (value, j) => value / scale[j]));
}

/** The squared distance, or any number of at least `enough` where it is more than that. */
function squaredDistance(a: Float64Array, b: Float64Array, enough: number): number {
  let sum = 0;
  for (let j = 0; j < a.length && sum < enough; j++) sum += (a[j] - b[j]) ** 2;
  return sum;
}
