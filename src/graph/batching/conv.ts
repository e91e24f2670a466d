import { convPrimitive } from "../primitives/conv.ts";
import { convTransposedPrimitive } from "../primitives/conv-transposed.ts";
import { add } from "../primitives/elementwise.ts";
import { reshape, transpose } from "../primitives/layout.ts";
import type { Sliding } from "../primitives/sliding.ts";
import { apply, type Primitive, type Size, type Tensor } from "../tensor.ts";
import { folded, productOf, repeated, unfolded } from "./leading.ts";
import type { Batch, BatchRules, Lifted } from "./rule.ts";

/** Rows of every entry below each other where kernels are shared; else the channels of every entry as groups of their own. */
export const convBatching: BatchRules = [
  [
    convPrimitive as Primitive,
    (result, [x, w, bias], batch) => {
      if (!bias) return slid(result, x, w, batch);
      if (x.batched && !w.batched && !bias.batched) return slid(result, x, w, batch, bias.tensor);
      const sizes = result.shape.slice(2).map((): Size => 1);
      const shape = bias.batched ? [batch.size, 1, bias.tensor.shape[1], ...sizes] : [bias.tensor.shape[0], ...sizes];
      return add(slid(result, x, w, batch), reshape(bias.tensor, shape));
    },
  ],
  [convTransposedPrimitive as Primitive, (result, [x, w], batch) => slid(result, x, w, batch)],
];

function slid(result: Tensor, x: Lifted, w: Lifted, batch: Batch, bias?: Tensor): Tensor {
  const { primitive, attributes, shape } = result;
  if (!w.batched) {
    const rows = x.batched ? folded(x.tensor) : x.tensor;
    const y = apply(primitive, bias ? [rows, w.tensor, bias] : [rows, w.tensor], attributes);
    return x.batched ? unfolded(y, batch, shape[0]) : y;
  }
  // Kernels of every entry over one array are just more kernels; otherwise each entry has its groups of channels.
  const { groups } = attributes as Sliding;
  const shared = !x.batched && groups === 1 && primitive === (convPrimitive as Primitive);
  const channels = shared ? x.tensor : besideEachOther(repeated(x, batch));
  const each = shared ? 1 : (productOf(batch.size, groups) as number);
  const y = apply(primitive, [channels, folded(w.tensor)], { ...attributes, groups: each });
  const apart = reshape(y, [shape[0], batch.size, ...shape.slice(1)]);
  return transpose(apart, [1, 0, ...shape.slice(1).map((_, axis) => axis + 2)]);
}

/** Channels of every entry beside each other: L × N × C × … → N × L C × …. */
function besideEachOther(x: Tensor): Tensor {
  const [batch, rows, channels, ...sizes] = x.shape;
  const swapped = transpose(x, [1, 0, ...x.shape.slice(2).map((_, axis) => axis + 2)]);
  return reshape(swapped, [rows, productOf(batch, channels), ...sizes]);
}
