import { key as keyOf, permutation, type Table } from "../src/numeric/index.ts";
import { columnsOf, pValuesOf, readRaw, shareAtMost } from "./order-rows.ts";
import type { Measurement } from "./results.ts";

/** Columns that say which flow it is, not what it is like. */
const ASIDE = ["id", "Flow ID", "Src IP", "Src Port", "Dst IP", "Dst Port", "Timestamp", "Attempted Category", "Label"];

/** Shares of normal rows of new groups with p ≤ level, for one draw of the groups. */
export interface FlowResult extends Measurement {
  readonly method: string;
  readonly units: number;
  readonly warnings: number;
  readonly learned_groups: number;
  readonly new_groups: number;
  readonly new_rows: number;
}

/** The normal flows. */
export function readFlows(): Promise<Table> {
  return readRaw("intrusion/cicids2017-improved.parquet", "Label = 'BENIGN'");
}

/** The sizes of the groups of a column, largest first. */
export function groupSizes(table: Table, column: string): readonly number[] {
  return [...rowsByGroup(table, column).values()].map(({ length }) => length).sort((a, b) => b - a);
}

/**
 * Learns from a part of the groups, drawn at random whatever their sizes, and measures p-values on the rows of the
 * others: over groups, each counting the same, and over rows.
 */
export async function measureFlows(
  table: Table,
  column: string,
  newShare: number,
  grouped: boolean,
  detector: string,
  seed: number,
  levels: readonly number[],
): Promise<FlowResult> {
  const groups = [...rowsByGroup(table, column).values()];
  const order = permutation(keyOf(seed).for("flows").for(column), groups.length);
  const count = Math.round(newShare * groups.length);
  const fresh = Array.from(order.subarray(0, count), (i) => groups[i]);
  const learn = Uint32Array.from(Array.from(order.subarray(count), (i) => groups[i]).flat()).sort();
  const options = { key: seed, detector, ignore: ASIDE, ...(grouped && { group: column }) };
  const { pValues, ...facts } = await pValuesOf(columnsOf(table, learn), columnsOf(table, fresh.flat()), options);
  const sizes = fresh.map(({ length }) => length);
  const starts = sizes.map((_, i) => sizes.slice(0, i).reduce((a, b) => a + b, 0));
  const byGroup = starts.map((start, i) => pValues.subarray(start, start + sizes[i]));
  return {
    ...facts,
    learned_groups: groups.length - count,
    new_groups: count,
    new_rows: pValues.length,
    ...Object.fromEntries(
      levels.flatMap((level) => [
        [`groups ${level}`, byGroup.reduce((sum, p) => sum + shareAtMost(p, level), 0) / count],
        [`rows ${level}`, shareAtMost(pValues, level)],
      ]),
    ),
  };
}

function rowsByGroup(table: Table, column: string): ReadonlyMap<string, number[]> {
  const names = table.columns.find(({ name }) => name === column)!.values as readonly string[];
  const rows = new Map<string, number[]>();
  names.forEach((name, row) => {
    rows.set(name, [...(rows.get(name) ?? []), row]);
  });
  return rows;
}
