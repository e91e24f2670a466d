import { type Key, sample } from "../../numeric/index.ts";
import type { Binned, Cuts } from "./bins.ts";
import { histogramsOf } from "./histograms.ts";
import { type Split, splitFinder } from "./split.ts";

/** A tree over bins: nodes in the order of growing, parents before children; a child c < 0 is leaf −1 − c. */
export interface BinnedTree {
  readonly nodes: number;
  readonly column: Int32Array;
  /** Rows of bins up to this one pass a node's test. */
  readonly bin: Int32Array;
  /** Whether (1) missing values pass it. */
  readonly missing: Uint8Array;
  readonly yes: Int32Array;
  readonly no: Int32Array;
  /** What each leaf adds, nodes + 1. */
  readonly weights: Float64Array;
}

export interface TreeOptions {
  readonly leaves: number;
  readonly minRows: number;
  readonly minHessian: number;
  readonly l2: number;
  readonly rate: number;
  /** The columns that each tree may split, drawn for it; all when left out. */
  readonly someColumns?: SomeColumns;
}

export interface SomeColumns {
  /** The share of the columns that vary, in (0, 1]; at least two of them, so that columns can act together. */
  readonly share: number;
  readonly key: Key;
}

/** The test of a node at depth 256 is the deepest that a `TreeEnsemble` may hold. */
const DEEPEST = 256;

/**
 * Grows trees one after another on the same rows: gradients and hessians (n each) → a tree, whose weights it adds to
 * `scores`. Leaf-wise: always the leaf whose best split gains most is split, until there are `leaves` of them. Of two new
 * leaves the smaller one's histogram is summed over its rows, the other is its parent's without it. O(n d) for the
 * largest leaf, halved or less for each below; nothing is allocated for a node after the first tree.
 */
export function treeGrower(binned: Binned, cuts: Cuts, options: TreeOptions) {
  const { rows: n, codes } = binned;
  const most = Math.min(options.leaves, Math.max(1, n));
  const histograms = histogramsOf(binned, cuts);
  const find = splitFinder(histograms, options);
  const draw = columnDraw(histograms.active, options.someColumns);

  const order = new Int32Array(n);
  const spare = new Int32Array(n);
  // One entry a leaf. A split leaf's place is taken by the child that passes; the other child comes last.
  const from = new Int32Array(most);
  const to = new Int32Array(most);
  const depth = new Int32Array(most);
  const slot = new Int32Array(most);
  const parent = new Int32Array(most);
  const passes = new Uint8Array(most);
  const sumGradient = new Float64Array(most);
  const sumHessian = new Float64Array(most);
  const best: Split[] = Array.from({ length: most }, () => ({
    gain: 0,
    column: 0,
    bin: 0,
    missing: 0,
    gradient: 0,
    hessian: 0,
    rows: 0,
  }));

  return (gradients: Float64Array, hessians: Float64Array, scores: Float64Array): BinnedTree => {
    const [column, bin, missing] = [new Int32Array(most - 1), new Int32Array(most - 1), new Uint8Array(most - 1)];
    const [yes, no] = [new Int32Array(most - 1), new Int32Array(most - 1)];
    let nodes = 0;
    histograms.reset(gradients, hessians);
    draw();

    /** Finds the best split of a leaf, or gives its histogram back where there is none. */
    const prepare = (leaf: number): void => {
      best[leaf].gain = 0;
      if (slot[leaf] < 0) return;
      const splittable = to[leaf] - from[leaf] >= 2 * options.minRows && depth[leaf] <= DEEPEST;
      if (splittable) find(slot[leaf], sumGradient[leaf], sumHessian[leaf], to[leaf] - from[leaf], best[leaf]);
      if (best[leaf].gain > 0) return;
      histograms.release(slot[leaf]);
      slot[leaf] = -1;
    };

    /** Moves the rows of a leaf that pass its split before the others, either in their order; where the others begin. */
    const partition = (leaf: number): number => {
      const split = best[leaf];
      const start = split.column * n;
      const missingBin = cuts.thresholds[split.column].length + 1;
      const [last, missingPasses] = [split.bin, split.missing === 1];
      let [kept, moved] = [from[leaf], 0];
      for (let i = from[leaf]; i < to[leaf]; i++) {
        const row = order[i];
        const code = codes[start + row];
        if (code === missingBin ? missingPasses : code <= last) order[kept++] = row;
        else spare[moved++] = row;
      }
      for (let i = 0; i < moved; i++) order[kept + i] = spare[i];
      return kept;
    };

    for (let i = 0; i < n; i++) order[i] = i;
    [from[0], to[0], depth[0], parent[0], sumGradient[0], sumHessian[0]] = [0, n, 0, -1, 0, 0];
    for (let i = 0; i < n; i++) {
      sumGradient[0] += gradients[i];
      sumHessian[0] += hessians[i];
    }
    slot[0] = -1;
    if (most > 1) {
      slot[0] = histograms.take();
      histograms.sum(slot[0], order, 0, n);
    }
    prepare(0);

    let leaves = 1;
    while (leaves < most) {
      let leaf = 0;
      for (let other = 1; other < leaves; other++) if (best[other].gain > best[leaf].gain) leaf = other;
      const split = best[leaf];
      if (!(split.gain > 0)) break;
      const node = nodes++;
      [column[node], bin[node], missing[node]] = [split.column, split.bin, split.missing];
      if (parent[leaf] >= 0) (passes[leaf] ? yes : no)[parent[leaf]] = node;
      const middle = partition(leaf);
      const right = leaves++;
      [from[right], to[right], to[leaf]] = [middle, to[leaf], middle];
      depth[leaf] = depth[right] = depth[leaf] + 1;
      parent[leaf] = parent[right] = node;
      [passes[leaf], passes[right]] = [1, 0];
      [sumGradient[right], sumHessian[right]] = [sumGradient[leaf] - split.gradient, sumHessian[leaf] - split.hessian];
      [sumGradient[leaf], sumHessian[leaf]] = [split.gradient, split.hessian];
      const whole = slot[leaf];
      slot[leaf] = slot[right] = -1;
      const larger = middle - from[leaf] >= to[right] - middle ? leaf : right;
      if (leaves < most && to[larger] - from[larger] >= 2 * options.minRows) {
        const smaller = larger === leaf ? right : leaf;
        slot[smaller] = histograms.take();
        slot[larger] = whole;
        histograms.sum(slot[smaller], order, from[smaller], to[smaller]);
        histograms.subtract(whole, slot[smaller]);
      } else histograms.release(whole);
      prepare(leaf);
      prepare(right);
    }

    const weights = new Float64Array(leaves);
    for (let leaf = 0; leaf < leaves; leaf++) {
      if (slot[leaf] >= 0) histograms.release(slot[leaf]);
      const weight = (-options.rate * sumGradient[leaf]) / (sumHessian[leaf] + options.l2);
      weights[leaf] = Number.isFinite(weight) ? weight : 0;
      if (parent[leaf] >= 0) (passes[leaf] ? yes : no)[parent[leaf]] = -1 - leaf;
      for (let i = from[leaf]; i < to[leaf]; i++) scores[order[i]] += weights[leaf];
    }
    return { nodes, column, bin, missing, yes, no, weights };
  };
}

/** Draws the columns of the next tree: marks them in `active`. */
function columnDraw(active: Uint8Array, some: SomeColumns | undefined): () => void {
  if (some === undefined || some.share >= 1) return () => {};
  const count = Math.max(2, Math.ceil(some.share * active.length));
  let tree = 0;
  return () => {
    active.fill(0);
    for (const c of sample(some.key.for(tree++), active.length, count)) active[c] = 1;
  };
}

/** Adds a tree's weights to the scores of other rows, binned by the same cuts. */
export function addTree(
  tree: BinnedTree,
  { rows: n, codes }: Binned,
  { thresholds }: Cuts,
  scores: Float64Array,
): void {
  if (tree.nodes === 0) return;
  for (let i = 0; i < n; i++) {
    let at = 0;
    while (at >= 0) {
      const column = tree.column[at];
      const code = codes[column * n + i];
      const passes = code > thresholds[column].length ? tree.missing[at] === 1 : code <= tree.bin[at];
      at = passes ? tree.yes[at] : tree.no[at];
    }
    scores[i] += tree.weights[-1 - at];
  }
}
