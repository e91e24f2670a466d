import { InputError } from "../errors/index.ts";
import type { Trees } from "../graph/index.ts";
import { type Key, type Matrix, uniform } from "../numeric/index.ts";
import { averagePathLength } from "./average-path-length.ts";
import { treeBuilder } from "./tree-builder.ts";

export interface IsolationForestOptions {
  /** t: how many trees. */
  readonly trees: number;
  /** ψ: how many rows each tree learns from; all rows where there are fewer. */
  readonly subsample: number;
  readonly key: Key;
}

export interface IsolationForest {
  /** Summed over its trees, a row's path lengths h(x): one target, test "<". */
  readonly trees: Trees;
  /** c(ψ): the path length that is average for trees of this size. */
  readonly averagePathLength: number;
  /** How many rows are in at least one tree's subsample. */
  readonly rowsUsed: number;
}

/**
 * Random trees that isolate rows: rows n × d (n ≥ 2, finite) → t trees of at most 2ψ − 1 nodes and leaves each.
 *
 * Each tree draws ψ rows without replacement and cuts them in two, x_q < p against x_q ≥ p, at a random column q and a
 * random p between the smallest and the largest value there, until one row is left, all rows are equal, or the depth is
 * ⌈log2 ψ⌉. A leaf weighs its path length: its depth e plus c(rows that ended in it). Short paths are anomalous. The
 * first trees of a longer forest are those of a shorter one.
 *
 * Source: Liu, Ting and Zhou 2008, "Isolation Forest", algorithms 1–3 and eq. 1. Differs from the paper:
 * - q is drawn among the columns that vary among the node's rows, as scikit-learn does: any other cut separates nothing;
 * - the path length of a leaf is counted while growing, not while scoring;
 * - c is exact (see {@link averagePathLength}).
 *
 * Throws on fewer than two rows. O(t ψ log ψ) where columns vary, at worst O(t ψ d log ψ); O(t ψ + n + ψ d) memory:
 * 100 trees of 256 of 49,000 rows × 9 take 0.02 s.
 */
export function growIsolationForest(rows: Matrix, options: IsolationForestOptions): IsolationForest {
  const { rows: n, columns: d } = rows;
  if (n < 2 || d < 1)
    throw new InputError(`isolation forest: rows: expected at least 2 rows and 1 column, got ${n} × ${d}`);
  const psi = Math.min(options.subsample, n);
  const depthLimit = Math.ceil(Math.log2(psi));
  const c = averagePathLength(psi);
  const trees = treeBuilder(options.trees, psi);
  const draw = uniform(options.key.for("splits"));
  const subsamples = subsampler(rows, psi, options.key.for("subsamples"));

  /** A tree's rows, column by column: value (i, q) is `x[q * psi + i]`. */
  const x = new Float64Array(psi * d);
  /** The tree's rows in an order in which those of a node stand together. */
  const order = new Int32Array(psi);
  /** The columns in any order: drawing one that does not vary swaps it away for the rest of the node's draws. */
  const columns = Int32Array.from({ length: d }, (_, j) => j);
  let low = 0;
  let high = 0;

  /** Whether column q varies among the rows from … to of `order`; `low` and `high` become its range there. */
  const varies = (q: number, from: number, to: number): boolean => {
    const start = q * psi;
    low = high = x[start + order[from]];
    for (let i = from + 1; i < to; i++) {
      const value = x[start + order[i]];
      if (value < low) low = value;
      else if (value > high) high = value;
    }
    return low < high;
  };

  /** A random column among those that vary, −1 if none does. */
  const drawColumn = (from: number, to: number): number => {
    for (let left = d; left > 0; left--) {
      const at = Math.floor(draw() * left);
      const q = columns[at];
      if (varies(q, from, to)) return q;
      columns[at] = columns[left - 1];
      columns[left - 1] = q;
    }
    return -1;
  };

  /** Moves the rows with x_q < p before the others; where those others begin. */
  const partition = (q: number, p: number, from: number, to: number): number => {
    const start = q * psi;
    let end = to;
    for (let i = from; i < end; ) {
      const row = order[i];
      if (x[start + row] < p) i++;
      else {
        order[i] = order[--end];
        order[end] = row;
      }
    }
    return end;
  };

  /** iTree(X, e, l) of algorithm 2 on the rows from … to of `order`: a node, or a leaf as −1 − leaf. */
  const grow = (from: number, to: number, depth: number): number => {
    const q = to - from > 1 && depth < depthLimit ? drawColumn(from, to) : -1;
    if (q < 0) return trees.addLeaf(depth + c[to - from]);
    const p = between(low, high, draw());
    const node = trees.addNode(q, p);
    const middle = partition(q, p, from, to);
    const yes = grow(from, middle, depth + 1);
    trees.join(node, yes, grow(middle, to, depth + 1));
    return node;
  };

  for (let t = 0; t < options.trees; t++) {
    subsamples.into(x);
    for (let i = 0; i < psi; i++) order[i] = i;
    trees.addTree(grow(0, psi, 0));
  }
  return { trees: trees.finish(), averagePathLength: c[psi], rowsUsed: subsamples.rowsUsed() };
}

/** low < p ≤ high, uniform, for u in [0, 1): both sides of x < p get rows. The range may exceed what a double holds. */
function between(low: number, high: number, u: number): number {
  const p = high * (1 - u) + low * u;
  return p > low && p <= high ? p : high;
}

/** Draws of ψ rows without replacement: the first ψ steps of a Fisher–Yates shuffle, O(ψ d) each. */
function subsampler(rows: Matrix, psi: number, key: Key) {
  const { rows: n, columns: d, values } = rows;
  const draw = uniform(key);
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  const used = new Uint8Array(n);
  return {
    into(x: Float64Array): void {
      for (let i = 0; i < psi; i++) {
        const at = i + Math.floor(draw() * (n - i));
        const row = order[at];
        order[at] = order[i];
        order[i] = row;
        used[row] = 1;
        for (let q = 0; q < d; q++) x[q * psi + i] = values[row * d + q];
      }
    },
    rowsUsed: () => used.reduce((count, one) => count + one, 0),
  };
}
