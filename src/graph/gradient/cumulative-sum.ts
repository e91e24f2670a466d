import { cumulativeSum, cumulativeSumPrimitive } from "../primitives/cumulative-sum.ts";
import type { Primitive } from "../tensor.ts";
import type { Rules } from "./rule.ts";

/** An entry is in the sums behind it: what arrives there, summed from the other end. */
export const cumulativeSumRules: Rules = [
  [
    cumulativeSumPrimitive as Primitive,
    ({ attributes }, g) => {
      const { axis, exclusive, reverse } = attributes as { axis: number; exclusive: boolean; reverse: boolean };
      return [cumulativeSum(g, axis, { exclusive, reverse: !reverse })];
    },
  ],
];
