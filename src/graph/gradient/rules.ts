import type { Primitive } from "../tensor.ts";
import { convRules } from "./conv.ts";
import { cumulativeSumRules } from "./cumulative-sum.ts";
import { elementwiseRules } from "./elementwise.ts";
import { gatherRules } from "./gather.ts";
import { layoutRules } from "./layout.ts";
import { productRules } from "./product.ts";
import { reduceRules } from "./reduce.ts";
import type { Rule } from "./rule.ts";
import { selectRules } from "./select.ts";
import { softmaxRules } from "./softmax.ts";

const rules: ReadonlyMap<Primitive, Rule> = new Map([
  ...elementwiseRules,
  ...reduceRules,
  ...productRules,
  ...layoutRules,
  ...selectRules,
  ...softmaxRules,
  ...convRules,
  ...gatherRules,
  ...cumulativeSumRules,
]);

/** How a gradient flows through a primitive; undefined where none does (comparisons, indices, rounding, trees). */
export function ruleOf(primitive: Primitive): Rule | undefined {
  return rules.get(primitive);
}
