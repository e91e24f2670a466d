import type { Key } from "../../numeric/index.ts";
import { type Blend, blended } from "./blend.ts";
import { fitHeads, foldsOf, type Tails, tailsOf } from "./heads.ts";
import type { Pause } from "./members.ts";
import { everyRow, type TuneRows } from "./tune-rows.ts";

/** What heads say of rows that they did not learn from. */
export interface LeftOut {
  /** Numbers of the anomalous rows, from 0, and their tails. */
  readonly anomalies: readonly number[];
  readonly ofAnomalies: Tails;
  readonly ofNormals: Tails;
  /** How many anomalous rows taught. */
  readonly taught: number;
}

const REPEATS = 5;
const FOLDS = 5;

/**
 * The whole procedure on all but a fold, for every fold, five times over: K = min(5, n_1) folds over normal and
 * anomalous rows alike. Cost: 5 K times that of {@link fitHeads}.
 */
export async function leaveOutFolds(
  rows: TuneRows,
  key: Key,
  pause: Pause,
  onDone: (done: number, total: number) => void,
): Promise<readonly LeftOut[]> {
  const folds = Math.min(FOLDS, rows.anomalies);
  const out: LeftOut[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const own = key.for(repeat);
    const normal = foldsOf(rows.normals, folds, own.for("normal"));
    const anomalous = foldsOf(rows.anomalies, folds, own.for("anomalous"));
    for (let fold = 0; fold < folds; fold++) {
      out.push(await leaveOut(rows, normal[fold], anomalous[fold], own.for("heads").for(fold), pause));
      onDone(out.length, REPEATS * folds);
    }
  }
  return out;
}

/** The same with one class left out as a whole, in five folds over the normal rows. */
export async function leaveOutClass(
  rows: TuneRows,
  members: readonly number[],
  key: Key,
  pause: Pause,
): Promise<readonly LeftOut[]> {
  const out: LeftOut[] = [];
  for (const [fold, held] of foldsOf(rows.normals, FOLDS, key.for("normal")).entries())
    out.push(await leaveOut(rows, held, members, key.for(fold), pause));
  return out;
}

async function leaveOut(
  rows: TuneRows,
  normal: readonly number[],
  anomalous: readonly number[],
  key: Key,
  pause: Pause,
): Promise<LeftOut> {
  const [heldNormal, heldAnomalous] = [new Set(normal), new Set(anomalous.map((i) => rows.normals + i))];
  const all = everyRow(rows);
  const heads = await fitHeads(
    rows,
    {
      normal: all.normal.filter((place) => !heldNormal.has(place)),
      anomalous: all.anomalous.filter((place) => !heldAnomalous.has(place)),
    },
    key,
    pause,
  );
  return {
    anomalies: anomalous,
    ofAnomalies: tailsOf(heads, rows, [...heldAnomalous]),
    ofNormals: tailsOf(heads, rows, normal),
    taught: heads.anomalies,
  };
}

/**
 * A_i of each anomalous row: the share of left-out normal rows below it (half of those that tie), averaged over the
 * times it was left out; NaN for a row that never was. `blend` null is the label-free tail alone.
 */
export function sharesBelow(leftOut: readonly LeftOut[], blend: Blend | null, anomalies: number): Float64Array {
  const sums = new Float64Array(anomalies);
  const times = new Float64Array(anomalies);
  for (const { anomalies: places, ofAnomalies, ofNormals, taught } of leftOut) {
    const score = (tails: Tails) => (blend === null ? tails[0] : blended(tails, taught, blend));
    const normal = score(ofNormals).slice().sort();
    const own = score(ofAnomalies);
    places.forEach((place, i) => {
      sums[place] += (countBelow(normal, own[i]) + countUpTo(normal, own[i])) / (2 * normal.length);
      times[place]++;
    });
  }
  return sums.map((sum, i) => sum / times[i]);
}

/** How many of the sorted values are below x. */
function countBelow(sorted: Float64Array, x: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many of the sorted values are at most x. */
function countUpTo(sorted: Float64Array, x: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= x) low = middle + 1;
    else high = middle;
  }
  return low;
}
