import { z } from "zod";
import { InputError } from "../errors/index.ts";
import { concatenate, identity, input, type NdArray, ndArray, type Tensor } from "../graph/index.ts";
import type { Column, Table } from "../numeric/index.ts";
import { type Encoder, fitCategory, fitNumber, fitTimestamp } from "./encoders.ts";
import { MISSING_TEXT } from "./missing.ts";

/** How a raw column enters a model. */
export const INPUT_KINDS = ["numeric", "boolean", "category", "timestamp"] as const;
export type InputKind = (typeof INPUT_KINDS)[number];

/** A raw column that a model takes: name and kind, as they stand in its manifest. */
export const inputColumn = z.strictObject({ name: z.string().min(1), kind: z.enum(INPUT_KINDS) });
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

/** Fits an encoder to every raw column of a table, by its kind. The table's columns are those named, in any order. */
export function fitFeatures(table: Table, columns: readonly InputColumn[]): Features {
  if (columns.length === 0)
    throw new InputError(
      "prepare: expected at least one column to learn from, got none; use --column name=numeric to use one",
    );
  const encoded = columns.map(({ name, kind }) => {
    const encoder = fitEncoder(
      table.columns.find((column) => column.name === name),
      name,
      kind,
    );
    const raw = input(name, kind === "category" ? "string" : "float64", ["rows"]);
    return { name, raw, encoder };
  });
  const matrix = concatenate(
    encoded.map(({ raw, encoder }) => encoder.forward(raw)),
    1,
  );
  return {
    inputs: encoded.map(({ raw }) => raw),
    matrix: encoded.length === 1 ? identity(matrix) : matrix,
    names: encoded.flatMap(({ encoder }) => encoder.names),
    facts: encoded.map(({ name, encoder }) => ({ name, facts: encoder.facts })),
  };
}

function fitEncoder(column: Column | undefined, name: string, kind: InputKind): Encoder {
  if (!column) throw new Error(`fitFeatures: column "${name}" is not in the table`);
  if ((kind === "category") !== (column.type === "text"))
    throw new Error(`fitFeatures: column "${name}": a ${kind} column does not hold ${column.type}`);
  if (column.type === "text") return fitCategory(name, column.values);
  return kind === "timestamp" ? fitTimestamp(name, column.values) : fitNumber(name, column.values);
}

/** A table's columns as what a graph is fed: numbers as they are, missing text as the reserved value. */
export function feedsOf(table: Table): Record<string, NdArray> {
  const arrays = table.columns.map((column) => [
    column.name,
    column.type === "number"
      ? ndArray("float64", [table.rows], column.values)
      : ndArray(
          "string",
          [table.rows],
          column.values.map((text) => text ?? MISSING_TEXT),
        ),
  ]);
  return Object.fromEntries(arrays); // not by assignment: a column may be called __proto__
}
