import { openSource, type WrittenType, writeParquet } from "../../data/index.ts";
import { InputError } from "../../errors/index.ts";
import { replaceFile } from "../../model/index.ts";

/** The columns of a file of results, in order. */
const COLUMNS = {
  suite: "text",
  part: "text",
  set: "text",
  split: "text",
  data_sha256: "text",
  protocol: "text",
  max_train: "integer",
  max_test: "integer",
  name: "text",
  control: "text",
  twin_of: "text",
  detector: "text",
  options: "text",
  variant: "text",
  key: "integer",
  n_train: "integer",
  n_learned: "integer",
  n_test: "integer",
  anomalies: "integer",
  d: "integer",
  auroc: "number",
  ap: "number",
  recall_1_percent: "number",
  recall_5_percent: "number",
  recall_flagged: "number",
  false_alarms_flagged: "number",
  fit_seconds: "number",
  score_seconds: "number",
  fit_cpu_seconds: "number",
  score_cpu_seconds: "number",
  bytes: "integer",
  error: "text",
  version: "text",
  onnxruntime: "text",
  code: "text",
  node: "text",
  machine: "text",
  at_once: "integer",
} as const satisfies Record<string, WrittenType>;

type Name = keyof typeof COLUMNS;
type TextName = { [K in Name]: (typeof COLUMNS)[K] extends "text" ? K : never }[Name];

/**
 * One unit: a contestant on a set, and everything that made its numbers. Where the detector refused or failed, `error`
 * says why and what would have been measured is NaN; elsewhere `error` is "". "" and NaN stand for what there is not.
 */
export type ResultRow = Readonly<{ [K in Name]: K extends TextName ? string : number }>;

/** Writes a file of results, beside its path first. */
export async function writeResults(path: string, rows: readonly ResultRow[]): Promise<void> {
  const plain = rows.map((row) =>
    Object.fromEntries(
      Object.keys(COLUMNS).map((name) => {
        const value = row[name as Name];
        return [name, value === "" || (typeof value === "number" && !Number.isFinite(value)) ? null : value];
      }),
    ),
  );
  await replaceFile(path, (beside) => writeParquet(beside, COLUMNS, plain));
}

/** Reads a file of results. Throws an InputError where a column is not there. */
export async function readResults(path: string): Promise<readonly ResultRow[]> {
  using source = await openSource(path);
  const names = Object.keys(COLUMNS) as Name[];
  const absent = names.find((name) => !source.columns.some((column) => column.name === name));
  if (absent !== undefined)
    throw new InputError(
      `bench: ${path}: expected a file of results with the column ${absent}, got none; measure anew`,
    );
  const table = await source.read(
    names.map((name) => ({ name, as: COLUMNS[name] === "text" ? ("text" as const) : ("number" as const) })),
  );
  return Array.from(
    { length: table.rows },
    (_, row) => Object.fromEntries(table.columns.map(({ name, values }) => [name, values[row] ?? ""])) as ResultRow,
  );
}
