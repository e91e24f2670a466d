import { type Matrix, rowOf } from "../../numeric/index.ts";
import type { Edit } from "./edits.ts";
import { deviation, type NormalColumn } from "./normal-rows.ts";

/** A change that makes a row normal, as the model scored it. */
export interface FoundChange {
  readonly edit: Edit;
  readonly score: number;
  readonly pValue: number;
}

/** The smallest change seen of each row: fewest columns, then the least deviation. */
export interface Found {
  readonly isNormal: (pValue: number) => boolean;
  /** Looks at an edit that was scored. */
  readonly offer: (edit: Edit, score: number, pValue: number) => void;
  readonly of: (row: number) => FoundChange | undefined;
  /** How many columns the smallest change of a row has; Infinity without one. */
  readonly size: (row: number) => number;
}

/** Collects changes whose p-value is above the level. */
export function collectChanges(rows: Matrix, columns: readonly NormalColumn[], level: number): Found {
  const best = new Map<number, FoundChange & { readonly cost: number }>();
  const size = (row: number) => best.get(row)?.edit.columns.length ?? Number.POSITIVE_INFINITY;
  return {
    isNormal: (pValue) => pValue > level,
    of: (row) => best.get(row),
    size,
    offer(given, score, pValue) {
      if (!(pValue > level)) return;
      const edit = effective(rows, given);
      if (edit.columns.length > size(given.row)) return;
      const x = rowOf(rows, edit.row);
      const cost = edit.columns.reduce((sum, j, at) => sum + distance(columns[j], x[j], edit.values[at]), 0);
      const known = best.get(given.row);
      if (known && known.edit.columns.length === edit.columns.length && known.cost <= cost) return;
      best.set(given.row, { edit, score, pValue, cost });
    },
  };
}

/** How far a value is moved, in spreads of the column: not cut, but growing slowly. */
function distance(column: NormalColumn, from: number, to: number): number {
  const cut = deviation(column, from, to);
  if (column.texts !== null || column.kind !== "numeric" || !Number.isFinite(from - to)) return cut;
  return Math.asinh(Math.abs(from - to) / (column.spread || 1));
}

/** The edit without columns that it leaves as they are. */
function effective(rows: Matrix, edit: Edit): Edit {
  const x = rowOf(rows, edit.row);
  const kept = edit.columns.flatMap((j, at) =>
    Object.is(x[j], edit.values[at]) || x[j] === edit.values[at] ? [] : [at],
  );
  if (kept.length === edit.columns.length) return edit;
  return { row: edit.row, columns: kept.map((at) => edit.columns[at]), values: kept.map((at) => edit.values[at]) };
}
