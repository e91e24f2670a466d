import {
  checkOutput,
  identifier,
  nearNames,
  openSource,
  type Source,
  type SourceOptions,
  streamScored,
  type WriteOptions,
  writeScored,
} from "../data/index.ts";
import { InputError } from "../errors/index.ts";
import type { Table } from "../numeric/index.ts";
import { type DecisionOptions, type Policy, policyOf } from "./decide.ts";
import { type Evaluation, evaluateScores } from "./evaluation.ts";
import { anomalous } from "./labels.ts";
import type { OpenModel } from "./open-model.ts";
import { scoreTables } from "./run.ts";
import type { Scores } from "./scores.ts";

export interface FileOptions extends DecisionOptions, SourceOptions {
  /** Where the scored rows go (.csv, .tsv, .jsonl, .parquet, also .gz); nowhere when left out. */
  readonly output?: string;
  /** The format of the output, where its ending does not tell. */
  readonly outputFormat?: WriteOptions["format"];
  /** Which of the input's columns stand in the output: all, none (the row's number then), or those named. */
  readonly keep?: WriteOptions["keep"];
  /** Whether the output holds every row or the flagged ones. */
  readonly only?: WriteOptions["only"];
  /** Put before `row`, `score`, `p_value` and `flagged` in the output. */
  readonly prefix?: string;
  /** A column that says what each row is: the scores are then compared with it. */
  readonly label?: string;
  /** The labels that are normal; those of the fit when left out. */
  readonly normal?: string | readonly string[];
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { readonly rows: number; readonly of: number | null }) => void;
  readonly workers?: number;
}

/** The decisions on a file's rows. */
export interface FileScores extends Scores {
  readonly source: string;
  /** How the scores compare with the labels; null without labels. */
  readonly evaluation: Evaluation | null;
  /** The path written and its rows; null when nothing was. */
  readonly written: { readonly path: string; readonly rows: number } | null;
  /** The rule that was applied, and whether it was chosen for want of one. */
  readonly rule: Policy["rule"];
  readonly ruleByDefault: boolean;
}

/** Scores a file in bounded memory: 16 bytes a row beside the chunks under way, and the arrays returned. */
export async function scoreFile(model: OpenModel, path: string, options: FileOptions): Promise<FileScores> {
  using opened = await openAndScore(model, path, options);
  if (options.output === undefined) return opened.scores;
  const { rows } = await writeScored(opened.source, opened.store, {
    ...writeOptions(opened.scores, options),
    path: options.output,
  });
  return { ...opened.scores, written: { path: options.output, rows } };
}

/** The same, with the scored rows as bytes. They must be read to the end, or returned, for the file to be closed. */
export async function streamFile(
  model: OpenModel,
  path: string,
  options: FileOptions,
): Promise<{ readonly scores: FileScores; readonly bytes: AsyncIterable<Uint8Array> }> {
  const opened = await openAndScore(model, path, options, true);
  async function* bytes() {
    using _ = opened;
    yield* streamScored(opened.source, opened.store, writeOptions(opened.scores, options));
  }
  return { scores: opened.scores, bytes: bytes() };
}

function writeOptions(scores: Scores, { keep, only, prefix, outputFormat, signal }: FileOptions): WriteOptions {
  return { flagged: scores.threshold, keep, only, prefix, format: outputFormat, signal };
}

interface Opened extends Disposable {
  readonly source: Source;
  readonly store: Awaited<ReturnType<Source["openScores"]>>;
  readonly scores: FileScores;
}

async function openAndScore(
  model: OpenModel,
  path: string,
  options: FileOptions,
  written = options.output !== undefined,
): Promise<Opened> {
  const { manifest, calibration, selection } = model;
  const policy = policyOf(calibration, manifest.calibration.method, options);
  const source = await openSource(
    path,
    {
      ...options,
      sql: options.sql ?? manifest.source.sql ?? undefined,
      missing: [...manifest.source.missing, ...(options.missing ?? [])],
    },
    options.signal,
  );
  try {
    requireColumns(source, selection);
    if (written) checkOutput(source, { ...options, path: options.output, format: options.outputFormat });
    const of = await source.estimateRows();
    const store = await source.openScores();
    const labels: (string | null)[] = [];
    const { label } = options;
    const read = label === undefined ? selection : [...selection, { name: label, as: "text" as const }];
    const tables = withoutLabels(source.chunks(read, { signal: options.signal }), label, labels);
    let rows = 0;
    const onRows = (scored: number) => {
      rows += scored;
      options.onProgress?.({ rows, of });
    };
    for await (const { scores, pValues } of scoreTables(model, tables, { ...options, onRows }))
      await store.append(scores, policy.adjust(scores, pValues));
    const [scores, pValues] = [await store.scores(), await store.pValues()];
    const threshold = policy.threshold(pValues);
    const flagged = Uint8Array.from(pValues, (p) => (p <= threshold ? 1 : 0));
    const normal = options.normal ?? manifest.source.normal;
    return {
      source,
      store,
      scores: {
        rows: store.rows,
        scores,
        pValues,
        flagged,
        flaggedCount: flagged.reduce((count, flag) => count + flag, 0),
        threshold,
        guarantee: policy.guarantee(store.rows),
        source: source.description,
        rule: policy.rule,
        ruleByDefault: policy.byDefault,
        evaluation: label === undefined ? null : evaluateScores(anomalous(labels, label, normal), scores, flagged),
        written: null,
      },
      [Symbol.dispose]: () => source[Symbol.dispose](),
    };
  } catch (error) {
    source[Symbol.dispose]();
    throw error;
  }
}

function requireColumns({ columns, description }: Source, selection: OpenModel["selection"]): void {
  const names = columns.map(({ name }) => name);
  const lacking = selection.map(({ name }) => name).filter((name) => !names.includes(name));
  if (lacking.length === 0) return;
  const listed = lacking.slice(0, 5).map((name) => JSON.stringify(name));
  const unused = names.filter((name) => !selection.some((column) => column.name === name));
  const near = nearNames(lacking[0], unused)[0];
  const made = near === undefined ? "NULL" : identifier(near);
  const remedy =
    names.length === 1 && selection.length > 1
      ? "if the file has more columns than one, check --delimiter; else "
      : near === undefined
        ? ""
        : `is ${JSON.stringify(lacking[0])} called ${JSON.stringify(near)} here? `;
  throw new InputError(
    `score: ${description}: expected the columns that the model learned from, got none called ${listed.join(", ")}${lacking.length > 5 ? `, … (${lacking.length})` : ""}; ` +
      `${remedy}rename or add ${lacking.length > 1 ? "them" : "it"}, as with --sql 'select *, ${made} as ${identifier(lacking[0])} from input'`,
  );
}

/** Takes the label column out of the tables as they pass. */
async function* withoutLabels(
  tables: AsyncIterable<Table>,
  label: string | undefined,
  labels: (string | null)[],
): AsyncGenerator<Table> {
  for await (const table of tables) {
    if (label === undefined) {
      yield table;
      continue;
    }
    const last = table.columns[table.columns.length - 1];
    for (const text of last.values as readonly (string | null)[]) labels.push(text);
    yield { ...table, columns: table.columns.slice(0, -1) };
  }
}
