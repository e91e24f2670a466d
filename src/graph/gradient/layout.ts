import {
  concatenatePrimitive,
  reshape,
  reshapePrimitive,
  slice,
  slicePrimitive,
  transpose,
  transposePrimitive,
} from "../primitives/layout.ts";
import { pad, padPrimitive } from "../primitives/pad.ts";
import { sum } from "../primitives/reduce.ts";
import type { Primitive, Size, Tensor } from "../tensor.ts";
import type { Rules } from "./rule.ts";

export const layoutRules: Rules = [
  // A file cannot hold the shape of a scalar, so what was a scalar is the sum of its one entry.
  [
    reshapePrimitive as Primitive,
    ({ inputs: [x] }, g) => [x.shape.length === 0 ? sum(g, everyAxis(g)) : reshape(g, x.shape)],
  ],
  [transposePrimitive as Primitive, ({ attributes }, g) => [transpose(g, inverse(attributes["order"] as number[]))]],
  [
    concatenatePrimitive as Primitive,
    ({ inputs, attributes }, g) => {
      const axis = attributes["axis"] as number;
      let from = 0;
      return inputs.map((x) => {
        const start = from;
        from += x.shape[axis] as number;
        return from > start ? slice(g, axis, start, from) : null;
      });
    },
  ],
  [
    slicePrimitive as Primitive,
    ({ inputs: [x], attributes }, g) => {
      const { axis, from, to } = attributes as { axis: number; from: number; to: number };
      return [pad(g, { [axis]: [from, (x.shape[axis] as number) - to] })];
    },
  ],
  [
    padPrimitive as Primitive,
    ({ inputs: [x], attributes }, g) => {
      const before = attributes["before"] as number[];
      if (x.shape.includes(0)) return [null];
      const inside = (rest: Tensor, size: Size, axis: number) =>
        rest.shape[axis] === size ? rest : slice(rest, axis, before[axis], before[axis] + (size as number));
      return [x.shape.reduce(inside, g)];
    },
  ],
];

function everyAxis(x: Tensor): number[] {
  return x.shape.map((_, axis) => axis);
}

/** The order that undoes one. */
function inverse(order: readonly number[]): number[] {
  return order.map((_, axis) => order.indexOf(axis));
}
