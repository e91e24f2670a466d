import { type Key, type Matrix, matrix, normal, rowOf, uniform } from "../../numeric/index.ts";
import { ADBENCH_FAMILIES, type AdbenchFamily, adbenchGenerator } from "./adbench.ts";
import { extremesOf, type Unit, unitsOf } from "./columns.ts";
import { boxOf, extrapolate, inBox, ladder, partialBox, shuffle, sizeOf, subspace } from "./families.ts";
import type { Generator } from "./generator.ts";

/** Families that are made of normal rows; their order is that of the tables. */
export const FAMILIES = ["subspace", "ladder", "shuffle", "extrapolate", "box", "partial-box"] as const;
export type Family = (typeof FAMILIES)[number] | AdbenchFamily;

/** What is drawn for a row. */
interface Dice {
  /** U(0, 1). */
  readonly u: () => number;
  /** N(0, 1). */
  readonly z: () => number;
  /** A whole number below n. */
  readonly below: (n: number) => number;
}

/**
 * The generator of a family over normal rows, n × d, n ≥ 2. Columns of a group (one-hot) move as one: `subspace`,
 * `ladder` and `shuffle` take a group that moves from another normal row, boxes any of its categories, `extrapolate`
 * keeps the row's own. O(d) a row made.
 *
 * Rates: M by π ~ U(.1, .5), at least one unit; σ log-uniform on [.1, 3]; λ ~ U(1, 2); `shuffle` takes 1 … all units,
 * each from a row of its own.
 */
export function generatorOf(family: Family, rows: Matrix, groups: readonly Unit[], key: Key): Generator {
  if (isAdbench(family)) return adbenchGenerator(family, rows, key.for(family));
  const { rows: n, columns: d } = rows;
  const units = unitsOf(d, groups);
  const { lowest, highest } = extremesOf(rows);
  const box = boxOf(lowest, highest);
  const everyUnit = new Array<boolean>(units.length).fill(true);

  const anyRow = (dice: Dice) => rowOf(rows, dice.below(n));
  /** Groups that move become those of other normal rows. */
  const redrawn = (row: Float64Array, moved: readonly boolean[], dice: Dice) => {
    groups.forEach((group, g) => {
      if (!moved[g]) return;
      const donor = anyRow(dice);
      for (const j of group) row[j] = donor[j];
    });
    return row;
  };
  /** Groups that move become any of their categories. */
  const anyCategory = (row: Float64Array, moved: readonly boolean[], dice: Dice) => {
    groups.forEach((group, g) => {
      if (!moved[g]) return;
      const chosen = group[dice.below(group.length)];
      for (const j of group) row[j] = j === chosen ? highest[j] : lowest[j];
    });
    return row;
  };
  const kept = (row: Float64Array, a: Float64Array) => {
    for (const j of groups.flat()) row[j] = a[j];
    return row;
  };

  const make = (a: Float64Array, place: number, dice: Dice): Float64Array => {
    switch (family) {
      case "subspace": {
        const moved = someUnits(units.length, dice);
        const mask = columnsOf(moved, units, d);
        return redrawn(subspace(a, mask, sizeOf(dice.u()), many(d, dice.z)), moved, dice);
      }
      case "ladder":
        return redrawn(ladder(a, sizeOf(dice.u()), many(d, dice.z)), everyUnit, dice);
      case "shuffle": {
        const moved = exactly(1 + dice.below(units.length), units.length, dice);
        const donors = Array.from({ length: d }, () => anyRow(dice));
        return redrawn(shuffle(a, columnsOf(moved, units, d), donors), moved, dice);
      }
      case "extrapolate": {
        const other = (place + 1 + dice.below(n - 1)) % n;
        return kept(extrapolate(a, rowOf(rows, other), 1 + dice.u()), a);
      }
      case "box":
        return anyCategory(inBox(box, many(d, dice.u)), everyUnit, dice);
      case "partial-box": {
        const moved = someUnits(units.length, dice);
        return anyCategory(partialBox(a, columnsOf(moved, units, d), box, many(d, dice.u)), moved, dice);
      }
    }
  };
  return (count, key) => {
    const u = uniform(key.for("uniform"));
    const dice: Dice = { u, z: normal(key.for("normal")), below: (n) => Math.floor(u() * n) };
    const out = matrix(count, d);
    const from = new Int32Array(count);
    for (let i = 0; i < count; i++) {
      const place = dice.below(n);
      out.values.set(make(rowOf(rows, place), place, dice), i * d);
      from[i] = family === "box" ? -1 : place;
    }
    return { rows: out, from };
  };
}

function isAdbench(family: Family): family is AdbenchFamily {
  return (ADBENCH_FAMILIES as readonly string[]).includes(family);
}

/** Units that move: each with one probability for all, drawn from U(.1, .5); one of them where none would. */
function someUnits(units: number, dice: Dice): readonly boolean[] {
  const rate = 0.1 + 0.4 * dice.u();
  const moved = Array.from({ length: units }, () => dice.u() < rate);
  if (!moved.includes(true)) moved[dice.below(units)] = true;
  return moved;
}

/** So many units, drawn without replacement. */
function exactly(count: number, units: number, dice: Dice): readonly boolean[] {
  const moved = new Array<boolean>(units).fill(false);
  for (let left = count, i = 0; i < units; i++) {
    if (dice.u() * (units - i) >= left) continue;
    moved[i] = true;
    left--;
  }
  return moved;
}

function columnsOf(moved: readonly boolean[], units: readonly Unit[], columns: number): Uint8Array {
  const mask = new Uint8Array(columns);
  moved.forEach((moves, i) => {
    if (moves) for (const j of units[i]) mask[j] = 1;
  });
  return mask;
}

function many(count: number, draw: () => number): Float64Array {
  const out = new Float64Array(count);
  for (let j = 0; j < count; j++) out[j] = draw();
  return out;
}
