import { type InferredColumn, type Source, selectionOf, unknownColumn } from "../data/index.ts";
import { InputError } from "../errors/index.ts";
import { inputColumns, normalTexts, readTogether, schemaOf, type Together, takeTogether } from "../model/index.ts";
import { type Table, takeTableRows } from "../numeric/index.ts";
import type { InputColumn } from "../prepare/index.ts";
import type { EvaluateOptions } from "./options.ts";
import type { Labels } from "./run.ts";

/** The rows of a source that have a label, and what was read beside them. */
export interface Labelled {
  readonly table: Table;
  readonly columns: readonly InputColumn[];
  readonly schema: readonly InferredColumn[];
  readonly labels: Labels;
  /** The labels that stand for normal, as they are written. */
  readonly normal: readonly string[];
  /** The label of each row, as it is written. */
  readonly texts: readonly string[];
  readonly together: Together | null;
  /** What the column that divides the rows says; null where none does. */
  readonly parts: readonly (string | null)[] | null;
  /** Rows left out because they have no label. */
  readonly unlabelled: number;
  /** Places of the rows among those read. */
  readonly places: Uint32Array;
}

/** More different labels than this, and the column is taken for another one. */
const MOST_LABELS = 500;

/** Reads rows and labels once. `partColumn` is the column that says which rows train, if any; it is left aside. */
export async function readLabelled(
  source: Source,
  options: EvaluateOptions,
  partColumn: string | null,
): Promise<Labelled> {
  const { label, signal, onProgress } = options;
  const names = source.columns.map(({ name }) => name);
  if (label === undefined)
    throw new InputError(
      `evaluate: --label: expected a column that says what each row is, got none; pass --label COLUMN --normal VALUE, with one of ${names.slice(-5).join(", ")} perhaps`,
    );
  if (!names.includes(label)) throw new InputError(`evaluate: --label: ${unknownColumn(label, names)}`);
  if (partColumn !== null && !names.includes(partColumn))
    throw new InputError(`evaluate: --split-column: ${unknownColumn(partColumn, names)}`);
  onProgress?.({ stage: "look at columns", done: 0, total: 1 });
  const aside = await source.read(
    [label, ...(partColumn === null ? [] : [partColumn])].map((name) => ({ name, as: "text" as const })),
    { signal },
  );
  const [said, parts = null] = aside.columns.map(({ values }) => values as readonly (string | null)[]);
  const counts = new Map<string, number>();
  for (const text of said) if (text !== null) counts.set(text, (counts.get(text) ?? 0) + 1);
  const normal = normalTexts("evaluate", counts, label, options.normal);
  if (counts.size > MOST_LABELS)
    throw new InputError(
      `evaluate: --label: column "${label}": expected at most ${MOST_LABELS} different labels, got ${counts.size}; name a column that says what each row is, or group its values with --sql`,
    );
  if (normal.length === counts.size)
    throw new InputError(
      `evaluate: --label: column "${label}": expected anomalous rows too, got only ${normal.join(", ")}; evaluation needs both kinds`,
    );
  const schema = await schemaOf(source, {
    ...options,
    ignore: [
      ...(options.ignore ?? []),
      ...(partColumn === null || options.ignore?.includes(partColumn) ? [] : [partColumn]),
    ],
  });
  const columns = inputColumns(schema);
  const together = await readTogether(source, options);
  const rows = await source.read(selectionOf(schema), {
    signal,
    onProgress: (progress) => onProgress?.({ stage: "read", done: progress.rows, total: progress.of }),
  });
  const places = Uint32Array.from(said.keys()).filter((row) => said[row] !== null);
  const all = places.length === said.length;
  const texts = Array.from(places, (row) => said[row]!);
  const isNormal = new Set(normal);
  return {
    table: all ? rows : takeTableRows(rows, places),
    columns,
    schema: schema.map((column) =>
      column.name === partColumn ? { ...column, reason: "says which rows train" } : column,
    ),
    labels: {
      anomalous: Uint8Array.from(texts, (text) => (isNormal.has(text) ? 0 : 1)),
      classes: texts.map((text) => (isNormal.has(text) ? null : text)),
    },
    normal,
    texts,
    together: all || together === null ? together : takeTogether(together, places),
    parts: parts && Array.from(places, (row) => parts[row]),
    unlabelled: said.length - places.length,
    places,
  };
}
