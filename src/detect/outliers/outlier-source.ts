import { checkSignal, InputError } from "../../errors/index.ts";
import { type Key, type Matrix, matrix, permutation, rowOf } from "../../numeric/index.ts";
import { columnsToSnap, fitSnap, type Unit, unitsOf } from "./columns.ts";
import type { Generator, Made } from "./generator.ts";
import { type Family, generatorOf } from "./generators.ts";

/** Rounds in which rows that are refused are made again. */
const MOST_ROUNDS = 10;

export interface OutlierOptions {
  /** How much of each family; families that are left out, or weigh 0, are not made. */
  readonly weights: Readonly<Partial<Record<Family, number>>>;
  /** Generators of the caller's, by names that are no family's, and how much of each. */
  readonly own?: Readonly<Record<string, { readonly weight: number; readonly generate: Generator }>>;
  /** Columns of one category each (one-hot), which move as one; none when left out. */
  readonly groups?: readonly Unit[];
  /** Columns in which made rows get training values: `columnsToSnap` of these rows when left out, [] for none. */
  readonly snapped?: readonly boolean[];
  /** 1 for each row that is far enough from normal ones to be taken, else 0; all are taken when left out. */
  readonly accept?: (rows: Matrix) => Promise<Uint8Array>;
  /** The family of rows that no round had accepted, which are then taken unseen; "box" when left out. */
  readonly fill?: Family;
  /** What the generators fit themselves to the rows by; those of normal draws need none of it. */
  readonly key: Key;
  readonly signal?: AbortSignal | undefined;
}

/** What became of a family's rows. */
export interface Acceptance {
  readonly family: string;
  readonly made: number;
  readonly accepted: number;
}

/** Made rows, in random order of families. */
export interface Outliers {
  readonly rows: Matrix;
  /** The name of each row's family; filled places have that of `fill`. */
  readonly families: readonly string[];
  /** The normal row that each began as, −1 where there is none. */
  readonly from: Int32Array;
  readonly acceptance: readonly Acceptance[];
  /** Places that were filled without a look. */
  readonly filled: number;
}

export interface OutlierSource {
  /** So many rows, each family by its share to the next whole row. Equal keys, equal rows. Throws Interrupted. */
  draw(count: number, key: Key): Promise<Outliers>;
}

/**
 * Made outliers from prepared normal rows, n × d, n ≥ 2, finite: families by weight, columns of few values snapped to
 * training values, rows that lie among normal ones made again, up to 10 times, in their family. `shuffle` is left out
 * where there is but one column to take. Throws an InputError where nothing is left to make. O(d) a row, and what
 * `accept` takes: some 0.2 s for 20,000 × 80 without it.
 *
 * Source: families as listed in `families.ts` and `adbench.ts`.
 */
export function outlierSource(rows: Matrix, options: OutlierOptions): OutlierSource {
  const { groups = [], own = {}, accept, fill = "box", key, signal } = options;
  const snap = fitSnap(rows, options.snapped ?? columnsToSnap(rows));
  const single = unitsOf(rows.columns, groups).length < 2;
  const listed = Object.entries(options.weights) as [Family, number][];
  const usable = listed.filter(([family, weight]) => weight > 0 && !(family === "shuffle" && single));
  const parts: readonly Part[] = [
    ...usable.map(([name, weight]) => ({ name, weight, generate: generatorOf(name as Family, rows, groups, key) })),
    ...Object.entries(own).flatMap(([name, part]) => (part.weight > 0 ? [{ name, ...part }] : [])),
  ];
  if (parts.length === 0)
    throw new InputError(
      "outliers: weights: expected a family that weighs more than 0, other than shuffle for a single column, got none",
    );
  const filler = generatorOf(fill, rows, groups, key);
  const made = async (generate: Generator, count: number, drawing: Key): Promise<Made> => {
    const raw = await generate(count, drawing);
    const snapped = matrix(count, rows.columns);
    for (let i = 0; i < count; i++) snapped.values.set(snap(rowOf(raw.rows, i)), i * rows.columns);
    return { rows: snapped, from: raw.from };
  };
  /** Candidates for the open places, in rounds; `take` is told which are taken. Returns the places still open. */
  const inRounds = async ({ name, generate }: Part, places: Uint32Array, drawing: Key, take: Take) => {
    let [open, tried] = [places, 0];
    for (let round = 0; round < MOST_ROUNDS && open.length > 0; round++) {
      checkSignal(signal, "outliers");
      const candidates = await made(generate, open.length, drawing.for(name).for(round));
      const passed = accept ? await accept(candidates.rows) : new Uint8Array(open.length).fill(1);
      tried += open.length;
      open.forEach((place, i) => {
        if (passed[i]) take(place, name, candidates, i);
      });
      open = open.filter((_, i) => !passed[i]);
    }
    return { open, acceptance: { family: name, made: tried, accepted: places.length - open.length } };
  };

  return {
    async draw(count, drawing) {
      const out = matrix(count, rows.columns);
      const families = new Array<string>(count);
      const from = new Int32Array(count);
      const take: Take = (place, name, candidates, i) => {
        out.values.set(rowOf(candidates.rows, i), place * rows.columns);
        families[place] = name;
        from[place] = candidates.from[i];
      };
      const order = permutation(drawing.for("order"), count);
      const weights = parts.map(({ weight }) => weight);
      const acceptance: Acceptance[] = [];
      const unfilled: number[] = [];
      let start = 0;
      for (const [p, size] of quotas(count, weights).entries()) {
        const done = await inRounds(parts[p], order.subarray(start, start + size), drawing, take);
        acceptance.push(done.acceptance);
        unfilled.push(...done.open);
        start += size;
      }
      const rest = await made(filler, unfilled.length, drawing.for("fill"));
      unfilled.forEach((place, i) => {
        take(place, fill, rest, i);
      });
      return { rows: out, families, from, acceptance, filled: unfilled.length };
    },
  };
}

interface Part {
  readonly name: string;
  readonly weight: number;
  readonly generate: Generator;
}

/** Puts candidate i in its place. */
type Take = (place: number, family: string, candidates: Made, i: number) => void;

/** Whole numbers that add up to `count` and are as near to the shares as can be: largest remainders first. */
export function quotas(count: number, weights: readonly number[]): readonly number[] {
  const total = weights.reduce((a, b) => a + b, 0);
  const exact = weights.map((weight) => (count * weight) / total);
  const whole = exact.map(Math.floor);
  const byRemainder = weights.map((_, i) => i).sort((a, b) => exact[b] - whole[b] - (exact[a] - whole[a]) || a - b);
  const left = count - whole.reduce((a, b) => a + b, 0);
  byRemainder.slice(0, left).forEach((i) => {
    whole[i]++;
  });
  return whole;
}
