import { type Key, type Matrix, permutation, sample, takeRows } from "../../numeric/index.ts";
import type { Known } from "../detector.ts";

/** Of the normal rows, and of each class of known ones, so much takes no part in training. */
const HELD_OUT = 1 / 5;

/** With fewer normal rows, or rows of a class, than these none are held out. */
const [FEWEST_NORMAL, FEWEST_OF_CLASS] = [50, 10];

/** Rows that train, and rows that do not. */
export interface Divided {
  readonly normal: Matrix;
  readonly known: Known;
  /** Normal rows for tails and for thresholds; null where there are too few to hold some out. */
  readonly heldOut: Matrix | null;
  /** Rows of known classes, to judge averages by. */
  readonly heldOutKnown: Known;
}

/** Holds out a fifth of the normal rows, from 50 on, and of each known class, from 10 rows on; drawn by key. */
export function divided(normal: Matrix, known: Known, key: Key): Divided {
  const order = permutation(key.for("normal"), normal.rows);
  const out = normal.rows < FEWEST_NORMAL ? 0 : Math.floor(normal.rows * HELD_OUT);
  const left: number[] = [];
  for (const [name, places] of placesByClass(known.classes)) {
    if (places.length < FEWEST_OF_CLASS) continue;
    const count = Math.floor(places.length * HELD_OUT);
    left.push(...Array.from(sample(key.for("class").for(name), places.length, count), (at) => places[at]));
  }
  const isLeft = new Set(left);
  const some = (places: readonly number[]): Known => ({
    rows: takeRows(known.rows, places),
    classes: places.map((at) => known.classes[at]),
  });
  return {
    normal: takeRows(normal, order.slice(out).sort()),
    known: some([...known.classes.keys()].filter((row) => !isLeft.has(row))),
    heldOut: out === 0 ? null : takeRows(normal, order.slice(0, out).sort()),
    heldOutKnown: some(left.sort((a, b) => a - b)),
  };
}

/** The places of each class, classes in the order of their names. */
export function placesByClass(classes: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>([...new Set(classes)].sort().map((name) => [name, []]));
  classes.forEach((name, row) => {
    places.get(name)!.push(row);
  });
  return places;
}
