import { broadcastPositions, fromNumbers, numbersOf } from "../nd-array.ts";
import { broadcastShapes } from "../shape.ts";
import { apply, type Primitive, type Tensor } from "../tensor.ts";
import { type Operand, operands } from "./elementwise.ts";

export const wherePrimitive: Primitive = {
  name: "where",
  arity: 3,
  infer: ([condition, a, b]) => {
    if (condition.dtype !== "bool" || a.dtype !== b.dtype || a.dtype === "string")
      throw new Error(
        `where: expected bool and two equal numeric dtypes, got ${condition.dtype}, ${a.dtype}, ${b.dtype}`,
      );
    return {
      shape: broadcastShapes("where", condition.shape, broadcastShapes("where", a.shape, b.shape)),
      dtype: a.dtype,
    };
  },
  evaluate: ([condition, a, b]) => {
    const inner = broadcastShapes("where", a.shape, b.shape);
    const shape = broadcastShapes("where", condition.shape, inner) as number[];
    const [test, left, right] = [condition, a, b].map(numbersOf);
    const [at, atLeft, atRight] = [condition, a, b].map((x) => broadcastPositions(x.shape, shape));
    return fromNumbers(
      a.dtype,
      shape,
      Array.from(at, (position, i) => (test[position] ? left[atLeft[i]] : right[atRight[i]])),
    );
  },
  onnx: { operator: "Where" },
};

/** a where the condition holds, else b; all three broadcast. */
export function where(condition: Tensor, a: Operand, b: Operand): Tensor {
  const [left, right] = operands(a, b);
  return apply(wherePrimitive, [condition, left, right], {});
}
