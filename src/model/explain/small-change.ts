import { type Matrix, rowOf } from "../../numeric/index.ts";
import type { Edit } from "./edits.ts";
import type { Found } from "./found-change.ts";
import type { NormalColumn } from "./normal-rows.ts";
import type { Asked } from "./occlusion.ts";

/** How far to look for a change: each number makes it more certain and dearer. */
export interface Search {
  /** Columns of which changes of one, two and three columns are made: the first of a row's order. */
  readonly widths: readonly [number, number, number];
  /** Normal rows, nearest in the other columns, whose values are tried, likewise. */
  readonly donors: readonly [number, number, number];
  /** Values of a column that are tried for itself. */
  readonly grid: number;
  /** Sets of columns whose values are improved one by one. */
  readonly refined: number;
}

/**
 * Looks for changes of at most three columns that make rows normal, and offers them to `found`: for each set of columns
 * the typical values, those of the normal rows nearest in the other columns, and for single columns a grid of their
 * normal values and numbers on the way to one; the most promising sets are then improved value by value. A larger set is
 * only tried for rows without a smaller one.
 */
export async function searchSmallChanges(
  asked: Asked,
  orders: readonly (readonly number[])[],
  wanted: readonly number[],
  found: Found,
  search: Search,
): Promise<void> {
  const { normal, deviations } = asked;
  const grids = normal.columns.map((column) => gridOf(column, search.grid));
  for (const size of [1, 2, 3]) {
    const rows = search.widths[size - 1] < size ? [] : wanted.filter((row) => found.size(row) > size);
    const edits = rows.flatMap((row) =>
      setsOf(orders[row].slice(0, search.widths[size - 1]), size).flatMap((set): Edit[] => {
        const near = deviations.nearest(row, set, search.donors[size - 1]).map((a) => rowOf(normal.rows, a));
        const filled = near.map((y) => ({ row, columns: set, values: set.map((j) => y[j]) }));
        const [j] = set;
        const single = size === 1 ? [...grids[j], ...onTheWay(normal.columns[j], asked.rows, row, j, near[0])] : [];
        const own = single.map((value) => ({ row, columns: set, values: [value] }));
        return [...filled, { row, columns: set, values: set.map((j) => normal.columns[j].typical) }, ...own];
      }),
    );
    const { scores, pValues } = await asked.score(edits);
    for (const [k, edit] of edits.entries()) found.offer(edit, scores[k], pValues[k]);
    if (size > 1) await refine(asked, grids, promising(edits, scores, found, size, search.refined), found);
  }
}

interface Scored {
  readonly edit: Edit;
  readonly score: number;
}

/** The edits with the lowest scores, of different sets of columns, of each row that still wants a change. */
function promising(edits: readonly Edit[], scores: Float64Array, found: Found, size: number, count: number): Scored[] {
  const byRow = new Map<number, Map<string, Scored>>();
  edits.forEach((edit, k) => {
    if (found.size(edit.row) <= size) return;
    const sets = byRow.get(edit.row) ?? new Map<string, Scored>();
    byRow.set(edit.row, sets);
    const name = edit.columns.join();
    if (scores[k] < (sets.get(name)?.score ?? Number.POSITIVE_INFINITY)) sets.set(name, { edit, score: scores[k] });
  });
  return [...byRow.values()].flatMap((sets) => [...sets.values()].sort((a, b) => a.score - b.score).slice(0, count));
}

/** How often each column of a set is looked at. */
const SWEEPS = 2;

/** Improves the values of edits, column after column, by those of a grid that give the lowest score. */
async function refine(
  asked: Asked,
  grids: readonly (readonly number[])[],
  started: readonly Scored[],
  found: Found,
): Promise<void> {
  const now = [...started];
  const size = started[0]?.edit.columns.length ?? 0;
  for (let turn = 0; turn < SWEEPS * size; turn++) {
    const at = turn % size;
    const tried = now.flatMap(({ edit }, k) => {
      if (found.size(edit.row) <= size) return [];
      return grids[edit.columns[at]].map((value) => ({ k, edit: { ...edit, values: edit.values.with(at, value) } }));
    });
    const { scores, pValues } = await asked.score(tried.map(({ edit }) => edit));
    tried.forEach(({ k, edit }, t) => {
      found.offer(edit, scores[t], pValues[t]);
      if (scores[t] < now[k].score) now[k] = { edit, score: scores[t] };
    });
  }
}

/** How far on the way from a row's value to a normal one. */
const SHARES = [0.25, 0.5, 0.75];

/** Numbers between a row's value and a normal one: beside other odd values, one that is itself odd may fit. */
function onTheWay(
  { kind, whole }: NormalColumn,
  rows: Matrix,
  row: number,
  j: number,
  near: Float64Array | undefined,
): readonly number[] {
  const [from, to] = [rowOf(rows, row)[j], near?.[j] ?? Number.NaN];
  if (kind !== "numeric" || !Number.isFinite(from) || !Number.isFinite(to) || from === to) return [];
  const between = SHARES.map((share) => from + share * (to - from));
  return whole && Number.isInteger(from) ? [...new Set(between.map(Math.round))] : between;
}

/** Normal values of a column: the commonest, or evenly spread over its order. */
function gridOf({ counts, sorted, texts, kind }: NormalColumn, most: number): readonly number[] {
  if (texts !== null || kind === "boolean" || counts.size <= most)
    return [...counts]
      .sort((a, b) => b[1] - a[1])
      .slice(0, most)
      .map(([code]) => code);
  const places = Array.from({ length: most }, (_, k) => Math.round(((k + 0.5) / most) * (sorted.length - 1)));
  return [...new Set(places.map((place) => sorted[place]))];
}

/** All sets of a size among columns. */
function setsOf(columns: readonly number[], size: number): readonly (readonly number[])[] {
  if (size === 0) return [[]];
  return columns.flatMap((first, at) => setsOf(columns.slice(at + 1), size - 1).map((rest) => [first, ...rest]));
}
