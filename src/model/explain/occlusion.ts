import { type Matrix, rowOf } from "../../numeric/index.ts";
import type { Explanation } from "../explanation.ts";
import type { TableScores } from "../run.ts";
import type { Edit } from "./edits.ts";
import type { Deviations, NormalRows } from "./normal-rows.ts";

/** Rows to explain, and what they are compared with. */
export interface Asked {
  readonly rows: Matrix;
  readonly scores: Float64Array;
  readonly normal: NormalRows;
  readonly deviations: Deviations;
  /** The score of a row of typical values. */
  readonly typicalScore: number;
  /** Scores and p-values of edited rows. */
  readonly score: (edits: readonly Edit[]) => Promise<TableScores>;
  /** How many columns are looked at again once the first is named. */
  readonly followed: number;
}

/** What the score of a row rests on. */
export interface Occluded {
  /** One a column, in units of the score. */
  readonly contributions: Float64Array;
  /** The columns, those that are named first. */
  readonly order: readonly number[];
  readonly method: Explanation["method"];
  /** v of the columns that are named: how far the score falls when they are replaced by normal values. */
  readonly drop: number;
}

/** How many columns are named together. */
export const NAMED = 3;

/**
 * Which columns carry the scores of rows: those whose values, replaced by normal ones, lower the score most.
 *
 * A column's normal value is twofold: its typical value, and that of the normal row which is nearest in the columns that
 * are not replaced; v(S) is the mean drop of the score when the columns S are replaced by the one and by the other.
 * 1. Where the drops to typical values, column by column, add up to the whole difference between the row and a typical
 *    row, the score is a sum here and these drops are its exact parts.
 * 2. Elsewhere c₁ = argmax v({c}), c₂ = argmax v({c₁, c}), c₃ = argmax v({c₁, c₂, c}): columns that are only odd together
 *    are found together, and a twin of a named column is not named for what that one explains.
 * 3. The named columns share v({c₁, c₂, c₃}) by their Shapley values (Shapley 1953). Any other column has what it adds
 *    to them, the least drop that was seen of it.
 *
 * Cost: at most 2 (3 d + 1) scored rows for each. Our own composition of published parts.
 */
export async function occlude(asked: Asked): Promise<readonly Occluded[]> {
  const n = asked.rows.rows;
  const all = Array.from({ length: asked.normal.columns.length }, (_, j) => j);
  const places = Array.from({ length: n }, (_, i) => i);
  const first = await dropsOf(
    asked,
    places.flatMap((i) => all.map((j) => ({ row: i, set: [j] }))),
  );
  const least = places.map((i) => Float64Array.from(all, (j) => first.mean[i * all.length + j]));
  const exact = places.map((i) => exactParts(asked, i, first.typical.subarray(i * all.length, (i + 1) * all.length)));
  const left = places.filter((i) => exact[i] === null);
  const values = new Map(left.map((i) => [i, new Map(all.map((j) => [String(j), least[i][j]]))]));
  const chosen = new Map(left.map((i) => [i, [largest(all, least[i])]]));
  let previous = least.map((drops) => drops.slice());
  for (let step = 1; step < Math.min(NAMED, all.length); step++) {
    const tried = left.flatMap((i) => {
      const others = all.filter((j) => !chosen.get(i)!.includes(j));
      others.sort((a, b) => previous[i][b] - previous[i][a]);
      return others.slice(0, asked.followed).map((j) => ({ row: i, set: [...chosen.get(i)!, j] }));
    });
    const { mean } = await dropsOf(asked, tried);
    const now = previous.map((drops) => new Float64Array(drops.length).fill(-Infinity));
    tried.forEach(({ row, set }, k) => {
      const before = values.get(row)!.get(named(set.slice(0, -1)))!;
      now[row][set[step]] = mean[k] - before;
      least[row][set[step]] = Math.min(least[row][set[step]], mean[k] - before);
      values.get(row)!.set(named(set), mean[k]);
    });
    for (const i of left) chosen.get(i)!.push(largest(all, now[i]));
    previous = now;
  }
  await shareOut(asked, values, chosen, least);
  return places.map((i) => {
    if (exact[i])
      return { contributions: exact[i], order: sorted(all, exact[i]), method: "exact", drop: Number.POSITIVE_INFINITY };
    const ahead = sorted(chosen.get(i)!, least[i]);
    const others = all.filter((j) => !ahead.includes(j));
    const drop = values.get(i)!.get(named(ahead))!;
    return { contributions: least[i], order: [...ahead, ...sorted(others, least[i])], method: "occlusion", drop };
  });
}

/** Replaces the contributions of the named columns by their Shapley values among each other. */
async function shareOut(
  asked: Asked,
  values: ReadonlyMap<number, Map<string, number>>,
  chosen: ReadonlyMap<number, readonly number[]>,
  contributions: readonly Float64Array[],
): Promise<void> {
  const subsets = [...chosen].flatMap(([row, set]) =>
    subsetsOf(set).flatMap((part) => (values.get(row)!.has(named(part)) ? [] : [{ row, set: part }])),
  );
  const { mean } = await dropsOf(asked, subsets);
  for (const [k, { row, set }] of subsets.entries()) values.get(row)!.set(named(set), mean[k]);
  for (const [row, set] of chosen) {
    const v = (part: readonly number[]) => (part.length === 0 ? 0 : values.get(row)!.get(named(part))!);
    for (const c of set) {
      const others = set.filter((other) => other !== c);
      const parts = [[], ...subsetsOf(others)];
      contributions[row][c] = parts.reduce(
        (sum, part) => sum + (v([...part, c]) - v(part)) / (set.length * binomial(others.length, part.length)),
        0,
      );
    }
  }
}

interface Drops {
  readonly mean: Float64Array;
  /** The drop to typical values alone. */
  readonly typical: Float64Array;
}

/** v(S) of each row and set. */
export async function dropsOf(asked: Asked, sets: readonly { row: number; set: readonly number[] }[]): Promise<Drops> {
  const { normal, deviations, scores } = asked;
  const edits = sets.flatMap(({ row, set }) => {
    const [near] = deviations.nearest(row, set, 1);
    const y = rowOf(normal.rows, near);
    return [
      { row, columns: set, values: set.map((j) => normal.columns[j].typical) },
      { row, columns: set, values: set.map((j) => y[j]) },
    ];
  });
  const after = (await asked.score(edits)).scores;
  return {
    mean: Float64Array.from(sets, ({ row }, k) => scores[row] - (after[2 * k] + after[2 * k + 1]) / 2),
    typical: Float64Array.from(sets, ({ row }, k) => scores[row] - after[2 * k]),
  };
}

/** Float64 sums over many columns differ by this much of their size. */
const ROUNDING = 1e-9;

function exactParts({ scores, typicalScore }: Asked, i: number, drops: Float64Array): Float64Array | null {
  const difference = scores[i] - typicalScore;
  const total = drops.reduce((sum, drop) => sum + drop, 0);
  const size = drops.reduce((sum, drop) => sum + Math.abs(drop), Math.abs(scores[i]) + Math.abs(typicalScore));
  return Math.abs(total - difference) <= ROUNDING * size ? drops.slice() : null;
}

const named = (set: readonly number[]): string => set.toSorted((a, b) => a - b).join();

function largest(columns: readonly number[], values: Float64Array): number {
  return columns.reduce((best, j) => (values[j] > values[best] ? j : best), columns[0]);
}

/** Columns by their values, largest first. */
export function sorted(columns: readonly number[], values: Float64Array): number[] {
  return columns.toSorted((a, b) => values[b] - values[a] || a - b);
}

/** All subsets but the empty one. */
function subsetsOf(set: readonly number[]): readonly (readonly number[])[] {
  return Array.from({ length: 2 ** set.length - 1 }, (_, mask) => set.filter((_, at) => ((mask + 1) >> at) & 1));
}

function binomial(n: number, k: number): number {
  return k === 0 ? 1 : (binomial(n - 1, k - 1) * n) / k;
}
