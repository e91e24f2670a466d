import {
  type ColumnKind,
  type InferredColumn,
  type Input,
  inferSchema,
  openSource,
  type Source,
  type SourceOptions,
  selectionOf,
  unknownColumn,
} from "../../data/index.ts";
import { InputError } from "../../errors/index.ts";
import type { Table } from "../../numeric/index.ts";
import type { InputColumn } from "../../prepare/index.ts";
import { inputColumns } from "../fit.ts";
import { requireTable } from "../images.ts";

/** Two inputs with the same columns, read. */
export interface ReadSamples {
  readonly columns: readonly InputColumn[];
  readonly ignored: readonly { readonly name: string; readonly reason: string }[];
  readonly window: Table;
  readonly reference: Table;
  readonly groups: { readonly window: readonly string[]; readonly reference: readonly string[] } | null;
  readonly warnings: readonly string[];
}

export interface ReadOptions {
  readonly ignore?: readonly string[];
  readonly columns?: Readonly<Record<string, ColumnKind>>;
  readonly group?: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads window and reference. What columns are is inferred from the reference, which has more rows; the window must have
 * them, and fit. A column that the reference leaves aside because it is constant there is told of where it varies in the
 * window. Throws an InputError that names column and remedy.
 */
export async function readSamples(window: Source, reference: Source, options: ReadOptions): Promise<ReadSamples> {
  const { ignore = [], group, signal } = options;
  for (const source of [window, reference])
    if (group !== undefined && !source.columns.some(({ name }) => name === group))
      throw new InputError(
        `discover: --group: ${unknownColumn(
          group,
          source.columns.map(({ name }) => name),
        )}`,
      );
  const there = (name: string) => reference.columns.some((column) => column.name === name);
  const unknown = ignore.find((name) => !there(name) && !window.columns.some((column) => column.name === name));
  if (unknown !== undefined)
    throw new InputError(
      `discover: --ignore: ${unknownColumn(
        unknown,
        reference.columns.map(({ name }) => name),
      )}`,
    );
  const aside = [
    ...new Set([...ignore.filter(there), ...(group === undefined || options.columns?.[group] ? [] : [group])]),
  ];
  const schema = inferSchema(await reference.profile(signal), {
    ignore: aside,
    ...(options.columns && { columns: options.columns }),
  });
  const used = schema.filter((column) => column.used);
  requireColumns(window, used);
  const columns = usedColumns(schema);
  const selection = selectionOf(schema);
  const read = async (source: Source): Promise<Table> => source.read(selection, { ...(signal && { signal }) });
  const groupsOf = async (source: Source) => {
    const table = await source.read([{ name: group!, as: "text" }], { ...(signal && { signal }) });
    const values = table.columns[0].values as readonly (string | null)[];
    return Array.from(values, (value, row) => value ?? `missing, row ${row + 1}`);
  };
  const groups = group === undefined ? null : { window: await groupsOf(window), reference: await groupsOf(reference) };
  const ignored = schema
    .filter((column) => !column.used)
    .map(({ name, reason }) => ({ name, reason: name === group ? "what rows hang together by" : reason }));
  return {
    columns,
    ignored,
    window: await read(window),
    reference: await read(reference),
    groups,
    warnings: await newlyVarying(window, schema, aside, signal),
  };
}

/** Opens window and reference with the same options; the reference may have a condition of its own. */
export async function openBoth(
  window: Input,
  reference: Input,
  options: SourceOptions & { readonly referenceWhere?: string | undefined; readonly signal?: AbortSignal | undefined },
): Promise<readonly [Source, Source]> {
  const { referenceWhere, signal, where, sql, delimiter, header, missing, format } = options;
  const reading = { sql, delimiter, header, missing, format };
  const first = await openSource(window, { ...reading, where }, signal);
  try {
    requireTable("discover", first);
    const second = await openSource(reference, { ...reading, where: referenceWhere }, signal);
    if (second.isImageFolder) second[Symbol.dispose]();
    requireTable("discover", second);
    return [first, second];
  } catch (error) {
    first[Symbol.dispose]();
    throw error;
  }
}

function usedColumns(schema: readonly InferredColumn[]): readonly InputColumn[] {
  try {
    return inputColumns(schema);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(error.message.replace(/^fit: /, "discover: the reference: "), { cause: error });
  }
}

function requireColumns(window: Source, used: readonly InferredColumn[]): void {
  const names = window.columns.map(({ name }) => name);
  const lacking = used.filter(({ name }) => !names.includes(name)).map(({ name }) => JSON.stringify(name));
  if (lacking.length > 0)
    throw new InputError(
      `discover: the window: expected the columns of the reference, got none called ${lacking.slice(0, 5).join(", ")}${lacking.length > 5 ? `, … (${lacking.length})` : ""}; add them with --sql, or pass --ignore`,
    );
}

/** Columns that are left aside because the reference has one value there, of which the window has others. */
async function newlyVarying(
  window: Source,
  schema: readonly InferredColumn[],
  aside: readonly string[],
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const constant = schema.filter(({ name, used, distinct }) => !used && distinct <= 1 && !aside.includes(name));
  if (constant.length === 0) return [];
  const profiles = await window.profile(signal);
  return constant.flatMap(({ name, examples }) => {
    const own = profiles.find((profile) => profile.name === name);
    const differs = own && own.distinct > 0 && (own.distinct > 1 || own.examples[0] !== examples[0]);
    return differs
      ? [
          `column ${JSON.stringify(name)} has one value in the reference, and other values in the window: that alone is new, and the test does not see it`,
        ]
      : [];
  });
}
