import type { Selected, Source } from "../data/index.ts";
import { type Column, type Table, takeTableRows } from "../numeric/index.ts";
import { isNormal } from "./labels.ts";
import type { OpenModel } from "./open-model.ts";
import type { FlaggedRow, LabelCounts, ScoreDetails, ScoredFile } from "./score-details.ts";

/** So many columns that the model leaves aside are shown beside a flagged row, and so many labels one by one. */
const MOST_OTHERS = 6;
const MOST_CLASSES = 30;
/** So many labels are told apart; rows of others count as one. */
const MOST_TEXTS = 1000;

/** Places, from 0, of the rows that are wanted. */
export interface WantedRows {
  readonly flagged: readonly number[];
  readonly sampledFlagged: readonly number[];
  readonly sampledUnflagged: readonly number[];
}

/** The wanted rows of a file, in one pass over it, which also counts its labels. */
export async function pickRows(
  model: OpenModel,
  { source, store, threshold, label, normal, signal }: ScoredFile,
  wanted: WantedRows,
): Promise<{
  readonly flagged: Table;
  readonly others: readonly FlaggedRow["others"][];
  readonly sample: ScoreDetails["sample"];
  readonly classes: ScoreDetails["classes"];
}> {
  const width = model.selection.length;
  const beside = othersOf(source, model, label);
  const read: readonly Selected[] = [...model.selection, ...beside.map((name) => ({ name, as: "text" as const }))];
  const places = [...new Set([...wanted.flagged, ...wanted.sampledFlagged, ...wanted.sampledUnflagged])].sort(
    (a, b) => a - b,
  );
  const tally = labelTally(normal);
  const flags = label === null ? null : flagsOf(store.segments(), threshold);
  const parts: Table[] = [];
  let [first, next] = [0, 0];
  for await (const table of source.chunks(read, { signal })) {
    const inside: number[] = [];
    for (; next < places.length && places[next] < first + table.rows; next++) inside.push(places[next] - first);
    if (inside.length > 0) parts.push(takeTableRows(table, inside));
    if (flags !== null) {
      const { values } = table.columns[width];
      for (let i = 0; i < table.rows; i++) tally.add(values[i] as string, (await flags.next()).value === true);
    } else if (next === places.length) break;
    first += table.rows;
  }
  const all = joined(parts);
  const at = new Map(places.map((place, i) => [place, i]));
  const rowsAt = (wantedPlaces: readonly number[]) =>
    takeTableRows(
      { rows: all.rows, columns: all.columns.slice(0, width) },
      wantedPlaces.map((place) => at.get(place)!),
    );
  const { sampledFlagged, sampledUnflagged } = wanted;
  const images = model.images && (await source.imagesAt(model.images, wanted.flagged, signal));
  return {
    flagged: { ...rowsAt(wanted.flagged), ...(images && { images }) },
    others: wanted.flagged.map((place) =>
      beside.map((name, j) => ({ name, value: all.columns[width + j].values[at.get(place)!] as string | null })),
    ),
    sample: {
      rows: rowsAt([...sampledUnflagged, ...sampledFlagged]),
      flagged: Uint8Array.from({ length: sampledUnflagged.length + sampledFlagged.length }, (_, i) =>
        i < sampledUnflagged.length ? 0 : 1,
      ),
    },
    classes: label === null ? null : tally.classes(),
  };
}

/** The label, then columns that the model left aside. */
function othersOf(source: Source, { manifest }: OpenModel, label: string | null): string[] {
  const readable = new Set(source.columns.filter(({ type }) => type !== "nested").map(({ name }) => name));
  const left = manifest.ignored
    .filter(({ name, kind }) => readable.has(name) && name !== label && kind !== "constant")
    .map(({ name }) => name);
  return [...(label === null ? [] : [label]), ...left.slice(0, MOST_OTHERS)];
}

/** Counts rows and flags by label. */
function labelTally(normal: string | readonly string[]) {
  const counts = new Map<string, { normal: boolean; rows: number; flagged: number }>();
  const rest = { rows: 0, flagged: 0 };
  return {
    add(text: string, isFlagged: boolean) {
      let held = counts.get(text);
      if (held === undefined && (counts.size < MOST_TEXTS || isNormal(text, normal))) {
        held = { normal: isNormal(text, normal), rows: 0, flagged: 0 };
        counts.set(text, held);
      }
      const count = held ?? rest;
      count.rows++;
      if (isFlagged) count.flagged++;
    },
    classes(): readonly LabelCounts[] {
      const named = [...counts].map(([name, count]) => ({ name, ...count })).sort((a, b) => b.rows - a.rows);
      const shown = named.filter(({ normal }, i) => normal || i < MOST_CLASSES);
      const small = named.filter((one) => !shown.includes(one));
      const rows = small.reduce((sum, one) => sum + one.rows, rest.rows);
      const flagged = small.reduce((sum, one) => sum + one.flagged, rest.flagged);
      return rows === 0 ? shown : [...shown, { name: "all other labels", normal: false, rows, flagged }];
    },
  };
}

/** Whether each row is flagged, in order. */
async function* flagsOf(segments: ReturnType<ScoredFile["store"]["segments"]>, threshold: number) {
  for await (const { pValues } of segments) for (const p of pValues) yield p <= threshold;
}

/** Tables of the same columns, one after the other. */
function joined(tables: readonly Table[]): Table {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const columns = (tables[0]?.columns ?? []).map((column, j): Column => {
    const parts = tables.map((table) => table.columns[j]);
    if (column.type === "text") return { ...column, values: parts.flatMap(({ values }) => [...(values as string[])]) };
    const values = new Float64Array(rows);
    let at = 0;
    for (const part of parts) {
      values.set(part.values as Float64Array, at);
      at += part.values.length;
    }
    return { ...column, values };
  });
  return { rows, columns };
}
