import { numbersOf } from "../nd-array.ts";
import { add } from "../primitives/elementwise.ts";
import { expandLike, filledLike } from "../primitives/expand.ts";
import { gather, gatherAlong, gatherAlongPrimitive, gatherPrimitive } from "../primitives/gather.ts";
import { concatenate, reshape } from "../primitives/layout.ts";
import { constantValue, int64 } from "../primitives/leaf.ts";
import { pad } from "../primitives/pad.ts";
import { scatterAdd, scatterAddPrimitive } from "../primitives/scatter.ts";
import type { Primitive, Size, Tensor } from "../tensor.ts";
import type { Rules } from "./rule.ts";

/** So many gathers may take the place of one `ScatterElements`, which is ten times slower an entry. */
const MOST_GATHERS = 32;

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

/**
 * The sum of what arrives at the places of each entry: entries taken equally often together, one gather for each time;
 * then all in order again. Null where that takes too many gathers.
 */
function gathered(g: Tensor, taken: readonly (readonly number[])[], axis: number): Tensor | null {
  const most = taken.reduce((count, places) => Math.max(count, places.length), 0);
  const classes = Array.from({ length: most }, (_, i) =>
    taken.flatMap((places, entry) => (places.length === i + 1 ? [entry] : [])),
  );
  const used = classes.flatMap((entries, i) => (entries.length > 0 ? [{ entries, times: i + 1 }] : []));
  if (used.reduce((gathers, { times }) => gathers + times, 0) > MOST_GATHERS) return null;
  const sums = used.map(({ entries, times }) =>
    Array.from({ length: times }, (_, i) => gather(g, int64(entries.map((entry) => taken[entry][i])), axis)).reduce(
      (total, part) => add(total, part),
    ),
  );
  const order = used.flatMap(({ entries }) => entries);
  if (used.length === 1 && order.length === taken.length) return sums[0];
  const all = concatenate(sums, axis);
  // Entries that were never taken get the zero behind all others.
  const padded = order.length < taken.length ? pad(all, { [axis]: [0, 1] }) : all;
  const position = new Array<number>(taken.length).fill(order.length);
  order.forEach((entry, i) => {
    position[entry] = i;
  });
  return gather(padded, int64(position), axis);
}
