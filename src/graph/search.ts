import { type Trees, treeEnsemble } from "./primitives/tree-ensemble.ts";
import type { Tensor } from "./tensor.ts";

/** A step function of one number: `values[i]` where i thresholds lie below it. */
export interface StepFunction {
  /** Strictly increasing. */
  readonly thresholds: Float64Array;
  /** One more than the thresholds. */
  readonly values: Float64Array;
}

/**
 * Step functions column by column, rows × columns → rows × columns: exact binary search, as one tree a column
 * (a `TreeEnsemble` takes about 0.1 µs a row where comparing with every threshold takes hundreds of times that).
 *
 * `below` says which thresholds count as below x: "<" those t < x, "<=" also t = x. NaN has all of them below.
 */
export function stepFunctions(x: Tensor, functions: readonly StepFunction[], below: "<" | "<="): Tensor {
  return treeEnsemble(x, searchTrees(functions, below));
}

function searchTrees(functions: readonly StepFunction[], below: "<" | "<="): Trees {
  const nodes: { feature: number; split: number; yes: number; no: number }[] = [];
  const leaves: { target: number; weight: number }[] = [];
  const leaf = (target: number, weight: number) => -leaves.push({ target, weight });
  const roots = functions.map(({ thresholds, values }, feature) => {
    if (values.length !== thresholds.length + 1)
      throw new Error(`stepFunctions: values: expected ${thresholds.length + 1}, got ${values.length}`);
    /** The node, or leaf, that tells apart the intervals first … last. */
    const grow = (first: number, last: number): number => {
      if (first === last) return leaf(feature, values[first]);
      const middle = (first + last) >> 1;
      const node = nodes.push({ feature, split: thresholds[middle], yes: 0, no: 0 }) - 1;
      nodes[node].yes = grow(first, middle);
      nodes[node].no = grow(middle + 1, last);
      return node;
    };
    if (thresholds.length > 0) return grow(0, thresholds.length);
    return nodes.push({ feature, split: 0, yes: leaf(feature, values[0]), no: leaf(feature, values[0]) }) - 1;
  });
  return {
    // x ≤ t keeps t among those not below x; x < t lets t = x count as below.
    test: below === "<" ? "<=" : "<",
    roots: Int32Array.from(roots),
    feature: Int32Array.from(nodes, (node) => node.feature),
    split: Float64Array.from(nodes, (node) => node.split),
    yes: Int32Array.from(nodes, (node) => node.yes),
    no: Int32Array.from(nodes, (node) => node.no),
    leafTarget: Int32Array.from(leaves, (l) => l.target),
    leafWeight: Float64Array.from(leaves, (l) => l.weight),
    targets: functions.length,
  };
}
