import { z } from "zod";
import { InputError } from "../errors/index.ts";
import { concatenate, identity, input, type NdArray, ndArray, type Tensor } from "../graph/index.ts";
import type { Column, Table } from "../numeric/index.ts";
import { fitCategory, fitNumbers, fitTimestamp, type NumbersEncoder } from "./encoders.ts";
import { MISSING_TEXT } from "./missing.ts";
import { fitOneHot } from "./one-hot.ts";

/** How a raw column enters a model. */
export const INPUT_KINDS = ["numeric", "boolean", "category", "timestamp"] as const;
export type InputKind = (typeof INPUT_KINDS)[number];

/** A raw column that a model takes, as it stands in its manifest: name, kind, and how texts of it write times or booleans. */
export const inputColumn = z.strictObject({
  name: z.string().min(1),
  kind: z.enum(INPUT_KINDS),
  form: z.string().max(64).optional(),
});
export type InputColumn = z.infer<typeof inputColumn>;

/** Raw columns to one matrix of prepared ones, as an expression. */
export interface Features {
  /** The graph's inputs, one a raw column: float64 or string, [rows]. */
  readonly inputs: readonly Tensor[];
  /** Prepared rows: float64 rows × names. */
  readonly matrix: Tensor;
  readonly names: readonly string[];
  /** What each raw column became, for people. */
  readonly facts: readonly { readonly name: string; readonly facts: readonly string[] }[];
}

/**
 * Fits encoders to the raw columns of a table, by their kinds. The table's columns are those named, in any order.
 * Prepared columns keep the order of the raw ones, but that numbers side by side come first and their marks after them.
 * Categories are one number each, or columns of their own (one-hot). `from` are inputs of a graph that is there already,
 * one a column, to be read instead of new ones.
 */
export function fitFeatures(
  table: Table,
  columns: readonly InputColumn[],
  categories: "surprisal" | "one-hot" = "surprisal",
  from?: readonly Tensor[],
): Features {
  if (columns.length === 0)
    throw new InputError(
      "prepare: expected at least one column to learn from, got none; use --column name=numeric to use one",
    );
  const inputs =
    from ?? columns.map(({ name, kind }) => input(name, kind === "category" ? "string" : "float64", ["rows"]));
  const byName = new Map(table.columns.map((column) => [column.name, column]));
  const runs = runsOf(columns).map((run) => {
    const raws = inputs.slice(run.from, run.from + run.columns.length);
    return { run, raws, encoder: fitRun(run, byName, categories) };
  });
  const matrix = concatenate(
    runs.map(({ encoder, raws }) => encoder.forward(raws)),
    1,
  );
  return {
    inputs,
    matrix: columns.length === 1 ? identity(matrix) : matrix,
    names: runs.flatMap(({ encoder }) => encoder.names),
    facts: runs.flatMap(({ run, encoder }) => run.columns.map(({ name }, i) => ({ name, facts: encoder.facts[i] }))),
  };
}

/** Columns that are encoded as one: numbers side by side, or one column of another kind. */
interface Run {
  readonly kind: "numbers" | "category" | "timestamp";
  readonly from: number;
  readonly columns: readonly InputColumn[];
}

function runsOf(columns: readonly InputColumn[]): readonly Run[] {
  const runs: { kind: Run["kind"]; from: number; columns: InputColumn[] }[] = [];
  columns.forEach((column, from) => {
    const kind = column.kind === "numeric" || column.kind === "boolean" ? "numbers" : column.kind;
    const last = runs.at(-1);
    if (kind === "numbers" && last?.kind === "numbers") last.columns.push(column);
    else runs.push({ kind, from, columns: [column] });
  });
  return runs;
}

function fitRun(
  { kind, columns }: Run,
  byName: ReadonlyMap<string, Column>,
  categories: "surprisal" | "one-hot",
): NumbersEncoder {
  if (kind === "numbers")
    return fitNumbers(columns.map(({ name }) => ({ name, values: numbersOf(byName.get(name), name) })));
  const [{ name }] = columns;
  const column = byName.get(name);
  const { names, forward, facts } =
    kind === "category"
      ? (categories === "one-hot" ? fitOneHot : fitCategory)(name, textsOf(column, name))
      : fitTimestamp(name, numbersOf(column, name));
  return { names, forward: ([raw]) => forward(raw), facts: [facts] };
}

function numbersOf(column: Column | undefined, name: string): Float64Array {
  if (column?.type === "number") return column.values;
  throw new Error(`fitFeatures: column "${name}": expected numbers, got ${column?.type ?? "no such column"}`);
}

function textsOf(column: Column | undefined, name: string): readonly (string | null)[] {
  if (column?.type === "text") return column.values;
  throw new Error(`fitFeatures: column "${name}": expected text, got ${column?.type ?? "no such column"}`);
}

/** A table's columns and images as what a graph is fed: numbers and pixels as they are, missing text as the reserved value. */
export function feedsOf(table: Table): Record<string, NdArray> {
  const arrays = table.columns.map((column): [string, NdArray] => [
    column.name,
    column.type === "number"
      ? ndArray("float64", [table.rows], column.values)
      : ndArray(
          "string",
          [table.rows],
          column.values.map((text) => text ?? MISSING_TEXT),
        ),
  ]);
  const { images } = table;
  if (images) {
    const { height, width, channels } = images.shape;
    arrays.push([images.name, ndArray("float32", [table.rows, height, width, channels], images.values)]);
  }
  return Object.fromEntries(arrays); // not by assignment: a column may be called __proto__
}
