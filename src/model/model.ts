import { writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { type Calibration, calibrationBehind } from "../calibrate/index.ts";
import {
  type Columns,
  type Input,
  imagesFromColumns,
  imagesFromRows,
  type Rows,
  type Selected,
  tableFromColumns,
  tableFromRows,
} from "../data/index.ts";
import { InputError } from "../errors/index.ts";
import { encode, openSession } from "../graph/index.ts";
import type { Table } from "../numeric/index.ts";
import { checkOptions, explainFileForms, explainForms, fileForms, scoreForms, watchForms } from "./check-options.ts";
import { policyOf } from "./decide.ts";
import {
  type ExplainFileOptions,
  type ExplainRowsOptions,
  explainFile,
  type FileExplanations,
  referenceTable,
} from "./explain/explain-file.ts";
import { explainImages } from "./explain/explain-images.ts";
import { explainTable } from "./explain/explain-table.ts";
import type { Explanation } from "./explanation.ts";
import { type FileScores, type FileSummary, scoreFile, streamFile } from "./file.ts";
import type { FileOptions } from "./file-options.ts";
import { imagesOf, requireColumnModel, requireNoReference } from "./images.ts";
import { type ModelFile, readModelFile } from "./load.ts";
import type { Manifest } from "./manifest.ts";
import type { OpenModel } from "./open-model.ts";
import { replaceFile } from "./replace-file.ts";
import { scoreTable } from "./run.ts";
import type { Row, RowScore, ScoreOptions, Scores } from "./scores.ts";
import { type WatchOptions, watchModel } from "./watch/watch-model.ts";
import type { Watched } from "./watch/watched.ts";

/** A fitted model: raw columns in, scores and p-values out. Dispose of it when done. */
export interface Model {
  readonly manifest: Manifest;
  /** The scores of the calibration rows. */
  readonly calibration: Calibration;
  /** The ONNX file. */
  readonly bytes: Uint8Array;
  /** A file (path or glob). Memory is flat when its rows go to an output; without one they are returned as arrays. */
  score(input: string, options?: FileOptions & { readonly output?: undefined }): Promise<FileScores>;
  score(input: string, options?: FileOptions): Promise<FileSummary>;
  /** Rows, or columns; to a model of images also one image by its column's name, a batch of one. */
  score(input: Rows | Columns, options?: ScoreOptions): Promise<Scores>;
  /** One row. */
  score(input: Row, options?: ScoreOptions): Promise<RowScore>;
  /** Rows, or batches of rows, as they come: memory is bounded by a batch. */
  score(input: AsyncIterable<Row | Rows>, options?: ScoreOptions): AsyncIterable<RowScore & { readonly row: Row }>;
  /** A file's scored rows as the bytes of a CSV or other file, for standard output. */
  stream(
    path: string,
    options?: FileOptions,
  ): Promise<{ readonly scores: FileSummary; readonly bytes: AsyncIterable<Uint8Array> }>;
  /** Why rows of a file have their scores: rows by number, or the flagged ones with the highest scores. */
  explain(input: string, options?: ExplainFileOptions): Promise<FileExplanations>;
  /**
   * Why rows, columns or one row have their scores, in their order: the columns that carry them, the nearest normal rows,
   * and the smallest change found that makes a flagged row normal. Throws an InputError where the model stores no normal
   * rows and none are passed.
   */
  explain(input: Rows | Columns | Row, options?: ExplainRowsOptions): Promise<readonly Explanation[]>;
  /** What became of a window of rows since the fit: columns that moved, scores that drift, and what to do; see `watch`. */
  watch(input: Input, options?: WatchOptions): Promise<Watched>;
  /** Writes the ONNX file: beside it first, then renamed. */
  save(path: string): Promise<void>;
  [Symbol.dispose](): void;
}

/**
 * Opens a model file: a path or its bytes. Throws an InputError unless it is a file that `fit` wrote, in a format that
 * this version reads; nothing of the file runs before it is verified.
 */
export async function load(file: string | Uint8Array): Promise<Model> {
  const verified = await readModelFile(file);
  try {
    return await openModel(verified);
  } catch (cause) {
    throw new InputError(
      `load: ${typeof file === "string" ? file : "bytes"}: ONNX Runtime refuses the file (${(cause as Error).message}); fit the model anew`,
      { cause },
    );
  }
}

/** A call of fewer rows than this takes long for each. */
const FEW_ROWS = 1000;

/** A model over a file that is verified, or that was made here. */
export async function openModel(file: ModelFile): Promise<Model> {
  const { bytes, runnable, manifest, score, pValue, rows } = file;
  const calibration = calibrationBehind(pValue, manifest.calibration.by?.kind);
  const session = await openSession(runnable, { inputs: manifest.columns.length, threads: threadsFor(manifest) });
  const selection = selectionFor(manifest);
  const opened: OpenModel = {
    manifest,
    calibration,
    bytes,
    runnable,
    session,
    score,
    rows,
    selection,
    images: imagesOf(manifest),
    classes: [],
  };
  let naming: Promise<OpenModel> | null = null;
  /** What scoring runs: the model, and where it knows classes a graph that also names them. */
  const scoring = (): Promise<OpenModel> =>
    (naming ??= file.nearestClass ? withClasses(opened, file) : Promise.resolve(opened));
  let disposed = false;
  const check = (options: object, forms: typeof scoreForms, who = "score") => {
    if (disposed) throw new InputError(`${who}: the model was disposed of; load it again, or dispose of it later`);
    checkOptions(who, forms, options);
  };
  const model = {
    manifest,
    calibration,
    bytes,
    score(input: Input | Row | AsyncIterable<Row | Rows>, options: ScoreOptions & FileOptions = {}) {
      if (isStream(input)) {
        check(options, scoreForms);
        return scoreStream(scoring, input, options);
      }
      return (async () => {
        check(options, typeof input === "string" ? fileForms : scoreForms);
        const named = await scoring();
        if (typeof input === "string") return scoreFile(named, input, options);
        if (Array.isArray(input)) return scoreBatch(named, rowsTable(opened, input as Rows), options);
        if (typeof input !== "object" || input === null)
          throw new InputError(
            `score: expected a path, a row, rows, columns or an async iterable of rows, got ${input === null ? "null" : typeof input}`,
          );
        if (isColumns(opened, input as Row | Columns))
          return scoreBatch(named, columnsTable(opened, input as Columns), options);
        return scoreRow(named, input as Row, options);
      })();
    },
    async explain(input: Input | Row, options: ExplainFileOptions = {}) {
      check(options, typeof input === "string" ? explainFileForms : explainForms, "explain");
      if (typeof input === "string") return explainFile(opened, input, options);
      const table = explainedTable(opened, input);
      if (opened.images) {
        requireNoReference(options.reference);
        return explainImages(opened, table, options);
      }
      return explainTable(opened, table, { ...options, reference: await referenceTable(opened, options) });
    },
    async watch(input: Input, options: WatchOptions = {}) {
      check(options, watchForms, "watch");
      requireColumnModel("watch", manifest, "score the images with a false alarm rate, and count those flagged");
      if (typeof input !== "string" && (typeof input !== "object" || input === null))
        throw new InputError(
          `watch: expected a path, rows or columns, got ${input === null ? "null" : typeof input}; pass one of them`,
        );
      return watchModel(opened, input, options);
    },
    async stream(path: string, options: FileOptions = {}) {
      check(options, fileForms);
      return streamFile(await scoring(), path, options);
    },
    save: (path: string) => replaceFile(path, (beside) => writeFile(beside, bytes)),
    [Symbol.dispose]() {
      disposed = true;
      session[Symbol.dispose]();
      naming?.then(
        (named) => named !== opened && named.session[Symbol.dispose](),
        () => {}, // whoever scored was told
      );
    },
  };
  return Object.freeze(model) as Model;
}

/** The model with the graph that also gives the places of classes. */
async function withClasses(
  opened: OpenModel,
  { score, pValue, nearestClass, manifest }: ModelFile,
): Promise<OpenModel> {
  const runnable = encode({ score, p_value: pValue, nearest_class: nearestClass! });
  const session = await openSession(runnable, { inputs: manifest.columns.length, threads: threadsFor(manifest) });
  return { ...opened, runnable, session, classes: manifest.nearestClasses! };
}

/** Where a row is so much work that few go into a call, threads share it; else they would only wait for each other. */
function threadsFor({ chunk }: Manifest): number {
  return chunk < FEW_ROWS ? Math.min(4, availableParallelism()) : 1;
}

/** The class at each place; a model of others may give a place that there is none at. */
function namesOf({ classes }: OpenModel, places: Float64Array): readonly string[] {
  return Array.from(places, (place) => classes[place] ?? "");
}

/** The columns that a model reads, each as its kind asks. */
export function selectionFor(manifest: Manifest): readonly Selected[] {
  const as = { numeric: "number", boolean: "boolean", category: "text", timestamp: "timestamp" } as const;
  return manifest.columns.map(({ name, kind }) => ({ name, as: as[kind] }));
}

function isStream(input: unknown): input is AsyncIterable<Row | Rows> {
  return typeof input === "object" && input !== null && Symbol.asyncIterator in input;
}

/**
 * Whether an object holds columns: no value of a row is a list. Only columns that the model takes are looked at. Images are
 * lists: an object with one of them is a column of one.
 */
function isColumns({ selection, images }: OpenModel, input: Row | Columns): input is Columns {
  if (images) return true;
  return selection.some(({ name }) => Object.hasOwn(input, name) && isList(input[name]));
}

function isList(value: unknown): boolean {
  return typeof value === "object" && value !== null && typeof (value as ArrayLike<unknown>).length === "number";
}

const rowsTable = (model: OpenModel, rows: Rows, first = 1): Table =>
  model.images
    ? imagesFromRows(rows, model.images, first)
    : tableFromRows(rows, model.selection, first, model.manifest.source.missing);

const columnsTable = (model: OpenModel, columns: Columns): Table =>
  model.images
    ? imagesFromColumns(columns, model.images)
    : tableFromColumns(columns, model.selection, model.manifest.source.missing);

function explainedTable(model: OpenModel, input: Rows | Columns | Row): Table {
  if (typeof input !== "object" || input === null)
    throw new InputError(
      `explain: expected a path, a row, rows or columns, got ${input === null ? "null" : typeof input}`,
    );
  if (Array.isArray(input)) return rowsTable(model, input as Rows);
  if (isColumns(model, input as Row | Columns)) return columnsTable(model, input as Columns);
  return rowsTable(model, [input as Row]);
}

async function scoreBatch(model: OpenModel, table: Table, options: ScoreOptions): Promise<Scores> {
  const policy = policyOf(model.calibration, model.manifest, options);
  let done = 0;
  const onRows = (rows: number) => {
    done += rows;
    options.onProgress?.({ rows: done, of: table.rows });
  };
  const { scores, pValues: conservative, classes } = await scoreTable(model, table, { ...options, onRows });
  const pValues = policy.adjust(scores, conservative);
  const threshold = policy.threshold(pValues);
  const flagged = Uint8Array.from(pValues, (p) => (p <= threshold ? 1 : 0));
  const flaggedCount = flagged.reduce((count, flag) => count + flag, 0);
  return {
    rows: table.rows,
    scores,
    pValues,
    flagged,
    flaggedCount,
    ...(classes && { nearestClasses: namesOf(model, classes) }),
    threshold,
    guarantee: policy.guarantee(table.rows),
  };
}

async function scoreRow(model: OpenModel, row: Row, options: ScoreOptions): Promise<RowScore> {
  if (options.ties === "random")
    throw new InputError("score: --ties: random ties need a batch, got one row; pass rows, so that each draws its own");
  const policy = policyOf(model.calibration, model.manifest, options);
  const limit = policy.streamThreshold();
  const { scores, pValues, classes } = await scoreTable(model, rowsTable(model, [row]), {
    signal: options.signal,
    workers: 0,
  });
  const [pValue] = policy.adjust(scores, pValues);
  const named = classes && { nearestClass: namesOf(model, classes)[0] };
  return { score: scores[0], pValue, flagged: pValue <= limit, ...named };
}

async function* scoreStream(
  open: () => Promise<OpenModel>,
  input: AsyncIterable<Row | Rows>,
  options: ScoreOptions,
): AsyncGenerator<RowScore & { readonly row: Row }> {
  const model = await open();
  const policy = policyOf(model.calibration, model.manifest, options);
  const limit = policy.streamThreshold();
  let first = 1;
  for await (const item of input) {
    const rows = (Array.isArray(item) ? item : [item]) as Rows;
    const table = rowsTable(model, rows, first);
    const { scores, pValues, classes } = await scoreTable(model, table, { ...options, workers: 0 });
    const names = classes && namesOf(model, classes);
    const adjusted = policy.adjust(scores, pValues);
    for (let i = 0; i < rows.length; i++)
      yield {
        row: rows[i],
        score: scores[i],
        pValue: adjusted[i],
        flagged: adjusted[i] <= limit,
        ...(names && { nearestClass: names[i] }),
      };
    first += rows.length;
  }
}
