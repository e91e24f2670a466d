import { type Key, uniform } from "./key.ts";
import { type Matrix, takeRows } from "./matrix.ts";

/** Rows cut into clusters. */
export interface Clusters {
  /** Cluster of each row, 0 … centers − 1; n. */
  readonly labels: Uint32Array;
  /** The mean of each cluster; none is empty. */
  readonly centers: Matrix;
  /** Sum of squared distances of rows to their center. */
  readonly inertia: number;
}

/**
 * At most k clusters by k-means: the best of `starts` runs of Lloyd's algorithm (1982) from k-means++ seeds (Arthur and
 * Vassilvitskii 2007, section 2.2: a next seed is drawn with probability proportional to its squared distance to the
 * nearest seed before it). Each run ends when no label changes, or after `iterations`. n × d; n ≥ 1.
 *
 * Differs from the papers: fewer than k clusters where fewer rows differ, or where a cluster loses all of its rows.
 * O(starts · iterations · n k d).
 */
export function kMeans(rows: Matrix, k: number, key: Key, { starts = 3, iterations = 20 } = {}): Clusters {
  const runs = Array.from({ length: starts }, (_, run) => lloyd(rows, seeds(rows, k, key.for(run)), iterations));
  return runs.reduce((best, clusters) => (clusters.inertia < best.inertia ? clusters : best));
}

function seeds(rows: Matrix, k: number, key: Key): Matrix {
  const u = uniform(key);
  const chosen = [Math.floor(u() * rows.rows)];
  const nearest = new Float64Array(rows.rows).fill(Number.POSITIVE_INFINITY);
  while (chosen.length < k) {
    const latest = chosen[chosen.length - 1];
    for (let i = 0; i < rows.rows; i++) nearest[i] = Math.min(nearest[i], squaredDistance(rows, i, rows, latest));
    const total = nearest.reduce((a, b) => a + b, 0);
    if (!(total > 0)) break;
    let left = u() * total;
    let next = nearest.length - 1;
    for (let i = 0; i < nearest.length; i++) {
      left -= nearest[i];
      if (left < 0) {
        next = i;
        break;
      }
    }
    if (nearest[next] === 0) break;
    chosen.push(next);
  }
  return takeRows(rows, chosen);
}

function lloyd(rows: Matrix, start: Matrix, iterations: number): Clusters {
  let centers = start;
  let labels = new Uint32Array(rows.rows);
  for (let step = 0; ; step++) {
    const next = new Uint32Array(rows.rows);
    let inertia = 0;
    for (let i = 0; i < rows.rows; i++) {
      let least = Number.POSITIVE_INFINITY;
      for (let c = 0; c < centers.rows; c++) {
        const distance = squaredDistance(rows, i, centers, c);
        if (distance < least) [least, next[i]] = [distance, c];
      }
      inertia += least;
    }
    const moved = meansOf(rows, next, centers.rows);
    const settled = step > 0 && moved.centers.rows === centers.rows && next.every((label, i) => label === labels[i]);
    labels = moved.labels;
    centers = moved.centers;
    if (settled || step + 1 >= iterations) return { labels, centers, inertia };
  }
}

/** The mean row of every label that occurs, and the labels counted anew without gaps. */
function meansOf(rows: Matrix, labels: Uint32Array, k: number): { labels: Uint32Array<ArrayBuffer>; centers: Matrix } {
  const { columns: d, values } = rows;
  const counts = new Float64Array(k);
  for (const label of labels) counts[label]++;
  let places = 0;
  const place = Array.from(counts, (count) => (count > 0 ? places++ : -1));
  const sums = new Float64Array(places * d);
  for (let i = 0; i < labels.length; i++) {
    const share = 1 / counts[labels[i]];
    const at = place[labels[i]] * d;
    for (let j = 0; j < d; j++) sums[at + j] += share * values[i * d + j];
  }
  return { labels: labels.map((label) => place[label]), centers: { rows: places, columns: d, values: sums } };
}

function squaredDistance(a: Matrix, i: number, b: Matrix, j: number): number {
  const d = a.columns;
  let total = 0;
  for (let c = 0, p = i * d, q = j * d; c < d; c++, p++, q++) {
    const difference = a.values[p] - b.values[q];
    total += difference * difference;
  }
  return total;
}
