import type { Trees } from "../graph/index.ts";

/** Trees in the making; see {@link treeBuilder}. */
export interface TreeBuilder {
  /** A node that tests x_column < split, which NaN passes where asked; join its children later. */
  addNode(column: number, split: number, missingPasses?: boolean): number;
  /** A leaf, as children name it: −1 − its place. */
  addLeaf(weight: number): number;
  join(node: number, whereTrue: number, whereFalse: number): void;
  /** Ends a tree at its root, a node or a lone leaf. */
  addTree(root: number): void;
  finish(): Trees;
}

/**
 * Room for `count` binary trees of at most `size` ≥ 2 leaves each, filled node by node, parents before children; one
 * target, test "<" unless another is given. One typed array a field, no object a node: growing allocates nothing.
 * O(count · size) memory.
 */
export function treeBuilder(count: number, size: number, test: Trees["test"] = "<"): TreeBuilder {
  const most = count * (size - 1);
  const roots = new Int32Array(count);
  const [feature, yes, no] = [new Int32Array(most), new Int32Array(most), new Int32Array(most)];
  const missing = new Uint8Array(most);
  const split = new Float64Array(most);
  const leafWeight = new Float64Array(count * size);
  let [trees, nodes, leaves] = [0, 0, 0];

  const addNode = (column: number, value: number, missingPasses = false): number => {
    feature[nodes] = column;
    missing[nodes] = missingPasses ? 1 : 0;
    split[nodes] = value;
    return nodes++;
  };
  const addLeaf = (weight: number): number => {
    leafWeight[leaves] = weight;
    return -1 - leaves++;
  };
  const join = (node: number, whereTrue: number, whereFalse: number): void => {
    yes[node] = whereTrue;
    no[node] = whereFalse;
  };
  /** A tree must have a node: one that leads to the leaf's weight either way. */
  const nodeAbove = (leaf: number): number => {
    const node = addNode(0, 0);
    join(node, leaf, addLeaf(leafWeight[-1 - leaf]));
    return node;
  };
  return {
    addNode,
    addLeaf,
    join,
    addTree(root) {
      roots[trees++] = root >= 0 ? root : nodeAbove(root);
    },
    finish: () => ({
      test,
      roots: roots.slice(0, trees),
      feature: feature.slice(0, nodes),
      split: split.slice(0, nodes),
      yes: yes.slice(0, nodes),
      no: no.slice(0, nodes),
      ...(missing.includes(1) && { missing: missing.slice(0, nodes) }),
      leafTarget: new Int32Array(leaves),
      leafWeight: leafWeight.slice(0, leaves),
      targets: 1,
    }),
  };
}
