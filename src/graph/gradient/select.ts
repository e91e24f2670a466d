import { choosePrimitive } from "../primitives/branch.ts";
import { cast, castPrimitive } from "../primitives/cast.ts";
import { expandPrimitive } from "../primitives/expand.ts";
import { where, wherePrimitive } from "../primitives/select.ts";
import type { Primitive, Tensor } from "../tensor.ts";
import type { Rule, Rules } from "./rule.ts";
import { total } from "./total.ts";

/** Each of two values gets what arrives where it was taken. */
const toTheChosen: Rule = ({ inputs: [condition, a, b] }, g) => [
  null,
  total(where(condition, g, 0), a.shape),
  total(where(condition, 0, g), b.shape),
];

export const selectRules: Rules = [
  [wherePrimitive, toTheChosen],
  [choosePrimitive, toTheChosen],
  [expandPrimitive, ({ inputs: [x] }, g) => [total(g, x.shape), null]],
  [castPrimitive as Primitive, ({ inputs: [x] }, g) => [stops(x, g) ? null : cast(g, x.dtype)]],
];

/** A cast to the dtype that x has is `stopGradient`; nothing flows through whole numbers and truth values. */
function stops(x: Tensor, g: Tensor): boolean {
  const floats = x.dtype === "float32" || x.dtype === "float64";
  return !floats || x.dtype === g.dtype;
}
