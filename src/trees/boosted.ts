import { checkSignal, InputError } from "../errors/index.ts";
import type { Trees } from "../graph/index.ts";
import { type Key, type Matrix, permutation, takeRows } from "../numeric/index.ts";
import { binRows, type Cuts, cutColumns, MOST_BINS } from "./boosted/bins.ts";
import { addTree, type BinnedTree, type SomeColumns, treeGrower } from "./boosted/leaf-wise-tree.ts";
import { treeBuilder } from "./tree-builder.ts";

export interface BoostedOptions {
  /** The most trees. */
  readonly rounds: number;
  /** ν: how much of each tree's step is taken, in (0, 1]. */
  readonly rate: number;
  /** The most leaves a tree has, ≥ 2. */
  readonly leaves: number;
  /** The fewest rows a leaf has, ≥ 1, whatever their weights. */
  readonly minRows: number;
  /** λ ≥ 0: how strongly leaves are drawn toward 0, in rows of weight 1 and hessian 1. */
  readonly l2: number;
  /** The most bins that a column is cut into, 2 to 255; 255 when left out. Of few rows, fewer are as good and faster. */
  readonly bins?: number;
  /** The least sum of hessians a leaf has, > 0; 0.001 when left out. */
  readonly minHessian?: number;
  /** w: how much each row counts, n, ≥ 0. Only their proportions matter: they are scaled to the mean 1. */
  readonly weights?: Float64Array;
  /** Lets each tree split only some columns, drawn for it: trees then differ more. */
  readonly someColumns?: SomeColumns;
  /** Stops early by rows held out. */
  readonly holdOut?: HoldOut;
  readonly signal?: AbortSignal;
}

/** Early stopping: rows that no tree learns from tell when more trees are of no use. */
export interface HoldOut {
  /** The share of the rows of either class that is held out, in (0, 1): at least one, and never all. */
  readonly share: number;
  /** Growing stops when so many trees in a row have not lowered the loss of the held-out rows. */
  readonly patience: number;
  /** Draws them. */
  readonly key: Key;
}

export interface Boosted {
  /** Tests "≤", one target, float64. */
  readonly trees: Trees;
  /** The log-odds of the classes among training rows, by weight. */
  readonly base: number;
  /** How many trees there are; those after the best loss of held-out rows are left out. */
  readonly rounds: number;
}

/**
 * Gradient-boosted trees for two classes: rows n × d (NaN is missing, ± infinity a number), labels n (1 is anomalous, 0
 * normal) → trees whose weights add up to log-odds with `base`: finite, higher is more anomalous.
 *
 * Symbols: F = log-odds, p = 1 / (1 + e^−F), y = label, w = weight of a row. Each round grows a tree on
 * g = w (p − y) and h = w p (1 − p), the derivatives of the log loss in F; a leaf of sums G and H adds −ν G / (H + λ).
 * 1. Columns are cut into at most 255 bins by quantiles of the rows; one more bin is for missing values.
 * 2. A tree is grown leaf-wise: of all leaves the one whose best split gains most is split (`boosted/split.ts`), until
 *    there are `leaves`. Missing values go where they gain more, learned at each split.
 * 3. Of sibling leaves one histogram is summed over rows, and the other is the parent's without it.
 *
 * Source: Friedman 2001, "Greedy function approximation" (boosting, ν); Chen and Guestrin 2016, "XGBoost" (eqs. 4–7: second
 * order, λ; missing values); Ke et al. 2017, "LightGBM" (histograms, leaf-wise). Differs from LightGBM: the rows of a leaf
 * are counted exactly; no sampling of rows, no bundling; a leaf is at most 257 deep, so that ONNX Runtime loads it.
 * A round that finds no split is the last, or adds nothing where columns are drawn. Nothing is drawn but rows held out and columns left out: equal keys, equal trees.
 *
 * Throws an InputError on labels of one class, sizes that do not fit, options out of range; Interrupted by the signal,
 * which other work gets its turn to fire some 20 times a second. O(rounds · (n d · depth + leaves · 255 d)) and
 * O(n d + leaves · 255 d) memory.
 */
export async function growBoosted(rows: Matrix, labels: Uint8Array, options: BoostedOptions): Promise<Boosted> {
  const weights = check(rows, labels, options);
  const { rounds, holdOut, signal, minHessian = 1e-3 } = options;
  const [taught, held] = holdOut ? divided(labels, weights, holdOut) : [null, null];
  const learn = taught ? part(rows, labels, weights, taught) : { rows, labels, weights };
  const heldOut = held && part(rows, labels, weights, held);

  const cuts = cutColumns(learn.rows, options.bins);
  const binned = binRows(learn.rows, cuts);
  const n = learn.rows.rows;
  const base = logOdds(learn.labels, learn.weights);
  const scores = new Float64Array(n).fill(base);
  const [gradients, hessians] = [new Float64Array(n), new Float64Array(n)];
  const grow = treeGrower(binned, cuts, { ...options, minHessian });
  const watched = heldOut && {
    ...heldOut,
    binned: binRows(heldOut.rows, cuts),
    scores: new Float64Array(heldOut.rows.rows).fill(base),
  };
  let [best, kept] = [watched ? logLoss(watched.labels, watched.weights, watched.scores) : 0, 0];

  const trees: BinnedTree[] = [];
  const turn = turns(signal);
  for (let round = 0; round < rounds; round++) {
    await turn();
    for (let i = 0; i < n; i++) {
      const p = 1 / (1 + Math.exp(-scores[i]));
      gradients[i] = learn.weights[i] * (p - learn.labels[i]);
      hessians[i] = learn.weights[i] * p * (1 - p);
    }
    const tree = grow(gradients, hessians, scores);
    if (tree.nodes === 0 && !options.someColumns) break;
    if (tree.nodes === 0) continue;
    trees.push(tree);
    if (!watched || !holdOut) continue;
    addTree(tree, watched.binned, cuts, watched.scores);
    const loss = logLoss(watched.labels, watched.weights, watched.scores);
    if (loss < best) [best, kept] = [loss, trees.length];
    if (trees.length - kept >= holdOut.patience) break;
  }
  const last = watched ? kept : trees.length;
  return { trees: flattened(trees.slice(0, last), cuts, options.leaves), base, rounds: last };
}

/** Checks what is handed in; the weights, scaled to the mean 1. */
function check({ rows: n, columns: d, values }: Matrix, labels: Uint8Array, options: BoostedOptions): Float64Array {
  const refuse = (which: string, expected: string, got: unknown): never => {
    throw new InputError(`boosted trees: ${which}: expected ${expected}, got ${got}`);
  };
  if (n < 2 || d < 1 || values.length !== n * d) refuse("rows", "at least 2 rows and 1 column", `${n} × ${d}`);
  if (labels.length !== n) refuse("labels", `${n}, one a row`, labels.length);
  const { rounds, rate, leaves, minRows, l2, minHessian = 1e-3, weights, holdOut, someColumns } = options;
  const integer = (x: number, least: number) => Number.isSafeInteger(x) && x >= least;
  if (!integer(rounds, 0)) refuse("rounds", "an integer ≥ 0", rounds);
  if (!integer(leaves, 2)) refuse("leaves", "an integer ≥ 2", leaves);
  if (!integer(minRows, 1)) refuse("minRows", "an integer ≥ 1", minRows);
  if (!(rate > 0 && rate <= 1)) refuse("rate", "a number in (0, 1]", rate);
  if (!(l2 >= 0 && l2 < Number.POSITIVE_INFINITY)) refuse("l2", "a finite number ≥ 0", l2);
  const { bins = MOST_BINS } = options;
  if (!integer(bins, 2) || bins > MOST_BINS) refuse("bins", `an integer from 2 to ${MOST_BINS}`, bins);
  if (!(minHessian > 0)) refuse("minHessian", "a number > 0", minHessian);
  if (weights && weights.length !== n) refuse("weights", `${n}, one a row`, weights.length);
  if (someColumns && !(someColumns.share > 0 && someColumns.share <= 1))
    refuse("someColumns: share", "a number in (0, 1]", someColumns.share);
  if (holdOut && !(holdOut.share > 0 && holdOut.share < 1))
    refuse("holdOut: share", "a number in (0, 1)", holdOut.share);
  if (holdOut && !integer(holdOut.patience, 1)) refuse("holdOut: patience", "an integer ≥ 1", holdOut.patience);
  const total = [0, 0];
  for (let i = 0; i < n; i++) {
    const weight = weights ? weights[i] : 1;
    if (labels[i] > 1) refuse(`labels: row ${i}`, "0 or 1", labels[i]);
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY)) refuse(`weights: row ${i}`, "a finite number ≥ 0", weight);
    total[labels[i]] += weight;
  }
  if (!(total[0] > 0 && total[1] > 0))
    refuse(
      "labels",
      "rows of both classes",
      `only ${total[0] > 0 ? "normal" : total[1] > 0 ? "anomalous" : "weightless"} ones`,
    );
  const mean = (total[0] + total[1]) / n;
  return Float64Array.from({ length: n }, (_, i) => (weights ? weights[i] / mean : 1));
}

/** Rows to learn from and rows held out, the same share of either class. */
function divided(
  labels: Uint8Array,
  weights: Float64Array,
  { share, key }: HoldOut,
): readonly [Uint32Array, Uint32Array] {
  const held = new Uint8Array(labels.length);
  for (const label of [0, 1]) {
    const own = Array.from(permutation(key.for(label), labels.length)).filter(
      (i) => labels[i] === label && weights[i] > 0,
    );
    if (own.length < 2)
      throw new InputError(
        `boosted trees: holdOut: expected at least 2 ${label ? "anomalous" : "normal"} rows, got ${own.length}; leave holdOut out`,
      );
    const count = Math.min(own.length - 1, Math.max(1, Math.round(share * own.length)));
    for (const i of own.slice(0, count)) held[i] = 1;
  }
  const places = (which: number) => Uint32Array.from(held.keys()).filter((i) => held[i] === which);
  return [places(0), places(1)];
}

interface Part {
  readonly rows: Matrix;
  readonly labels: Uint8Array;
  readonly weights: Float64Array;
}

function part(rows: Matrix, labels: Uint8Array, weights: Float64Array, places: Uint32Array): Part {
  return {
    rows: takeRows(rows, places),
    labels: Uint8Array.from(places, (i) => labels[i]),
    weights: Float64Array.from(places, (i) => weights[i]),
  };
}

function logOdds(labels: Uint8Array, weights: Float64Array): number {
  const total = [0, 0];
  for (let i = 0; i < labels.length; i++) total[labels[i]] += weights[i];
  return Math.log(total[1] / total[0]);
}

/** Σ w log(1 + e^−F) over anomalous rows and Σ w log(1 + e^F) over normal ones. */
function logLoss(labels: Uint8Array, weights: Float64Array, scores: Float64Array): number {
  let loss = 0;
  for (let i = 0; i < labels.length; i++) {
    const margin = labels[i] === 1 ? scores[i] : -scores[i];
    loss += weights[i] * (Math.max(-margin, 0) + Math.log1p(Math.exp(-Math.abs(margin))));
  }
  return loss;
}

/** Trees over values from trees over bins. */
function flattened(trees: readonly BinnedTree[], { thresholds }: Cuts, leaves: number): Trees {
  const out = treeBuilder(Math.max(1, trees.length), leaves, "<=");
  for (const tree of trees) {
    const places = Array.from({ length: tree.nodes }, (_, node) => {
      const cuts = thresholds[tree.column[node]];
      const split = tree.bin[node] < cuts.length ? cuts[tree.bin[node]] : Number.POSITIVE_INFINITY;
      return out.addNode(tree.column[node], split, tree.missing[node] === 1);
    });
    const weights = Array.from(tree.weights, (weight) => out.addLeaf(weight));
    const child = (c: number) => (c >= 0 ? places[c] : weights[-1 - c]);
    for (let node = 0; node < tree.nodes; node++) out.join(places[node], child(tree.yes[node]), child(tree.no[node]));
    out.addTree(places[0]);
  }
  if (trees.length === 0) out.addTree(out.addLeaf(0));
  return out.finish();
}

/** Gives other work its turn when 50 ms have passed, and stops where the signal fired. */
function turns(signal: AbortSignal | undefined): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last > 50) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      last = performance.now();
    }
    checkSignal(signal, "boosted trees");
  };
}
