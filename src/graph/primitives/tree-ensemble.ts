import { ndArray, numbersOf } from "../nd-array.ts";
import { knownSize } from "../shape.ts";
import { apply, describeTensor, type OnnxParts, type Primitive, type Tensor } from "../tensor.ts";
import { intAttribute, intsAttribute } from "./onnx-parts.ts";

/**
 * Binary decision trees as flat arrays, summed per target. A node sends a row to `yes` when its feature passes the
 * test against `split`, else to `no`; a child c ≥ 0 is a node, c < 0 the leaf −1 − c.
 */
export interface Trees {
  /** "<=" or "<": how every node compares its feature with its split. NaN fails either, see `missing`. */
  readonly test: "<=" | "<";
  /** The node at which each tree starts. */
  readonly roots: Int32Array;
  readonly feature: Int32Array;
  readonly split: Float64Array;
  readonly yes: Int32Array;
  readonly no: Int32Array;
  /** Whether (1) or not (0) NaN passes a node's test; left out where it passes none. */
  readonly missing?: Uint8Array;
  /** The target to which each leaf adds its weight. */
  readonly leafTarget: Int32Array;
  readonly leafWeight: Float64Array;
  /** How many targets there are. */
  readonly targets: number;
}

/** `ai.onnx.ml` TreeEnsemble (version 5) in double, aggregated by sum. */
export const treeEnsemblePrimitive: Primitive<{ readonly trees: Trees }> = {
  name: "treeEnsemble",
  arity: 1,
  infer: ([x], { trees }) => {
    if (x.dtype !== "float64" || x.shape.length !== 2)
      throw new Error(`treeEnsemble: expected float64 rows × columns, got ${describeTensor(x)}`);
    verifyTrees(trees, knownSize("treeEnsemble", x.shape[1]));
    return { shape: [x.shape[0], trees.targets], dtype: "float64" };
  },
  evaluate: ([x], { trees }) => {
    const [rows, columns] = x.shape;
    const values = numbersOf(x);
    const out = new Float64Array(rows * trees.targets);
    for (let i = 0; i < rows; i++)
      for (const root of trees.roots) {
        let node = root;
        while (node >= 0) {
          const value = values[i * columns + trees.feature[node]];
          const passes = trees.test === "<=" ? value <= trees.split[node] : value < trees.split[node];
          const tracked = trees.missing?.[node] === 1 && Number.isNaN(value);
          node = passes || tracked ? trees.yes[node] : trees.no[node];
        }
        out[i * trees.targets + trees.leafTarget[-1 - node]] += trees.leafWeight[-1 - node];
      }
    return ndArray("float64", [rows, trees.targets], out);
  },
  onnx: {
    operator: "TreeEnsemble",
    domain: "ai.onnx.ml",
    encode: ({ trees }) => encodeTrees(trees),
    decode: decodeTrees,
  },
};

/** Sums over trees: rows × columns → rows × targets, float64 exactly as added, tree by tree. */
export function treeEnsemble(x: Tensor, trees: Trees): Tensor {
  return apply(treeEnsemblePrimitive, [x], { trees });
}

/** ONNX Runtime walks trees by recursion when it loads them: some 20,000 levels end the process. */
const DEEPEST = 256;
const MOST_TARGETS = 20_000;
const TRACKS = "nodes_missing_value_tracks_true";

/** Every index in range, every child after its parent (so no cycle), every node below one root. */
function verifyTrees(trees: Trees, columns: number): void {
  const nodes = trees.split.length;
  const leaves = trees.leafWeight.length;
  const fail = (what: string): never => {
    throw new Error(`treeEnsemble: ${what}`);
  };
  for (const array of [trees.feature, trees.yes, trees.no, trees.missing ?? trees.no])
    if (array.length !== nodes) fail("node arrays differ in length");
  if (trees.leafTarget.length !== leaves) fail("leaf arrays differ in length");
  if (!(trees.targets >= 1 && trees.targets <= MOST_TARGETS)) fail(`expected 1 to ${MOST_TARGETS} targets`);
  if (trees.roots.length === 0 || trees.roots.some((root) => root < 0 || root >= nodes)) fail("a root is not a node");
  if (trees.leafTarget.some((target) => target < 0 || target >= trees.targets)) fail("a leaf has no such target");
  if (trees.missing?.some((passes) => passes > 1)) fail("expected NaN to pass a test (1) or not (0)");
  const parents = new Uint32Array(nodes);
  const depth = new Uint32Array(nodes);
  for (const root of trees.roots) parents[root]++;
  for (let node = 0; node < nodes; node++) {
    if (!(trees.feature[node] >= 0 && trees.feature[node] < columns))
      fail(`node ${node} tests a column that is not there`);
    for (const child of [trees.yes[node], trees.no[node]]) {
      if (child >= 0 ? child <= node || child >= nodes : -1 - child >= leaves) fail(`node ${node} has no such child`);
      if (child < 0) continue;
      parents[child]++;
      depth[child] = depth[node] + 1;
      if (depth[child] > DEEPEST) fail(`a tree is deeper than ${DEEPEST} nodes`);
    }
  }
  if (parents.some((count) => count !== 1)) fail("a node belongs to no tree, or to two");
}

function encodeTrees(trees: Trees): OnnxParts {
  const isLeaf = (children: Int32Array) => children.map((child) => (child < 0 ? 1 : 0));
  const places = (children: Int32Array) => children.map((child) => (child < 0 ? -1 - child : child));
  const nodes = trees.split.length;
  return {
    attributes: {
      aggregate_function: { int: 1 },
      post_transform: { int: 0 },
      n_targets: { int: trees.targets },
      tree_roots: { ints: trees.roots },
      nodes_featureids: { ints: trees.feature },
      nodes_splits: { tensor: ndArray("float64", [nodes], trees.split) },
      nodes_modes: { tensor: { uint8: new Uint8Array(nodes).fill(trees.test === "<=" ? 0 : 1) } },
      nodes_truenodeids: { ints: places(trees.yes) },
      nodes_trueleafs: { ints: isLeaf(trees.yes) },
      nodes_falsenodeids: { ints: places(trees.no) },
      nodes_falseleafs: { ints: isLeaf(trees.no) },
      ...(trees.missing && { [TRACKS]: { ints: Int32Array.from(trees.missing) } }),
      leaf_targetids: { ints: trees.leafTarget },
      leaf_weights: { tensor: ndArray("float64", [trees.leafWeight.length], trees.leafWeight) },
    },
  };
}

function decodeTrees(parts: OnnxParts): { trees: Trees } {
  if (intAttribute(parts, "aggregate_function", 1) !== 1 || intAttribute(parts, "post_transform", 0) !== 0)
    throw new Error("TreeEnsemble: expected a sum without transform");
  const integers = (name: string) => Int32Array.from(intsAttribute(parts, name));
  const doubles = (name: string) => {
    const attribute = parts.attributes?.[name];
    if (
      !attribute ||
      !("tensor" in attribute) ||
      !("dtype" in attribute.tensor) ||
      attribute.tensor.dtype !== "float64"
    )
      throw new Error(`TreeEnsemble: ${name}: expected doubles`);
    return attribute.tensor.data;
  };
  const modes = parts.attributes?.["nodes_modes"];
  if (!modes || !("tensor" in modes) || !("uint8" in modes.tensor))
    throw new Error("TreeEnsemble: nodes_modes: expected bytes");
  const mode = modes.tensor.uint8[0];
  if (mode > 1 || modes.tensor.uint8.some((other) => other !== mode))
    throw new Error("TreeEnsemble: nodes_modes: expected all ≤ or all <");
  const children = (which: "true" | "false") => {
    const leaf = integers(`nodes_${which}leafs`);
    return integers(`nodes_${which}nodeids`).map((place, i) => (leaf[i] ? -1 - place : place));
  };
  const missing = parts.attributes?.[TRACKS] ? integers(TRACKS) : new Int32Array(0);
  if (missing.some((passes) => passes !== 0 && passes !== 1))
    throw new Error(`TreeEnsemble: ${TRACKS}: expected 0 and 1`);
  return {
    trees: {
      test: mode === 0 ? "<=" : "<",
      roots: integers("tree_roots"),
      feature: integers("nodes_featureids"),
      split: doubles("nodes_splits"),
      yes: children("true"),
      no: children("false"),
      ...(missing.length > 0 && { missing: Uint8Array.from(missing) }),
      leafTarget: integers("leaf_targetids"),
      leafWeight: doubles("leaf_weights"),
      targets: intAttribute(parts, "n_targets", 1),
    },
  };
}
