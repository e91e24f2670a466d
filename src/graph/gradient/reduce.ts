import { cast } from "../primitives/cast.ts";
import { equal } from "../primitives/compare.ts";
import { divide, multiply } from "../primitives/elementwise.ts";
import { countAlong, expandLike } from "../primitives/expand.ts";
import { reshape } from "../primitives/layout.ts";
import { reductionPrimitives as p, sum } from "../primitives/reduce.ts";
import type { Primitive, Tensor } from "../tensor.ts";
import type { Rules } from "./rule.ts";

export const reduceRules: Rules = [
  [p.sum as Primitive, (y, g) => [expandLike(kept(y, g), y.inputs[0])]],
  [p.sumOfSquares as Primitive, (y, g) => [multiply(kept(y, g), multiply(y.inputs[0], 2))]],
  [
    p.mean as Primitive,
    (y, g) => {
      const [x] = y.inputs;
      return [expandLike(divide(kept(y, g), countAlong(x, axesOf(y))), x)];
    },
  ],
  [p.max as Primitive, toExtremes],
  [p.min as Primitive, toExtremes],
];

/** Entries that share the extreme value share its gradient. */
function toExtremes(y: Tensor, g: Tensor): Tensor[] {
  const [x] = y.inputs;
  const extreme = cast(equal(x, kept(y, y)), x.dtype);
  const share = divide(kept(y, g), sum(extreme, axesOf(y), { keep: true }));
  return [multiply(extreme, share)];
}

function axesOf(y: Tensor): readonly number[] {
  return y.attributes["axes"] as readonly number[];
}

/** A value of the result's shape with the reduced axes back in place, of size 1. */
function kept(y: Tensor, value: Tensor): Tensor {
  if (y.attributes["keep"]) return value;
  const axes = axesOf(y);
  return reshape(
    value,
    y.inputs[0].shape.map((size, axis) => (axes.includes(axis) ? 1 : size)),
  );
}
