import { type Matrix, rowOf } from "./matrix.ts";

export interface OneClassSolution {
  /** w = Σ α_i φ_i. */
  readonly w: Float64Array;
  readonly rho: number;
  readonly alpha: Float64Array;
  /** Primal minus dual value, ≥ 0; with the best w*, ½‖w − w*‖² ≤ gap. */
  readonly gap: number;
  readonly steps: number;
  /** How it ended: at the tolerance, without steps left, or with ‖w‖² below `leastNorm`. */
  readonly end: "solved" | "unsolved" | "inseparable";
}

interface OneClassSettings {
  /** Largest violation of the optimality conditions, as a share of ‖w‖². */
  readonly tolerance: number;
  readonly mostSteps: number;
  /** ‖w‖² below which no w is taken to separate the points from the origin: w = 0 and ρ = 0 are then near, and far to go. */
  readonly leastNorm: number;
  /** Awaited every 100 steps, so that a caller can interrupt or show progress. */
  readonly pause?: (violation: number) => Promise<void>;
}

/** Columns of Q that are kept, in bytes. */
const CACHE_BYTES = 256e6;

/**
 * The one-class support vector machine with a linear kernel on the rows φ of `points`, n × D:
 *
 *     min ½‖w‖² − ρ + 1/(νn) Σ max(0, ρ − w·φ_i)
 *
 * by its dual, min ½ αᵀQα with Q_ij = φ_i·φ_j, 0 ≤ α_i ≤ C = 1/(νn), Σ α_i = 1 (Schölkopf et al. 2001, eq. 11 to 14).
 * In each step weight goes from one row to another (sequential minimal optimization), the pair picked by second-order
 * information (Fan, Chen and Lin 2005, WSS 2), until max g over α > 0 exceeds min g over α < C by at most
 * tolerance · ‖w‖², where g = Qα. ρ is the mean g of rows with 0 < α < C, or halfway between the bounds where none is.
 *
 * Starts from the rows that lie lowest along the mean, which the solution resembles. Deterministic.
 * O(n D) for each row that ever had weight, O(n) a step.
 */
export async function solveOneClass(
  points: Matrix,
  nu: number,
  { tolerance, mostSteps, leastNorm, pause }: OneClassSettings,
): Promise<OneClassSolution> {
  const n = points.rows;
  const most = 1 / (nu * n);
  const squares = Float64Array.from({ length: n }, (_, i) => dot(points.values, i * points.columns, rowOf(points, i)));
  const columnOfQ = cachedColumns(points);
  const alpha = lowestAlongMean(points, most);
  const g = products(points, combination(points, alpha));
  let end: OneClassSolution["end"] = "unsolved";
  let steps = 0;
  for (; steps < mostSteps; steps++) {
    // The row that gains most by more weight; how far the rows with weight lie above it.
    let [i, lowest, highest, norm] = [-1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
    for (let k = 0; k < n; k++) {
      if (alpha[k] < most && g[k] < lowest) [i, lowest] = [k, g[k]];
      if (alpha[k] > 0 && g[k] > highest) highest = g[k];
      norm += alpha[k] * g[k];
    }
    if (i < 0 || highest - lowest <= tolerance * norm) end = "solved";
    else if (norm < leastNorm) end = "inseparable";
    if (end !== "unsolved") break;
    if (steps % 100 === 0) await pause?.((highest - lowest) / norm);
    // The row whose weight moved to i lowers the objective most.
    const qi = columnOfQ(i);
    let [j, best] = [-1, 0];
    for (let k = 0; k < n; k++) {
      const above = g[k] - lowest;
      if (alpha[k] <= 0 || above <= 0) continue;
      const gain = (above * above) / Math.max(squares[i] + squares[k] - 2 * qi[k], Number.EPSILON);
      if (gain > best) [j, best] = [k, gain];
    }
    const curvature = Math.max(squares[i] + squares[j] - 2 * qi[j], Number.EPSILON);
    const moved = Math.min((g[j] - lowest) / curvature, most - alpha[i], alpha[j]);
    const qj = columnOfQ(j);
    for (let k = 0; k < n; k++) g[k] += moved * (qi[k] - qj[k]);
    alpha[i] = atBounds(alpha[i] + moved, most);
    alpha[j] = atBounds(alpha[j] - moved, most);
  }
  const w = combination(points, alpha);
  const exact = products(points, w);
  const rho = margin(exact, alpha, most);
  const loss = exact.reduce((total, value) => total + Math.max(0, rho - value), 0);
  return { w, rho, alpha, gap: dot(w, 0, w) - rho + most * loss, steps, end };
}

/** Weight C, or what is left of 1, on the rows lowest along the mean of all. */
function lowestAlongMean(points: Matrix, most: number): Float64Array {
  const n = points.rows;
  const along = products(points, combination(points, new Float64Array(n).fill(1 / n)));
  const order = Uint32Array.from(along.keys()).sort((a, b) => along[a] - along[b] || a - b);
  const alpha = new Float64Array(n);
  let left = 1;
  for (const i of order) {
    alpha[i] = atBounds(Math.min(most, left), most);
    left -= alpha[i];
    if (alpha[i] < most) break;
  }
  return alpha;
}

/** A weight that differs from 0 or C by rounding is there, or ρ would be read off a row that is not on the margin. */
function atBounds(weight: number, most: number): number {
  if (weight < 1e-12 * most) return 0;
  return weight > (1 - 1e-12) * most ? most : weight;
}

function margin(g: Float64Array, alpha: Float64Array, most: number): number {
  let [total, free, below, above] = [0, 0, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let i = 0; i < g.length; i++) {
    if (alpha[i] <= 0) above = Math.min(above, g[i]);
    else if (alpha[i] >= most) below = Math.max(below, g[i]);
    else {
      total += g[i];
      free++;
    }
  }
  if (free > 0) return total / free;
  return Number.isFinite(above) ? (below + above) / 2 : below;
}

/** φ_i · v for every row i. */
function products(points: Matrix, v: Float64Array): Float64Array {
  return Float64Array.from({ length: points.rows }, (_, i) => dot(points.values, i * points.columns, v));
}

/** Σ weight_i φ_i. */
function combination(points: Matrix, weights: Float64Array): Float64Array {
  const out = new Float64Array(points.columns);
  weights.forEach((weight, i) => {
    if (weight === 0) return;
    const row = rowOf(points, i);
    for (let k = 0; k < out.length; k++) out[k] += weight * row[k];
  });
  return out;
}

/** The inner product of v with the values from `start` on, in four sums for speed. */
function dot(values: Float64Array, start: number, v: Float64Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = v.length - (v.length % 4);
  for (let k = 0; k < whole; k += 4) {
    a += values[start + k] * v[k];
    b += values[start + k + 1] * v[k + 1];
    c += values[start + k + 2] * v[k + 2];
    d += values[start + k + 3] * v[k + 3];
  }
  for (let k = whole; k < v.length; k++) a += values[start + k] * v[k];
  return a + b + (c + d);
}

/** Columns of Q = ΦΦᵀ, made when asked for; the ones unused for longest go when memory is full. */
function cachedColumns(points: Matrix): (i: number) => Float64Array {
  const cache = new Map<number, Float64Array>();
  const most = Math.max(2, Math.floor(CACHE_BYTES / (8 * points.rows)));
  return (i) => {
    const column = cache.get(i) ?? products(points, rowOf(points, i));
    cache.delete(i);
    cache.set(i, column);
    if (cache.size > most) cache.delete(cache.keys().next().value!);
    return column;
  };
}
