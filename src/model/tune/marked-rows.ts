import { type Input, nearNames, openSource, type Source, type SourceOptions } from "../../data/index.ts";
import { InputError } from "../../errors/index.ts";
import { stackTables, type Table, takeTableRows } from "../../numeric/index.ts";
import { requireColumns } from "../file-columns.ts";
import type { Manifest } from "../manifest.ts";
import type { OpenModel } from "../open-model.ts";
import { readMarks } from "./label-reading.ts";
import { rowTexts } from "./row-texts.ts";

/** Rows that a person marked, raw, equal ones once. */
export interface MarkedRows {
  readonly source: string;
  /** Whether `score` wrote them: they were picked by its score then. */
  readonly scored: boolean;
  readonly anomalous: Table;
  /** The class of each: its mark, where that says more than that it is anomalous. */
  readonly classes: readonly string[];
  readonly normal: Table;
  /** The numbers of the normal rows in the input, from 1. */
  readonly normalNumbers: readonly number[];
  /** Rows that were not marked, and rows equal to one before them. */
  readonly unmarked: number;
  readonly repeated: number;
  /** How the marks were read. */
  readonly sentence: string;
}

interface MarkOptions extends SourceOptions {
  readonly label: string;
  readonly normal?: string | readonly string[];
  readonly signal?: AbortSignal;
  readonly onCall?: (event: "begin" | "end") => void;
}

/**
 * Reads marked rows: the model's columns by name, and the label. Other columns are left alone: those that `score` added, too.
 * Throws an InputError where a column is lacking, marks cannot be read, or equal rows have both marks.
 */
export async function readMarked(
  model: Pick<OpenModel, "manifest" | "selection">,
  input: Input,
  options: MarkOptions,
): Promise<MarkedRows> {
  const { label, normal, signal } = options;
  const { manifest, selection } = model;
  if (selection.some(({ name }) => name === label))
    throw new InputError(
      `tune: --label: expected a column that the model does not look at, got "${label}"; name the column of marks`,
    );
  using source = await openMarked(manifest, input, options);
  requireLabel(source, label);
  requireColumns("tune: --labels", source, selection);
  const labels = await source.read([{ name: label, as: "text" }], { signal });
  const texts = labels.columns[0].values as readonly (string | null)[];
  const { marks, sentence } = readMarks(texts, label, normal);
  const places = [...marks.keys()].filter((row) => marks[row] !== null);
  const table = await rowsAt(source, selection, places, signal);
  const { numbers } = await source.numbers(places, signal);
  const own = places.map((place) => marks[place] as 0 | 1);
  const kept = distinct(rowTexts(table), own, numbers);
  const take = (mark: 0 | 1) => kept.filter((i) => own[i] === mark);
  return {
    source: source.description,
    scored: isScored(source.columns.map(({ name }) => name)),
    anomalous: takeTableRows(table, take(1)),
    // Without --normal the texts are spellings of one word, not classes.
    classes: take(1).map((i) => (normal === undefined ? "anomalous" : (texts[places[i]] as string))),
    normal: takeTableRows(table, take(0)),
    normalNumbers: take(0).map((i) => numbers[i]),
    unmarked: marks.length - places.length,
    repeated: places.length - kept.length,
    sentence,
  };
}

/** More marked rows than this are for a fit that takes labels. */
const MOST = 2000;

/** Rows at places, in increasing order: the others are read and let go. */
async function rowsAt(
  source: Source,
  selection: OpenModel["selection"],
  places: readonly number[],
  signal?: AbortSignal,
): Promise<Table> {
  if (places.length > MOST)
    throw new InputError(
      `tune: --labels: expected at most ${MOST} marked rows, got ${places.length}; with so many, learn from them anew: unseen fit --label, with a detector that takes labels`,
    );
  const parts: Table[] = [];
  let [first, next] = [0, 0];
  for await (const table of source.chunks(selection, { signal })) {
    const inside: number[] = [];
    for (; next < places.length && places[next] < first + table.rows; next++) inside.push(places[next] - first);
    if (inside.length > 0) parts.push(takeTableRows(table, inside));
    if (next === places.length) break;
    first += table.rows;
  }
  return stackTables(parts);
}

/** SQL that came with the model applies to rows as they were before `score`; what `score` wrote has its columns already. */
async function openMarked(manifest: Manifest, input: Input, options: MarkOptions): Promise<Source> {
  const { sql, where, delimiter, header, format, signal } = options;
  const missing = [...manifest.source.missing, ...(options.missing ?? [])];
  const how = { where, delimiter, header, format, missing };
  if (sql !== undefined || manifest.source.sql === null) return await openSource(input, { ...how, sql }, signal);
  const source = await openSource(input, how, signal);
  if (isScored(source.columns.map(({ name }) => name))) return source;
  source[Symbol.dispose]();
  options.onCall?.("begin");
  const computed = await openSource(input, { ...how, sql: manifest.source.sql }, signal);
  options.onCall?.("end");
  return computed;
}

/** Whether `score` wrote these columns: its three results, all with one prefix. */
function isScored(names: readonly string[]): boolean {
  return names.some((name) => {
    if (!name.endsWith("p_value")) return false;
    const prefix = name.slice(0, -"p_value".length);
    return ["score", "flagged"].every((result) => names.includes(prefix + result));
  });
}

function requireLabel({ columns, description }: Source, label: string): void {
  const names = columns.map(({ name }) => name);
  if (names.includes(label)) return;
  const [near] = nearNames(label, names);
  const remedy = isScored(names)
    ? "write the file with unseen score --review, which adds one, or name yours with --label"
    : `${near === undefined ? "" : `is it "${near}"? `}name the column of marks with --label`;
  throw new InputError(`tune: --label: ${description}: expected a column "${label}", got none; ${remedy}`);
}

/** The first of equal rows that are marked. Throws an InputError where they have both marks. */
function distinct(rows: readonly string[], marks: readonly (0 | 1)[], numbers: readonly number[]): readonly number[] {
  const first = new Map<string, number>();
  rows.forEach((text, row) => {
    const before = first.get(text);
    if (before === undefined) first.set(text, row);
    else if (marks[before] !== marks[row])
      throw new InputError(
        `tune: rows ${numbers[before]} and ${numbers[row]} are equal in all columns of the model, and marked once ${marks[before] === 1 ? "anomalous" : "normal"} and once ${marks[row] === 1 ? "anomalous" : "normal"}; mark both alike, or leave both empty`,
      );
  });
  return [...first.values()].sort((a, b) => a - b);
}
