import { choosePrimitive } from "../primitives/branch.ts";
import { castPrimitive } from "../primitives/cast.ts";
import { comparisons } from "../primitives/compare.ts";
import { elementwise } from "../primitives/elementwise.ts";
import { expandPrimitive, shapeOf, shapeOfPrimitive } from "../primitives/expand.ts";
import { labelEncoderPrimitive } from "../primitives/label-encoder.ts";
import { where, wherePrimitive } from "../primitives/select.ts";
import { unitStepPrimitive } from "../primitives/unit-step.ts";
import { apply, type Primitive } from "../tensor.ts";
import { aligned, repeated, spread } from "./leading.ts";
import type { BatchRule, BatchRules } from "./rule.ts";

/** Entry by entry, operands broadcast: the same primitive once the ranks fit. */
const entryByEntry: BatchRule = ({ primitive, shape, attributes }, inputs) =>
  apply(
    primitive,
    inputs.map((input) => aligned(input, shape.length)),
    attributes,
  );

const same: readonly Primitive[] = [
  ...elementwise,
  ...comparisons,
  wherePrimitive,
  unitStepPrimitive,
  castPrimitive as Primitive,
  labelEncoderPrimitive as Primitive,
];

export const elementwiseBatching: BatchRules = [
  ...same.map((primitive) => [primitive, entryByEntry] as const),
  [
    choosePrimitive,
    (result, [condition, a, b], batch) => {
      const [first, second] = [repeated(a, batch), repeated(b, batch)];
      // Where entries choose differently, both values are computed.
      if (condition.batched) return where(aligned(condition, result.shape.length), first, second);
      return apply(choosePrimitive, [condition.tensor, first, second], {});
    },
  ],
  [
    expandPrimitive,
    (result, [x], batch) => {
      const [, shape] = result.inputs;
      const like = shape.primitive === shapeOfPrimitive ? batch.lifted(shape.inputs[0]) : null;
      const operand = aligned(x, result.shape.length);
      if (like?.batched) return apply(expandPrimitive, [operand, shapeOf(like.tensor)], {});
      return spread(operand, like?.tensor ?? result, batch);
    },
  ],
];
