import type { Selected, Source, SourceSpool } from "../data/index.ts";
import { InputError } from "../errors/index.ts";
import type { Table } from "../numeric/index.ts";
import type { Policy } from "./decide.ts";
import { scoreIdentity } from "./file-identity.ts";
import { type LabelReader, labelReader } from "./file-labels.ts";
import type { FileOptions } from "./file-options.ts";
import type { OpenModel } from "./open-model.ts";
import { type RowMarks, rowMarks } from "./row-marks.ts";
import { scoreTables } from "./run.ts";

/** Rows a segment unless told otherwise: 4 MB of scores. */
const SEGMENT_ROWS = 250_000;

/** Calls of few rows are put together to tables of about so many. */
const TABLE_ROWS = 4096;

/**
 * Scores the rows of a source into a spool, from where an interrupted run of the same kind left off. Calls of the model
 * are cut at multiples of its chunk, counted from the first row, however the run was cut: the scores are the same bits.
 */
export async function spoolScores(
  model: OpenModel,
  source: Source,
  policy: Policy,
  options: FileOptions,
  resumable: boolean,
): Promise<SourceSpool> {
  const { label } = options;
  const together = model.images ? 1 : Math.max(1, Math.floor(TABLE_ROWS / model.manifest.chunk));
  const tableRows = model.manifest.chunk * together;
  const segmentRows = tableRows * Math.max(1, Math.round((options.segmentRows ?? SEGMENT_ROWS) / tableRows));
  const read: readonly Selected[] =
    label === undefined ? model.selection : [...model.selection, { name: label, as: "text" }];
  const marks = rowMarks(segmentRows);
  const open = () =>
    source.openSpool({
      output: resumable ? options.output : undefined,
      identity: scoreIdentity(model, options),
      segmentRows,
      labelled: label !== undefined,
      classed: model.classes.length > 0,
      rowMark: marks.of,
      resumableRows: options.resumableRows,
    });
  const spent: ArrayBuffer[] = [];
  const chunks = (skip: number) =>
    source.chunks(read, { rows: tableRows, skip, spent, images: model.images, signal: options.signal });
  let spool = await open();
  try {
    if (spool.rowsComputed && spool.found > 0 && !(await sameRows(chunks(0), spool, segmentRows))) {
      await spool.close("remove");
      spool = { ...(await open()), startedOver: "the rows of --sql came in another order than in the interrupted run" };
    }
    const { store, found } = spool;
    const of = await source.estimateRows();
    options.onProgress?.({ rows: found, of, from: found });
    if (spool.complete) return spool;
    await redraw(policy, store);
    const normal = options.normal ?? model.manifest.source.normal;
    const labels = label === undefined ? null : labelReader(label, normal, found);
    const taken: Uint8Array[] = [];
    const tables = unlabelled(chunks(found), labels, taken, spool.rowsComputed && resumable ? marks : null);
    let rows = found;
    const onRows = (scored: number) => {
      rows += scored;
      options.onProgress?.({ rows, of, from: found });
    };
    const left = of === null ? null : of - found;
    for await (const { scores, pValues, classes } of scoreTables(model, tables, {
      ...options,
      onRows,
      of: left,
      give: true,
      spent,
    }))
      await store.append(scores, policy.adjust(scores, pValues), taken.shift(), classes);
    if (found === 0) labels?.requireNormal();
    await spool.finish();
    return spool;
  } catch (error) {
    await spool.close(error instanceof InputError ? "remove" : "keep");
    throw error;
  }
}

/** Whether the rows behind the segments found come again as they came then. */
async function sameRows(tables: AsyncIterable<Table>, spool: SourceSpool, segmentRows: number): Promise<boolean> {
  const marks = rowMarks(segmentRows);
  let rows = 0;
  for await (const table of tables) {
    marks.add(table);
    rows += table.rows;
    if (rows >= spool.found) break;
  }
  return rows === spool.found && spool.rowMarks.every((mark, i) => mark !== null && mark === marks.of(i));
}

/** Random ties draw one number a row in order: those of the rows found are drawn again. */
async function redraw(policy: Policy, store: SourceSpool["store"]): Promise<void> {
  if (policy.ties !== "random") return;
  for await (const { scores, pValues } of store.segments()) policy.adjust(scores, pValues);
}

/** Takes the label column out of the tables as they pass, and marks the rows. */
async function* unlabelled(
  tables: AsyncIterable<Table>,
  labels: LabelReader | null,
  taken: Uint8Array[],
  marks: RowMarks | null,
): AsyncGenerator<Table> {
  for await (const table of tables) {
    marks?.add(table);
    if (labels === null) {
      yield table;
      continue;
    }
    const last = table.columns[table.columns.length - 1];
    taken.push(labels.read(last.values as readonly (string | null)[]));
    yield { ...table, columns: table.columns.slice(0, -1) };
  }
}
