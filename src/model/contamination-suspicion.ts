import { type Detector, detectors, scoreRows } from "../detect/index.ts";
import { type Key, type Matrix, midranks, sample, takeRows } from "../numeric/index.ts";
import { parseOptions } from "../options/index.ts";
import type { LearnContext } from "./learn.ts";

/** Rows that distances are taken to, at most: more would cost much and say little more. */
export const MOST_ROWS = 1000;

/**
 * How much each of n prepared rows looks like one of few anomalous rows among them that protect each other: n × d → n, in
 * [−n / 4, 3 n], higher is more suspicious. A sum of ranks,
 *
 *     r(distance to the k-th nearest other row) + r(isolation forest) + r(Mahalanobis distance) − ¼ r(distance to the nearest)
 *
 * with k = 2 ⌊c n⌋ + 1 for a share c. The first three ask how far out a row lies, and a cluster of fewer than k rows
 * cannot hide from the first; the last takes back some of it for rows that lie far out alone. Those do little harm: they
 * make no other row look normal. A cluster far out does: what is like it is near it. Distances are Euclidean in
 * standardized columns, to all rows or 1,000 of them, drawn by key.
 *
 * Our own recipe, chosen by `npm run bench:contamination`. O(n · 1,000 · d) and an isolation forest. Fails where the
 * anomalous rows lie as close to the others as those do, and where a small cluster of normal rows lies far out.
 */
export async function suspicion(rows: Matrix, share: number, key: Key, context: LearnContext): Promise<Float64Array> {
  const most = Math.min(rows.rows, MOST_ROWS);
  const places = sample(key.for("rows"), rows.rows, most);
  const k = Math.min(2 * Math.floor(share * most + 1e-9) + 1, most - 1);
  const ranks = [
    midranks(await distanceToOther(rows, places, k, key, context)),
    midranks(await scoresBy("isolation-forest", {}, rows, rows, key, context)),
    midranks(await scoresBy("mahalanobis", {}, rows, rows, key, context)),
    midranks(await distanceToOther(rows, places, 1, key, context)),
  ];
  return ranks[0].map((far, i) => far + ranks[1][i] + ranks[2][i] - ranks[3][i] / 4);
}

/** The distance of each row to the k-th nearest of the rows at `places`, itself left out. */
export async function distanceToOther(
  rows: Matrix,
  places: Uint32Array,
  k: number,
  key: Key,
  context: LearnContext,
): Promise<Float64Array> {
  const references = takeRows(rows, places);
  const distance = (rank: number) => scoresBy("knn", { k: rank }, references, rows, key, context);
  // A row among them is nearest to itself, so the next counts.
  const own = await distance(k + 1);
  if (places.length === rows.rows) return own;
  const out = await distance(k);
  for (const row of places) out[row] = own[row];
  return out;
}

async function scoresBy(
  name: string,
  given: object,
  training: Matrix,
  rows: Matrix,
  key: Key,
  { signal, workers }: LearnContext,
): Promise<Float64Array> {
  const detector = detectors.find((one) => one.name === name) as Detector;
  const options = parseOptions(name, detector.options, given);
  const fitted = await detector.fit(training, options, { key: key.for(name), signal, workers });
  return scoreRows(fitted, rows, { signal, workers });
}
