import { type Key, permutation, sample } from "../../numeric/index.ts";

/** Rows of one array that training draws from: places of normal rows, and of each class of known anomalous ones. */
export interface Places {
  readonly normal: readonly number[];
  readonly classes: readonly (readonly number[])[];
}

/** What one episode learns from: places of rows. */
export interface Episode {
  readonly inner: readonly number[];
  readonly outer: { readonly normal: readonly number[]; readonly anomalous: readonly number[] };
}

export const VARIANTS = ["code", "paper"] as const;
export type Variant = (typeof VARIANTS)[number];

/** Rows of an inner class at most, normal rows beside them at least, rows of an outer class at most. */
const [MOST_INNER, LEAST_NORMAL, MOST_OUTER] = [2500, 1000, 100];
/** Classes of the inner and of the outer task. */
const [INNER_CLASSES, OUTER_CLASSES] = [2, 3];

/**
 * Draws an episode: two classes are known in it and up to three others play the unknown; of two classes in all, one each.
 *
 * Inner rows, `code`: up to 2,500 of each known class, and as many normal ones, 1,000 at least (again where there are too few);
 * `paper`: all normal rows. Outer rows: up to 100 of each class that plays the unknown, and as many normal ones.
 */
export function drawEpisode({ normal, classes }: Places, variant: Variant, key: Key): Episode {
  const order = permutation(key.for("classes"), classes.length);
  const known = order.subarray(0, Math.min(INNER_CLASSES, classes.length - 1));
  const unknown = order.subarray(known.length, known.length + OUTER_CLASSES);
  const some = (of: Uint32Array, most: number, purpose: string) =>
    Array.from(of).flatMap((at) => drawn(classes[at], Math.min(most, classes[at].length), key.for(purpose).for(at)));
  const seen = some(known, MOST_INNER, "inner");
  const anomalous = some(unknown, MOST_OUTER, "outer");
  return {
    inner:
      variant === "paper"
        ? normal
        : [...seen, ...drawn(normal, Math.max(LEAST_NORMAL, seen.length), key.for("inner normal"))],
    outer: { normal: drawn(normal, anomalous.length, key.for("outer normal")), anomalous },
  };
}

/** `count` of some places: none twice unless there are fewer, and then each as often as another, or once more. */
export function drawn(places: readonly number[], count: number, key: Key): number[] {
  const whole = Math.floor(count / places.length);
  const rest = sample(key, places.length, count - whole * places.length);
  return [...Array.from({ length: whole }, () => places).flat(), ...Array.from(rest, (at) => places[at])];
}

/** The most anomalous rows that the outer task of an episode can have. */
export function mostOuter({ classes }: Places): number {
  const sizes = classes.map(({ length }) => Math.min(length, MOST_OUTER)).sort((a, b) => b - a);
  const many = classes.length === 2 ? 1 : Math.min(OUTER_CLASSES, classes.length - INNER_CLASSES);
  return sizes.slice(0, many).reduce((a, b) => a + b, 0);
}

/** Passes over the outer rows, and rows of a side in a batch at most. */
const [PASSES, HALF] = [5, 64];

/** Rows of a side in the batches of all episodes: 64, or as many as there can be. */
export function outerHalf(places: Places): number {
  return Math.min(HALF, mostOuter(places));
}

/**
 * The batches of the outer loop: five passes in new orders, `half` normal and `half` anomalous rows each, those that do not
 * fill a batch left out; where a side has fewer rows in all, one batch of all of them a pass, filled up with `filler`.
 */
export function outerBatches({ outer }: Episode, half: number, filler: number, key: Key): readonly BigInt64Array[] {
  const { normal, anomalous } = outer;
  const perPass = Math.max(1, Math.floor(anomalous.length / half));
  return Array.from({ length: PASSES }, (_, pass) => {
    const orders = [normal, anomalous].map((side, i) => {
      const order = permutation(key.for(pass).for(i), side.length);
      return (batch: number) => Array.from({ length: half }, (_, k) => side[order[batch * half + k]] ?? filler);
    });
    return Array.from({ length: perPass }, (_, batch) =>
      BigInt64Array.from([...orders[0](batch), ...orders[1](batch)], BigInt),
    );
  }).flat();
}
