import { apply, describeTensor, type Primitive, type Tensor } from "../tensor.ts";
import { identity } from "./elementwise.ts";

/** One of two values, of which only the one that is wanted is computed: ONNX `If`. */
export const choosePrimitive: Primitive = {
  name: "choose",
  arity: 3,
  infer: ([condition, a, b]) => {
    if (condition.dtype !== "bool" || condition.shape.length !== 0)
      throw new Error(`choose: condition: expected bool [], got ${describeTensor(condition)}`);
    if (a.dtype !== b.dtype || a.shape.join() !== b.shape.join())
      throw new Error(`choose: expected two values alike, got ${describeTensor(a)} and ${describeTensor(b)}`);
    return { shape: a.shape, dtype: a.dtype };
  },
  // The interpreter leaves out what is not wanted (src/graph/placement.ts).
  evaluate: ([condition, a, b]) => (condition.data[0] ? a : b),
  onnx: { operator: "If", branches: ["then_branch", "else_branch"] },
};

/**
 * a if the condition, one bool, holds, else b, of the same shape and dtype. What only one of them needs is computed only
 * when that one is wanted; what both need, or anything else, is computed before. A choice within a choice is refused
 * when the graph is verified. To choose entry by entry: `where`.
 */
export function choose(condition: Tensor, a: Tensor, b: Tensor): Tensor {
  // A branch must end in a node of its own, which these are.
  return apply(choosePrimitive, [condition, identity(a), identity(b)], {});
}
