import {
  checkOutput,
  type FileStamps,
  fileStamps,
  openSource,
  readScores,
  type Source,
  type SourceSpool,
  streamScored,
  type WriteOptions,
  writeScored,
} from "../data/index.ts";
import { InputError } from "../errors/index.ts";
import { collectDetails } from "./collect-details.ts";
import { type Policy, policyOf } from "./decide.ts";
import { type Evaluation, evaluateScores } from "./evaluation.ts";
import { requireColumns } from "./file-columns.ts";
import { requireNormalSaid } from "./file-labels.ts";
import type { FileOptions } from "./file-options.ts";
import { spoolScores } from "./file-spool.ts";
import { requireImages } from "./images.ts";
import type { OpenModel } from "./open-model.ts";
import type { ScoreDetails } from "./score-details.ts";
import type { Scores } from "./scores.ts";

/** What came of scoring a file. */
export interface FileSummary extends Omit<Scores, "scores" | "pValues" | "flagged" | "nearestClasses"> {
  readonly source: string;
  /** How the scores compare with the labels; null without labels. */
  readonly evaluation: Evaluation | null;
  /** The path written and its rows; null when nothing was. */
  readonly written: { readonly path: string; readonly rows: number } | null;
  /** The rule that was applied, and whether it was chosen for want of one. */
  readonly rule: Policy["rule"];
  readonly ruleByDefault: boolean;
  /** The first row, from 1, that an interrupted run to the same output had left to score; null where none had begun. */
  readonly resumedFrom: number | null;
  /** Why what an interrupted run had done was of no use; null where it was, or none had begun. */
  readonly startedOver: string | null;
  /** How many rows have a p-value in (0, 0.1], (0.1, 0.2], … (0.9, 1]: about equally many, were all rows normal. */
  readonly pValueTenths: readonly number[];
  /** How many flagged rows are most like each known class, most first; null where the model knows none. */
  readonly flaggedClasses: readonly { readonly name: string; readonly rows: number }[] | null;
  /** What a report shows; null unless it was asked for. */
  readonly details: ScoreDetails | null;
}

/** The decisions on a file's rows, with an array of each. */
export interface FileScores extends FileSummary, Scores {}

/**
 * Scores a file. With an output memory is flat: scores go to disk, 16 bytes a row, and are joined with the rows at the
 * end; a false discovery rate takes the p-values of all rows, and a label the scores. A long run to an output that was
 * interrupted goes on where it was. Without an output the scores are returned as arrays.
 */
export async function scoreFile(
  model: OpenModel,
  path: string,
  options: FileOptions,
): Promise<FileSummary | FileScores> {
  const { output } = options;
  using opened = await openAndScore(model, path, options, output === undefined ? "arrays" : "file");
  const { source, spool, summary } = opened;
  if (output === undefined) return { ...summary, ...(await arraysOf(spool, summary.threshold, model)) };
  try {
    const { rows } = await writeScored(source, spool.store, {
      ...writeOptions(opened, options, model),
      path: output,
    });
    await spool.close("remove");
    return { ...summary, written: { path: output, rows } };
  } catch (error) {
    await spool.close(error instanceof InputError ? "remove" : "keep");
    throw error;
  }
}

/** The same, with the scored rows as bytes. They must be read to the end, or returned, for the file to be closed. */
export async function streamFile(
  model: OpenModel,
  path: string,
  options: FileOptions,
): Promise<{ readonly scores: FileSummary; readonly bytes: AsyncIterable<Uint8Array> }> {
  const opened = await openAndScore(model, path, options, "stream");
  async function* bytes() {
    using _ = opened;
    yield* streamScored(opened.source, opened.spool.store, writeOptions(opened, options, model));
  }
  return { scores: opened.summary, bytes: bytes() };
}

function writeOptions(
  { summary, stamps }: Opened,
  { keep, only, prefix, review, outputFormat, signal }: FileOptions,
  { classes }: OpenModel,
): WriteOptions {
  return { flagged: summary.threshold, stamps, keep, only, prefix, review, classes, format: outputFormat, signal };
}

interface Opened extends Disposable {
  readonly source: Source;
  readonly spool: SourceSpool;
  readonly stamps: FileStamps;
  readonly summary: FileSummary;
}

async function openAndScore(
  model: OpenModel,
  path: string,
  options: FileOptions,
  into: "arrays" | "file" | "stream",
): Promise<Opened> {
  const { manifest, calibration, selection } = model;
  const policy = policyOf(calibration, manifest, options);
  // SQL that came with the model is work of the model's, which may be of unknown origin.
  const own = options.sql === undefined && manifest.source.sql !== null;
  if (own) options.onCall?.("begin");
  const source = await openSource(
    path,
    {
      ...options,
      sql: options.sql ?? manifest.source.sql ?? undefined,
      missing: [...manifest.source.missing, ...(options.missing ?? [])],
    },
    options.signal,
  );
  if (own) options.onCall?.("end");
  try {
    const stamps = fileStamps(source);
    requireImages("score", source, model.images);
    requireColumns("score", source, selection);
    if (into !== "arrays")
      checkOutput(source, { ...options, path: options.output, format: options.outputFormat, classes: model.classes });
    const { label, normal = manifest.source.normal } = options;
    if (label !== undefined) await requireNormalSaid(source, label, normal, options.signal);
    const spool = await spoolScores(model, source, policy, options, into === "file");
    try {
      const summarized = await summarize(spool, policy, label !== undefined, model.classes);
      const { store } = spool;
      const { threshold } = summarized;
      const details = options.details
        ? await collectDetails(model, { ...options, source, store, threshold, label: label ?? null, normal })
        : null;
      const summary = { ...summarized, source: source.description, details };
      return { source, spool, stamps, summary, [Symbol.dispose]: () => source[Symbol.dispose]() };
    } catch (error) {
      await spool.close(error instanceof InputError ? "remove" : "keep");
      throw error;
    }
  } catch (error) {
    source[Symbol.dispose]();
    throw error;
  }
}

async function summarize(
  { store, found, startedOver }: SourceSpool,
  policy: Policy,
  labelled: boolean,
  classes: readonly string[],
): Promise<Omit<FileSummary, "source" | "details">> {
  const byRow = policy.rule.kind === "false-alarm-rate";
  const threshold = policy.threshold(byRow ? new Float64Array(0) : await readScores(store, "pValues"));
  const scores = labelled ? await readScores(store, "scores") : null;
  const [labels, flagged] = [new Uint8Array(scores?.length ?? 0), new Uint8Array(scores?.length ?? 0)];
  let [row, flaggedCount] = [0, 0];
  const pValueTenths = new Array<number>(10).fill(0);
  const flaggedOf = new Array<number>(classes.length).fill(0);
  for await (const segment of store.segments()) {
    const flags = flagsOf(segment.pValues, threshold);
    for (const flag of flags) flaggedCount += flag;
    // A p-value equal to its level in decimals may be above it in binary.
    for (const p of segment.pValues) pValueTenths[Math.max(0, Math.min(9, Math.ceil(10 * p - 1e-9) - 1))]++;
    if (scores !== null) {
      labels.set(segment.labels, row);
      flagged.set(flags, row);
    }
    segment.classes.forEach((place, i) => {
      if (flags[i] === 1 && place < classes.length) flaggedOf[place]++;
    });
    row += flags.length;
  }
  return {
    rows: store.rows,
    flaggedCount,
    threshold,
    guarantee: policy.guarantee(store.rows),
    rule: policy.rule,
    ruleByDefault: policy.byDefault,
    evaluation: scores === null ? null : evaluateScores(labels, scores, flagged),
    written: null,
    resumedFrom: found > 0 ? found + 1 : null,
    startedOver,
    pValueTenths,
    flaggedClasses:
      classes.length === 0
        ? null
        : classes
            .map((name, place) => ({ name, rows: flaggedOf[place] }))
            .filter(({ rows }) => rows > 0)
            .sort((a, b) => b.rows - a.rows),
  };
}

async function arraysOf({ store }: SourceSpool, threshold: number, { classes }: OpenModel) {
  const [scores, pValues] = [await readScores(store, "scores"), await readScores(store, "pValues")];
  const named = classes.length > 0 && {
    nearestClasses: Array.from(await readScores(store, "classes"), (place) => classes[place] ?? ""),
  };
  return { scores, pValues, flagged: flagsOf(pValues, threshold), ...named };
}

function flagsOf(pValues: Float64Array, threshold: number): Uint8Array {
  const flags = new Uint8Array(pValues.length);
  for (let row = 0; row < flags.length; row++) if (pValues[row] <= threshold) flags[row] = 1;
  return flags;
}
