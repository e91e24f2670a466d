import { type Key, type Matrix, matrix, permutation, rowOf, sample } from "../src/numeric/index.ts";

/** Whether the named columns are those that a score rests on: what replacing them does, and what replacing others does. */
export interface Faithfulness {
  /** How far the row moves towards normal, in −log of the share of held-out normal rows that score as high, on average. */
  readonly named: number;
  /** The same for random columns, averaged over several draws. */
  readonly random: number;
}

export interface Trial {
  /** Rows × columns: flagged rows. */
  readonly rows: Matrix;
  /** The columns named first of each row, at most 3 of them are used. */
  readonly named: readonly (readonly number[])[];
  /** Normal rows that neither the model nor the explanation has seen. */
  readonly heldOut: Matrix;
  readonly heldOutScores: Float64Array;
  readonly score: (rows: Matrix) => Promise<Float64Array>;
  readonly key: Key;
}

/** What normal values are: those of the nearest held-out row, or the medians of held-out rows. */
export type Replacement = "nearest" | "median";

const NAMED = 3;
const DRAWS = 8;
const DONORS = 512;

/** Replaces the named columns by normal values, then random ones, as many. */
export async function faithfulness(trial: Trial, replacement: Replacement): Promise<Faithfulness> {
  const { rows, heldOutScores, score, key } = trial;
  const sorted = heldOutScores.slice().sort();
  const mean = (scores: Float64Array) =>
    scores.reduce((sum, s) => sum + minusLogShare(sorted, s), 0) / Math.max(1, scores.length);
  const before = mean(await score(rows));
  const donors = replacement === "nearest" ? nearestDonors(trial) : medians(trial);
  const moved = async (sets: readonly (readonly number[])[]) =>
    before - mean(await score(replaced(rows, donors, sets)));
  const count = Math.min(NAMED, rows.columns);
  const named = await moved(trial.named.map((columns) => columns.slice(0, count)));
  let random = 0;
  for (let draw = 0; draw < DRAWS; draw++) {
    const sets = trial.named.map((_, i) =>
      Array.from(permutation(key.for("random").for(draw).for(i), rows.columns).subarray(0, count)),
    );
    random += (await moved(sets)) / DRAWS;
  }
  return { named, random };
}

/** −log of the share of normal rows that score at least as high, the row itself counted among them. */
function minusLogShare(sorted: Float64Array, score: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < score) low = middle + 1;
    else high = middle;
  }
  return -Math.log((1 + sorted.length - low) / (sorted.length + 1));
}

function replaced(rows: Matrix, donors: readonly Float64Array[], sets: readonly (readonly number[])[]): Matrix {
  const out = matrix(rows.rows, rows.columns, rows.values.slice());
  sets.forEach((columns, i) => {
    for (const j of columns) rowOf(out, i)[j] = donors[i][j];
  });
  return out;
}

function medians({ rows, heldOut }: Trial): readonly Float64Array[] {
  const middle = Float64Array.from({ length: rows.columns }, (_, j) => {
    const column = Float64Array.from({ length: heldOut.rows }, (_, i) => rowOf(heldOut, i)[j]).sort();
    return column[column.length >> 1];
  });
  return Array.from({ length: rows.rows }, () => middle);
}

/** For each row the nearest of 512 held-out rows, by differences in standard deviations, each cut at 5. */
function nearestDonors({ rows, heldOut, key }: Trial): readonly Float64Array[] {
  const pool = Array.from(sample(key.for("donors"), heldOut.rows, DONORS), (i) => rowOf(heldOut, i));
  const deviations = Float64Array.from({ length: rows.columns }, (_, j) => {
    const mean = pool.reduce((sum, y) => sum + y[j] / pool.length, 0);
    return Math.sqrt(pool.reduce((sum, y) => sum + (y[j] - mean) ** 2 / pool.length, 0)) || 1;
  });
  return Array.from({ length: rows.rows }, (_, i) => {
    const x = rowOf(rows, i);
    const distance = (y: Float64Array) =>
      y.reduce((sum, value, j) => sum + Math.min(5, Math.abs(value - x[j]) / deviations[j]) ** 2, 0);
    let [best, least] = [pool[0], Number.POSITIVE_INFINITY];
    for (const y of pool) {
      const far = distance(y);
      if (far < least) [best, least] = [y, far];
    }
    return best;
  });
}
