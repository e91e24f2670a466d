import type { Detector, FitProgress, Fitted } from "../detect/index.ts";
import { encode, mapRows, type Tensor } from "../graph/index.ts";
import { entriesOf, type Key, type Matrix, matrix, type Table } from "../numeric/index.ts";
import { type Features, feedsOf, fitFeatures, fitImages, type InputColumn } from "../prepare/index.ts";

export interface LearnContext {
  readonly signal?: AbortSignal;
  readonly workers?: number;
  readonly onProgress?: (progress: FitProgress) => void;
  /** Where training is written to and goes on from. */
  readonly checkpoint?: string;
}

/** A detector fitted on the raw columns of a table, preparation included. */
export interface Learned {
  readonly features: Features;
  readonly fitted: Fitted;
  /** Raw columns to scores: float64, [rows]. */
  readonly score: Tensor;
  /** Raw columns to the places of known classes, int64, [rows], and their names; null where the detector knows none. */
  readonly nearestClass: { readonly place: Tensor; readonly classes: readonly string[] } | null;
}

/** Anomalous rows that are known: raw columns, and the class of each row. */
export interface KnownTable {
  readonly table: Table;
  readonly classes: readonly string[];
}

/**
 * Fits preparation and detector on the rows of a table, all of them normal. Known anomalous rows are prepared as the
 * normal ones taught, and go to the detector alone.
 */
export async function learn<O>(
  table: Table,
  columns: readonly InputColumn[],
  detector: Pick<Detector, "fit">,
  options: O,
  key: Key,
  context: LearnContext,
  known: KnownTable | null = null,
): Promise<Learned> {
  const { features, rows } = await prepareRows(table, columns, context);
  const fitted = await detector.fit(rows, options as Parameters<Detector["fit"]>[1], {
    ...context,
    key,
    ...(table.images && { images: table.images.shape }),
    ...(known && { known: { rows: await prepared(features, known.table, context), classes: known.classes } }),
  });
  const { score, nearestClass: nearest } = fitted;
  const nearestClass = nearest ? { place: nearest.of(features.matrix), classes: nearest.classes } : null;
  const chunk = Math.min(fitted.chunk, rowsInCall(table));
  return { features, fitted: { ...fitted, chunk }, score: score(features.matrix), nearestClass };
}

/** Preparation fitted on the rows of a table, and the rows prepared by it: n × prepared columns. */
export async function prepareRows(
  table: Table,
  columns: readonly InputColumn[],
  context: LearnContext,
): Promise<{ readonly features: Features; readonly rows: Matrix }> {
  const features = table.images ? fitImages(table.images) : fitFeatures(table, columns);
  return { features, rows: await prepared(features, table, context) };
}

/** The rows of a table prepared by what others taught: n × prepared columns. */
export async function prepared(features: Features, table: Table, context: LearnContext): Promise<Matrix> {
  const { out } = await mapRows(encode({ out: features.matrix }), table.rows, feedsOf(table), {
    chunk: Math.min(8192, rowsInCall(table)),
    ...context,
    workers: 0,
  });
  return matrix(table.rows, features.names.length, out.data as Float64Array);
}

/** Numbers in one call where rows are images: some 16 MB in double precision, and a few times that on the way. */
const NUMBERS_IN_CALL = 2_000_000;

/** How many rows go into a call at most, for their size. */
function rowsInCall({ images }: Table): number {
  return images ? Math.max(1, Math.floor(NUMBERS_IN_CALL / entriesOf(images.shape))) : Number.POSITIVE_INFINITY;
}

/** The scores of a table's rows by what was learned. */
export async function scoresOf(learned: Learned, table: Table, context: LearnContext): Promise<Float64Array> {
  const { score } = await mapRows(encode({ score: learned.score }), table.rows, feedsOf(table), {
    chunk: learned.fitted.chunk,
    signal: context.signal,
    workers: context.workers,
    onRows: (done, total) => context.onProgress?.({ stage: "calibrate", done, total }),
  });
  return score.data as Float64Array;
}
