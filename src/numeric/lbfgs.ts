/** A smooth function: its value at x; the gradient goes into `gradient`. */
export type Smooth = (x: Float64Array, gradient: Float64Array) => number;

export interface MinimizeSettings {
  /** Largest entry of the gradient, by size, at which it ends. */
  readonly tolerance: number;
  readonly mostIterations: number;
  /** Pairs of steps and changes of the gradient that are remembered: m. */
  readonly memory?: number;
  /** c₂: how much of the slope a line search may leave. Near 0 the searches are exact. */
  readonly curvature?: number;
  /** Awaited before every iteration, so that a caller can interrupt or show progress. */
  readonly pause?: (iteration: number, largest: number) => Promise<void> | void;
}

export interface Minimum {
  readonly x: Float64Array;
  readonly value: number;
  /** Largest entry of the gradient there, by size. */
  readonly largest: number;
  readonly iterations: number;
  /** How it ended: at the tolerance, without iterations left, or where rounding allows no further descent. */
  readonly end: "converged" | "iterations" | "stalled";
}

/** c₁: the share of the descent that the slope promises, which a step must bring. */
const SUFFICIENT = 1e-4;
/** Values that differ by less than this, relative, are level: their difference is rounding. */
const LEVEL = 1e-13;
const MOST_TRIALS = 40;

/**
 * The minimum of a smooth function by L-BFGS, for convex problems of up to some thousand variables.
 *
 * Source: Nocedal and Wright, Numerical Optimization (2006), Algorithms 7.4 and 7.5: d = −H g, with H made of the last m
 * pairs s = x₊ − x, y = g₊ − g, from H₀ = (s·y / y·y) I. The step along d meets the strong Wolfe conditions (3.7), found
 * by bracketing and cubic interpolation (Algorithms 3.5, 3.6), the step 1 tried first.
 * **Differs from the book:** near the minimum, where values differ by rounding alone, slopes decide (the approximate Wolfe
 * conditions of Hager and Zhang 2005, eq. 4.1), so that gradients of 1e-10 are reached; a pair without s·y > 0 is left out.
 * On a quadratic of n variables with exact searches and m ≥ n it ends in n iterations (they are those of conjugate gradients).
 * Deterministic. O(m n) an iteration beside the function, called once or twice. Fails on functions with kinks.
 */
export async function minimize(
  smooth: Smooth,
  start: Float64Array,
  { tolerance, mostIterations, memory = 10, curvature = 0.9, pause }: MinimizeSettings,
): Promise<Minimum> {
  const pairs: Pair[] = [];
  let at = pointAt(smooth, start.slice());
  for (let iterations = 0; ; iterations++) {
    const largest = at.gradient.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
    const found = { x: at.x, value: at.value, largest, iterations };
    if (largest <= tolerance) return { ...found, end: "converged" };
    if (iterations === mostIterations) return { ...found, end: "iterations" };
    await pause?.(iterations, largest);
    const next = search(smooth, at, direction(at.gradient, pairs), pairs.length > 0 ? 1 : null, curvature);
    if (next === null && pairs.length === 0) return { ...found, end: "stalled" };
    // What is remembered may mislead where rounding spoiled it: once more along the gradient alone.
    if (next === null) pairs.length = 0;
    else {
      const pair = pairOf(at, next);
      if (pair) pairs.push(pair);
      if (pairs.length > memory) pairs.shift();
      at = next;
    }
  }
}

interface Point {
  readonly x: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
}

interface Pair {
  readonly s: Float64Array;
  readonly y: Float64Array;
  /** s · y > 0. */
  readonly sy: number;
}

function pointAt(smooth: Smooth, x: Float64Array): Point {
  const gradient = new Float64Array(x.length);
  const value = smooth(x, gradient);
  return { x, value, gradient };
}

function pairOf(from: Point, to: Point): Pair | null {
  const s = to.x.map((value, i) => value - from.x[i]);
  const y = to.gradient.map((value, i) => value - from.gradient[i]);
  const sy = dot(s, y);
  return sy > 1e-300 && sy > 1e-16 * dot(y, y) * (dot(s, s) / sy) ? { s, y, sy } : null;
}

/** −H g by the two loops of Algorithm 7.4. */
function direction(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const q = gradient.slice();
  const shares = pairs.map(() => 0);
  for (let k = pairs.length - 1; k >= 0; k--) {
    const { s, y, sy } = pairs[k];
    shares[k] = dot(s, q) / sy;
    addTimes(q, -shares[k], y);
  }
  const last = pairs.at(-1);
  const scale = last ? last.sy / dot(last.y, last.y) : 1;
  for (let i = 0; i < q.length; i++) q[i] *= scale;
  pairs.forEach(({ s, y, sy }, k) => {
    addTimes(q, shares[k] - dot(y, q) / sy, s);
  });
  return q.map((value) => -value);
}

interface Trial extends Point {
  readonly step: number;
  readonly slope: number;
}

/** A point along d that meets the strong Wolfe conditions; null where there is none to be found. */
function search(smooth: Smooth, from: Point, d: Float64Array, first: number | null, curvature: number): Trial | null {
  const slope = dot(from.gradient, d);
  if (!(slope < 0)) return null;
  const level = LEVEL * Math.abs(from.value);
  const trial = (step: number): Trial => {
    const point = pointAt(
      smooth,
      from.x.map((value, i) => value + step * d[i]),
    );
    return { ...point, step, slope: dot(point.gradient, d) };
  };
  const descends = ({ step, value, slope: there }: Trial) =>
    value <= from.value + SUFFICIENT * step * slope ||
    (value <= from.value + level && there <= (2 * SUFFICIENT - 1) * slope);
  // `low` has descended furthest; a minimum lies between it and `high`, as far as one is known.
  let low: Trial = { ...from, step: 0, slope };
  let high: Trial | null = null;
  let step = first ?? Math.min(1, 1 / Math.sqrt(dot(from.gradient, from.gradient)));
  for (let trials = 1; trials <= MOST_TRIALS; trials++) {
    const next = trial(step);
    if (!descends(next) || next.value > low.value + level) high = next;
    else if (Math.abs(next.slope) <= -curvature * slope) return next;
    else {
      const beyond: number = high === null ? 1 : high.step - low.step;
      const before = low;
      if (next.slope * beyond >= 0) high = low;
      low = next;
      if (high === null) {
        const further = cubicMinimum(before, next);
        step = Math.min(Math.max(further > next.step ? further : 2 * next.step, 1.1 * next.step), 10 * next.step);
        continue;
      }
    }
    // Every third trial halves the bracket, whatever the cubic says.
    const [least, most] = [Math.min(low.step, high.step), Math.max(low.step, high.step)];
    const inside = trials % 3 === 0 ? Number.NaN : cubicMinimum(low, high);
    step = inside > least && inside < most ? inside : (least + most) / 2;
    if (step === least || step === most) break;
  }
  return low.step > 0 && low.value <= from.value ? low : null;
}

/** Where the cubic through two values and slopes is lowest (Nocedal and Wright, eq. 3.59); NaN where nowhere. */
function cubicMinimum(a: Trial, b: Trial): number {
  const first = a.slope + b.slope - (3 * (a.value - b.value)) / (a.step - b.step);
  const root = Math.sign(b.step - a.step) * Math.sqrt(first * first - a.slope * b.slope);
  return b.step - ((b.step - a.step) * (b.slope + root - first)) / (b.slope - a.slope + 2 * root);
}

function addTimes(to: Float64Array, times: number, what: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i] += times * what[i];
}

function dot(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i] * b[i];
  return total;
}
