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

/** Test rows that nearly equal a training row. */
export interface NearTwins {
  /** Their places in the table. */
  readonly rows: readonly number[];
  /** How many test rows were looked at. */
  readonly looked: number;
}

/** Nearer than this share of what is usual is nearly equal. */
export const NEAR = 0.01;
const MOST_TRAIN = 20_000;
const MOST_TEST = 4_000;
/** Training rows from whose distances the usual one is taken. */
const TYPICAL = 300;

/**
 * The test rows whose distance to the nearest training row is less than 1 % of the usual one: the median distance, over
 * training rows, to the nearest other that differs. Distances are Euclidean in prepared columns, each divided by its
 * standard deviation over the training rows.
 *
 * At most 20,000 training rows and 4,000 test rows are looked at, drawn by the key; nothing is found in fewer than
 * 3 training rows. O(n m d), much less where rows differ in their first columns.
 */
export async function nearTwins(
  table: Table,
  columns: readonly InputColumn[],
  { train, test }: { readonly train: Uint32Array; readonly test: Uint32Array },
  key: Key,
  context: LearnContext,
): Promise<NearTwins> {
  const drawn = Uint32Array.from(sample(key.for("test"), test.length, MOST_TEST), (place) => test[place]);
  const learned = Uint32Array.from(sample(key.for("train"), train.length, MOST_TRAIN), (place) => train[place]);
  if (learned.length < 3 || drawn.length === 0) return { rows: [], looked: drawn.length };
  const quiet = { ...context, onProgress: undefined };
  const { features, rows } = await prepareRows(takeTableRows(table, learned), columns, quiet);
  const scale = scalesOf(rows);
  const references = scaledRows(rows, scale);
  const tested = scaledRows(await prepared(features, takeTableRows(table, drawn), quiet), scale);
  const usual = usualDistance(references, key.for("usual"));
  if (usual === 0) return { rows: [], looked: drawn.length };
  const limit = (NEAR * usual) ** 2;
  const found = tested.flatMap((row, place) => {
    if (place % 100 === 0) checkSignal(context.signal, "evaluate");
    return references.some((reference) => squaredDistance(row, reference, limit) < limit) ? [drawn[place]] : [];
  });
  return { rows: found, looked: drawn.length };
}

function usualDistance(references: readonly Float64Array[], key: Key): number {
  const distances = Array.from(sample(key, references.length, TYPICAL), (place) => {
    let least = Number.POSITIVE_INFINITY;
    for (const other of references) {
      const squared = squaredDistance(references[place], other, least);
      if (squared > 0 && squared < least) least = squared;
    }
    return Math.sqrt(least);
  }).filter(Number.isFinite);
  return distances.length === 0 ? 0 : median(distances);
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
