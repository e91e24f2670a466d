import { numbersOf } from "../nd-array.ts";
import { add } from "../primitives/elementwise.ts";
import { expandLike, filledLike } from "../primitives/expand.ts";
import { gather, gatherAlong, gatherAlongPrimitive, gatherPrimitive } from "../primitives/gather.ts";
import { reshape } from "../primitives/layout.ts";
import { constantValue, int64 } from "../primitives/leaf.ts";
import { pad } from "../primitives/pad.ts";
import { scatterAdd, scatterAddPrimitive } from "../primitives/scatter.ts";
import type { Primitive, Size, Tensor } from "../tensor.ts";
import type { Rules } from "./rule.ts";

/** So often may an entry be taken for its gradient to be gathered: beyond, one `ScatterElements` is faster. */
const MOST_GATHERS = 4;

export const gatherRules: Rules = [
  [
    gatherPrimitive as Primitive,
    ({ inputs: [x, indices], attributes }, g) => {
      const axis = attributes["axis"] as number;
      const flat = flattenIndices(g, indices, axis);
      const fixed = constantValue(indices);
      const size = x.shape[axis];
      if (fixed && typeof size === "number") {
        const taken = placesOf(Array.from(numbersOf(fixed)), size);
        if (Math.max(...taken.map((places) => places.length)) <= MOST_GATHERS)
          return [gathered(flat, taken, axis), null];
      }
      const count = sizeAlong(indices);
      const column = reshape(indices, flat.shape.map((_, i) => (i === axis ? count : 1)) as Size[]);
      return [scatterAdd(filledLike(x, 0), expandLike(column, flat), flat, axis), null];
    },
  ],
  [
    gatherAlongPrimitive as Primitive,
    ({ inputs: [x, indices], attributes }, g) => [
      scatterAdd(filledLike(x, 0), indices, g, attributes["axis"] as number),
      null,
    ],
  ],
  [
    scatterAddPrimitive as Primitive,
    ({ inputs: [, indices], attributes }, g) => [g, null, gatherAlong(g, indices, attributes["axis"] as number)],
  ],
];

/** What arrives, with the axes that the indices brought made one. */
function flattenIndices(g: Tensor, indices: Tensor, axis: number): Tensor {
  const rank = indices.shape.length;
  if (rank === 1) return g;
  return reshape(g, [...g.shape.slice(0, axis), sizeAlong(indices), ...g.shape.slice(axis + rank)]);
}

/** How many indices there are; a name where one of their axes is named and the others are 1. */
function sizeAlong({ shape }: Tensor): Size {
  const named = shape.filter((size) => typeof size === "string");
  const known = shape.reduce<number>((product, size) => (typeof size === "number" ? product * size : product), 1);
  if (named.length === 0) return known;
  if (named.length === 1 && known === 1) return named[0];
  throw new Error(`gradient of gather: indices: expected one size, or known sizes, got [${shape.join(", ")}]`);
}

/** For each entry, the places where it was taken to. */
function placesOf(indices: readonly number[], size: number): number[][] {
  const places = Array.from({ length: size }, (): number[] => []);
  indices.forEach((index, place) => {
    places[index].push(place);
  });
  return places;
}

/** The sum of what arrives at the places of each entry: the i-th gather takes the i-th of them, or a zero behind all. */
function gathered(g: Tensor, taken: readonly (readonly number[])[], axis: number): Tensor {
  const count = g.shape[axis] as number;
  const most = Math.max(...taken.map((places) => places.length));
  const padded = taken.some((places) => places.length < most) ? pad(g, { [axis]: [0, 1] }) : g;
  const parts = Array.from({ length: most }, (_, i) =>
    gather(padded, int64(taken.map((places) => places[i] ?? count)), axis),
  );
  return parts.reduce((total, part) => add(total, part));
}
