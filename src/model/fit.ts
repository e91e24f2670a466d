import {
  type ColumnKind,
  type InferredColumn,
  type Input,
  inferSchema,
  openSource,
  type Source,
  type SourceOptions,
  selectionOf,
} from "../data/index.ts";
import { type Detector, detectors, type FitProgress, heldBy } from "../detect/index.ts";
import { InputError } from "../errors/index.ts";
import { encode } from "../graph/index.ts";
import { type Key, key as keyOf, sample, type Table, takeTableRows } from "../numeric/index.ts";
import { parseOptions } from "../options/index.ts";
import type { InputColumn, InputKind } from "../prepare/index.ts";
import { checkOptions, fitForms } from "./check-options.ts";
import { removeCheckpoints, requireTraining } from "./checkpoints.ts";
import { type Contamination, checkContamination, optionsForTrimmed, type Trimmed, trim } from "./contamination.ts";
import { dependenceWarnings } from "./dependence-warnings.ts";
import { fitTable } from "./fit-table.ts";
import { besideImages, imagesToLearn, requireLearnable } from "./images.ts";
import { readKnown, usesKnown } from "./known-rows.ts";
import { readLabels } from "./labels.ts";
import { type LearnContext, prepareRows } from "./learn.ts";
import { leastFit } from "./least-fit.ts";
import type { ModelFile } from "./load.ts";
import { MANIFEST_KEY, ROWS_KEY } from "./manifest.ts";
import { manifestOf } from "./manifest-of.ts";
import { type Model, openModel } from "./model.ts";
import { requireRowless, writeRows } from "./reference-rows.ts";
import { readTogether, takeTogether, togetherColumn } from "./together.ts";
import { version } from "./version.ts";

export interface FitOptions extends SourceOptions {
  /** Whatever is drawn is drawn by it: equal key and rows, equal model. */
  readonly key: number | string;
  /** A name on the shelf: see `detectors`. */
  readonly detector?: string;
  /** The detector's own options. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** What columns are, where the guess is wrong: `{ zip: "category" }`. */
  readonly columns?: Readonly<Record<string, ColumnKind>>;
  /** Height and width of images, "28x28": files are brought to it, and flat lists of pixels are laid out so. */
  readonly imageSize?: string;
  /** Columns to leave aside. */
  readonly ignore?: readonly string[];
  /**
   * A column that says what each row is: rows with a `normal` value are learned from as normal ones. Rows of other labels
   * are known anomalies to detectors that take labels, and left out by the others; rows without a label are left out.
   */
  readonly label?: string;
  readonly normal?: string | readonly string[];
  /** For detectors that take labels: which of the other labels are known anomalies. All when left out. */
  readonly knownClasses?: readonly string[];
  /** A column whose equal values mark rows that hang together: whole groups calibrate, and p-values are for new groups. */
  readonly group?: string;
  /** A column of times or numbers that tells earlier rows from later ones: the later ones calibrate. */
  readonly time?: string;
  /**
   * How p-values are calibrated: by held-out rows, by folds, or by the number of rows (from 1,000 on held out; groups
   * from 495 on; with `time` always forward in blocks). Where a network trains on images, rows are held out unless it is
   * "cross", which trains ten more.
   */
  readonly calibration?: "auto" | "split" | "cross";
  /**
   * The share of the rows given as normal that may be anomalous, from 0 (the default) to less than 0.5: the most
   * suspicious ones are dropped before anything is learned. "auto" estimates it by a rule of thumb.
   */
  readonly contamination?: Contamination;
  /** `false` keeps every training row out of the model; detectors that compare with stored rows then refuse. */
  readonly rows?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: FitProgress) => void;
  /** Worker threads for long work; all cores when left out, 0 for none. */
  readonly workers?: number;
  /**
   * For detectors that train: a file that training is written to every half a minute and when it is interrupted. The same
   * fit goes on from it, to the same model bit for bit; it is deleted at the end.
   */
  readonly checkpoint?: string;
}

const REFERENCE_ROWS = 512;

/**
 * Learns what normal rows look like from a file (path or glob), a folder of PNG or JPEG images, rows or columns, and
 * returns a model that scores.
 *
 * All rows are taken as normal, or those whose `label` is `normal`; detectors that take labels learn from the others too. Columns are typed from all rows; ids, timestamps,
 * constant texts and free text are left aside unless `columns` says otherwise. Throws an InputError that names place and
 * remedy, Interrupted when the signal fires. Dispose of the model when done.
 */
export async function fit(input: Input, options: FitOptions): Promise<Model> {
  return openModel(await fitFile(input, options));
}

/** {@link fit}, as the model file and what stands in it, not opened. */
export async function fitFile(input: Input, options: FitOptions): Promise<ModelFile> {
  checkOptions("fit", fitForms, options, ["key"]);
  if (typeof input !== "string" && (typeof input !== "object" || input === null))
    throw new InputError(
      `fit: expected a path, rows or columns, got ${input === null ? "null" : typeof input}; pass one of them`,
    );
  const detector = detectorNamed(options.detector ?? "auto");
  const given = parseOptions(detector.name, detector.options, options.options);
  checkContamination(options.contamination ?? 0);
  const holds = heldBy(detector, given);
  if (options.rows === false) requireRowless(detector, given);
  if (options.checkpoint !== undefined) requireTraining(detector);
  const labelled = await readLabels(input, options);
  using source = await openSource(input, { ...options, where: labelled?.normal ?? options.where }, options.signal);
  const total = await source.countRows(options.signal);
  requireRows(total, source.description);
  options.onProgress?.({ stage: "look at columns", done: 0, total: 1 });
  const images = await imagesToLearn(source, options);
  if (images) requireLearnable(detector);
  const learnsKnown = !images && usesKnown(detector, labelled, options);
  const found = await schemaOf(source, options);
  const schema = images ? besideImages(found, images) : found;
  const columns = images ? [] : inputColumns(schema);
  const together = await readTogether(source, options);
  const rows = await source.read(selectionOf(schema), {
    images,
    signal: options.signal,
    onProgress: (progress) => options.onProgress?.({ stage: "read", done: progress.rows, total: progress.of }),
  });
  const known = learnsKnown && labelled ? await readKnown(detector, input, options, labelled, schema) : null;
  const root = keyOf(options.key);
  const warnings =
    together || images
      ? []
      : await dependenceWarnings(source, schema, options.label, rows, root.for("signs"), options.signal);
  const { signal, workers, onProgress, checkpoint } = options;
  const context: LearnContext = { signal, workers, onProgress, checkpoint };
  const trimmed = await trimmedOf(rows, columns, options.contamination ?? 0, root.for("contamination"), context);
  const own = trimmed ? optionsForTrimmed(detector.name, given, options.options, trimmed) : given;
  const table = trimmed ? takeTableRows(rows, trimmed.kept) : rows;
  const { calibrated, score, pValue } = await fitTable(
    {
      table,
      columns,
      detector,
      options: own as Record<string, unknown>,
      key: root,
      calibration: options.calibration ?? "auto",
      together: together && trimmed ? takeTogether(together, trimmed.kept) : together,
      known,
    },
    context,
  );
  const none = new Uint32Array(0);
  const [kept, dropped] = [trimmed?.kept ?? null, trimmed?.dropped ?? none];
  const least = await leastFit(source, rows, kept, dropped, calibrated, options.rows !== false, context);
  const reference =
    options.rows === false || images ? [] : sample(root.for("reference rows"), calibrated.rows.length, REFERENCE_ROWS);
  const manifest = manifestOf({
    options,
    source,
    schema,
    columns,
    images,
    rows,
    calibrated,
    together,
    warnings,
    trimmed,
    least,
    known,
    labelled,
    detector: { ...detector, holds, own },
    references: reference,
  });
  const places = Array.from(reference, (i) => calibrated.rows[i]);
  const references = places.length > 0 ? writeRows(table, places) : null;
  const nearestClass = calibrated.learned.nearestClass?.place ?? null;
  const bytes = encode(
    { score, p_value: pValue, ...(nearestClass && { nearest_class: nearestClass }) },
    {
      producerVersion: version,
      description: `${detector.name}: ${detector.summary}`,
      metadata: { [MANIFEST_KEY]: JSON.stringify(manifest), ...(references !== null && { [ROWS_KEY]: references }) },
    },
  );
  if (checkpoint !== undefined) await removeCheckpoints(checkpoint);
  const runnable = nearestClass === null ? bytes : encode({ score, p_value: pValue });
  return { bytes, runnable, manifest, score, pValue, nearestClass, rows: references };
}

/** Which rows to learn from; null for all of them, without looking. */
async function trimmedOf(
  rows: Table,
  columns: readonly InputColumn[],
  asked: Contamination,
  key: Key,
  context: LearnContext,
): Promise<Trimmed | null> {
  if (asked === 0) return null;
  context.onProgress?.({ stage: "look for anomalous rows", done: 0, total: rows.rows });
  const prepared = await prepareRows(rows, columns, context);
  return trim(prepared.rows, asked, key, context);
}

/** A detector of the shelf. Throws an InputError that lists the shelf. */
export function detectorNamed(name: string): Detector {
  const found = detectors.find((detector) => detector.name === name);
  if (found) return found;
  throw new InputError(
    `fit: --detector: expected ${detectors.map((detector) => detector.name).join(", ")}, got ${JSON.stringify(name)}; see unseen detectors`,
  );
}

/** What each column of a source is; a label column is left aside, and groups and time unless `columns` uses them. */
export async function schemaOf(
  source: Source,
  options: Pick<FitOptions, "columns" | "ignore" | "label" | "group" | "time" | "signal">,
): Promise<readonly InferredColumn[]> {
  const { columns, ignore = [], label, signal } = options;
  const together = togetherColumn(options);
  const profiles = await source.profile(signal);
  const aside = together !== null && profiles.some(({ name }) => name === together) && !columns?.[together];
  const ignored = [...new Set([...ignore, ...(label === undefined ? [] : [label]), ...(aside ? [together] : [])])];
  const schema = inferSchema(profiles, { columns, ignore: ignored });
  const reasons = new Map([
    ...(aside ? [[together, "what rows hang together by"] as const] : []),
    [label, "the label"],
  ]);
  return schema.map((column) => ({ ...column, reason: reasons.get(column.name) ?? column.reason }));
}

/** The columns that a model learns from, of a schema. Throws an InputError where there are none, or one has a name of ours. */
export function inputColumns(schema: readonly InferredColumn[]): readonly InputColumn[] {
  const used = schema.filter((column) => column.used);
  if (used.every(({ distinct, overridden }) => distinct <= 1 && !overridden)) {
    const reasons = schema.map(({ name, kind, overridden }) => `"${name}" is ${overridden ? "left aside" : kind}`);
    const remedies = [
      ...(schema.some(({ overridden }) => overridden) ? ["leave fewer aside"] : []),
      ...(schema.some(({ kind }) => kind === "nested")
        ? ["take plain values out of nested ones with --sql, or lists of pixels as images with --column NAME=image"]
        : []),
      "use one with --column NAME=numeric or NAME=category",
      ...(schema.length === 1 ? ["or, if the file has more columns, check --delimiter"] : []),
    ];
    throw new InputError(
      `fit: columns: expected at least one to learn from, got none (${reasons.slice(0, 5).join(", ")}); ${remedies.join("; ")}`,
    );
  }
  for (const { name } of used)
    if (name === "score" || name === "p_value" || name === "nearest_class")
      throw new InputError(
        `fit: column "${name}": the model's own output has that name; rename the column or pass --ignore ${name}`,
      );
  const constants = { number: "numeric", boolean: "boolean" } as const;
  return used.map(({ name, kind, as, form }) => ({
    name,
    kind: as ? constants[as] : (kind as InputKind),
    ...(form !== undefined && { form }),
  }));
}

function requireRows(rows: number, description: string): void {
  if (rows < 3)
    throw new InputError(
      `fit: ${description}: expected at least 3 normal rows, got ${rows}; a model needs rows to learn from and to calibrate on`,
    );
}
