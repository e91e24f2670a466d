import { fromNumbers } from "../nd-array.ts";
import { add } from "../primitives/elementwise.ts";
import { gather, gatherAlongPrimitive, gatherPrimitive } from "../primitives/gather.ts";
import { transpose } from "../primitives/layout.ts";
import { constant } from "../primitives/leaf.ts";
import { scatterAddPrimitive } from "../primitives/scatter.ts";
import { apply, type Primitive, type Tensor } from "../tensor.ts";
import { folded, repeated } from "./leading.ts";
import type { BatchRule, BatchRules } from "./rule.ts";

/** Every operand has the same axes, and so the batch too. */
const alongAnAxis: BatchRule = ({ primitive, attributes }, inputs, batch) =>
  apply(
    primitive,
    inputs.map((input) => repeated(input, batch)),
    { axis: (attributes["axis"] as number) + 1 },
  );

export const gatherBatching: BatchRules = [
  [gatherAlongPrimitive as Primitive, alongAnAxis],
  [scatterAddPrimitive as Primitive, alongAnAxis],
  [
    gatherPrimitive as Primitive,
    ({ attributes }, [x, indices]) => {
      const axis = attributes["axis"] as number;
      if (!indices.batched) return gather(x.tensor, indices.tensor, axis + 1);
      if (!x.batched) return moved(gather(x.tensor, indices.tensor, axis), axis, 0, 1);
      return fromEach(x.tensor, indices.tensor, axis);
    },
  ],
];

/** Each entry's x at the indices of its own: one gather from all of them below each other. */
function fromEach(x: Tensor, indices: Tensor, axis: number): Tensor {
  const [batch, size] = [x.shape[0], x.shape[axis + 1]];
  if (typeof batch !== "number" || typeof size !== "number")
    throw new Error(`expected known sizes where x and indices are batched, got ${batch} × ${size}`);
  const all = folded(moved(x, axis + 1, 1, 1));
  const starts = fromNumbers(
    "int64",
    [batch, ...indices.shape.slice(1).map(() => 1)],
    Array.from({ length: batch }, (_, entry) => entry * size),
  );
  // batch × (axes of the indices) × (axes before, then behind): the former belong between the latter.
  const taken = gather(all, add(indices, constant(starts)), 0);
  return moved(taken, 1, axis + 1, indices.shape.length - 1);
}

/** x with `count` axes from `from` on in another place: at `to` among the others. */
function moved(x: Tensor, from: number, to: number, count: number): Tensor {
  if (from === to || count === 0) return x;
  const axes = x.shape.map((_, axis) => axis);
  const moving = axes.splice(from, count);
  axes.splice(to, 0, ...moving);
  return transpose(x, axes);
}
