import { tailFunction } from "../../detect/index.ts";
import { type Key, type Matrix, matrix, permutation, rowOf } from "../../numeric/index.ts";
import { fitMembers, type Members, memberValues, type Pause, type Views } from "./members.ts";
import { type Standard, standardized, standardOf } from "./standardize.ts";
import type { Chosen, TuneRows } from "./tune-rows.ts";

/** Heads with their tails, fitted on chosen rows. */
export interface Heads {
  readonly standard: Standard;
  readonly members: Members;
  /** s_0 of the normal rows: g_0 is its tail. */
  readonly free: Float64Array;
  /** Values of each head on the normal rows, each by heads that had not seen its fold: g_1 … g_3 are their tails. */
  readonly outOfFold: readonly Float64Array[];
  /** How many anomalous rows taught. */
  readonly anomalies: number;
}

/** g_0 … g_3 of rows, a list each. */
export type Tails = readonly Float64Array[];

/** Folds over the normal rows by which heads are calibrated. */
const FOLDS = 5;

/**
 * Heads fitted on chosen rows, and calibrated by five folds over the normal ones, with all anomalous ones in every
 * fold. The heads that are kept learn from all of them. Cost: six times that of the heads.
 */
export async function fitHeads(rows: TuneRows, chosen: Chosen, key: Key, pause: Pause): Promise<Heads> {
  const { normal, anomalous } = chosen;
  const free = Float64Array.from(normal, (place) => rows.free[place]);
  const standard = standardOf(rows.columns, normal);
  const views = viewsOf(rows, standard, free);
  const outOfFold = [0, 1, 2].map(() => new Float64Array(normal.length));
  for (const held of foldsOf(normal.length, FOLDS, key)) {
    const out = new Set(held);
    const kept = normal.filter((_, i) => !out.has(i));
    const members = await fitMembers(views, { normal: kept, anomalous }, pause);
    const values = memberValues(
      members,
      views,
      held.map((i) => normal[i]),
    );
    values.forEach((value, k) => {
      held.forEach((i, at) => {
        outOfFold[k][i] = value[at];
      });
    });
  }
  const members = await fitMembers(views, chosen, pause);
  return { standard, members, free, outOfFold, anomalies: anomalous.length };
}

/** g_0 … g_3 of rows at the places given. */
export function tailsOf(heads: Heads, rows: TuneRows, places: readonly number[]): Tails {
  const part = { free: rows.free, columns: rows.columns };
  const views = viewsOf(part, heads.standard, heads.free);
  const values = memberValues(heads.members, views, places);
  const g0 = tailFunction(heads.free);
  return [
    Float64Array.from(places, (place) => g0(rows.free[place])),
    ...values.map((value, k) => value.map(tailFunction(heads.outOfFold[k]))),
  ];
}

/** g_0 … g_3 of the normal rows that the heads learned from, those of the heads out of fold. */
export function outOfFoldTails({ free, outOfFold }: Heads): Tails {
  return [free, ...outOfFold].map((values) => values.map(tailFunction(values)));
}

/** z and g_0 of all rows. */
function viewsOf(
  { free, columns }: Pick<TuneRows, "free" | "columns">,
  standard: Standard,
  normal: Float64Array,
): Views {
  const g0 = tailFunction(normal);
  const z = standardized(columns, standard);
  return appended(z, free.map(g0));
}

function appended(rows: Matrix, last: Float64Array): Matrix {
  const d = rows.columns + 1;
  const values = new Float64Array(rows.rows * d);
  for (let i = 0; i < rows.rows; i++) {
    values.set(rowOf(rows, i), i * d);
    values[i * d + d - 1] = last[i];
  }
  return matrix(rows.rows, d, values);
}

/** 0 … n − 1 in folds of equal size, but for one, drawn by key. */
export function foldsOf(n: number, folds: number, key: Key): readonly number[][] {
  const order = permutation(key, n);
  const out: number[][] = Array.from({ length: Math.min(folds, n) }, () => []);
  order.forEach((place, i) => {
    out[i % out.length].push(place);
  });
  return out.map((places) => places.sort((a, b) => a - b));
}
