import type { Primitive } from "../tensor.ts";
import { axesBatching } from "./axes.ts";
import { convBatching } from "./conv.ts";
import { elementwiseBatching } from "./elementwise.ts";
import { gatherBatching } from "./gather.ts";
import { productBatching } from "./product.ts";
import type { BatchRule } from "./rule.ts";

const rules: ReadonlyMap<Primitive, BatchRule> = new Map([
  ...elementwiseBatching,
  ...axesBatching,
  ...productBatching,
  ...gatherBatching,
  ...convBatching,
]);

/** How a primitive is written for a batch; undefined where that is not known. */
export function batchRuleOf(primitive: Primitive): BatchRule | undefined {
  return rules.get(primitive);
}
