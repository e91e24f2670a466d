import { multiply, subtract } from "../primitives/elementwise.ts";
import { sum } from "../primitives/reduce.ts";
import { softmaxPrimitive } from "../primitives/softmax.ts";
import type { Primitive } from "../tensor.ts";
import type { Rules } from "./rule.ts";

export const softmaxRules: Rules = [
  [
    softmaxPrimitive as Primitive,
    (y, g) => {
      const axis = y.attributes["axis"] as number;
      return [multiply(y, subtract(g, sum(multiply(g, y), axis, { keep: true })))];
    },
  ],
];
