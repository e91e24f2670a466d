import { InputError } from "../../errors/index.ts";
import { counted, type Key } from "../../numeric/index.ts";
import type { OptionSchema, OptionsOf } from "../../options/index.ts";
import { drawUnits, placesWhere } from "../draw.ts";
import type { Split } from "../split.ts";

/** What is known of the rows before they are divided. */
export interface Rows {
  /** 1 for anomalous. */
  readonly anomalous: Uint8Array;
  /** The class of each anomalous row; null for normal ones. */
  readonly classes: readonly (string | null)[];
  /** Rows of equal number go to one side together: twins, and groups where there are some. */
  readonly units: Uint32Array;
  /** When each row was; null where no column tells. */
  readonly time: Float64Array | null;
  /** What the column that divides the rows says of each; null where there is none. */
  readonly parts: readonly (string | null)[] | null;
}

/** A way to divide labelled rows into those that are learned from and those that test. */
export interface Protocol<S extends OptionSchema = OptionSchema> {
  /** What a person types. */
  readonly name: string;
  /** What it asks, in one line. */
  readonly summary: string;
  readonly options: S;
  /** Whether the data say which rows train, so that twins may be on both sides. */
  readonly given?: true;
  /** The column that says which rows train, for a protocol that reads one. */
  readonly column?: (options: OptionsOf<S>) => string;
  /**
   * The splits, each named. Rows of one unit are never on two sides, unless the data say so. Equal key, equal splits; splits
   * that learn from the same normal rows share one array. Throws an InputError where the rows do not allow any. O(n log n).
   */
  splits(rows: Rows, options: OptionsOf<S>, key: Key): readonly Split[];
  /** What was done, in one or two sentences with the numbers in them. */
  sentence(splits: readonly Split[], rows: Rows, options: OptionsOf<S>): string;
}

/** Normal rows in two parts, and what that leaves of the anomalies. */
export interface NormalParts {
  readonly train: Uint32Array;
  /** The other normal rows. */
  readonly rest: Uint32Array;
  /** Anomalies that can test: in no unit that is learned from. */
  readonly free: Uint32Array;
  /** Anomalies in units that are learned from: they can be known, and never test. */
  readonly beside: Uint32Array;
}

/** Draws a share of the normal rows to learn from, whole units. Throws, in the name of `who`, where a part is too small. */
export function divideNormals(who: string, { anomalous, units }: Rows, share: number, key: Key): NormalParts {
  const strata = Array.from(anomalous, (kind) => (kind === 0 ? "normal" : null));
  const drawn = drawUnits(units, strata, share, key.for("normals"));
  const part = (side: number, kind: number) =>
    placesWhere(anomalous.length, (row) => drawn[row] === side && anomalous[row] === kind);
  const parts = { train: part(1, 0), rest: part(0, 0), free: part(0, 1), beside: part(1, 1) };
  const { train, rest, free, beside } = parts;
  const together = "rows that hang together (twins, groups) stay on one side";
  if (train.length < 3 || rest.length === 0)
    throw new InputError(
      `${who}: normal rows: expected at least 3 to learn from and 1 to test with, got ${train.length} and ${rest.length}; add normal rows, or change --train-share; ${together}`,
    );
  if (free.length === 0)
    throw new InputError(
      `${who}: anomalies: expected some that hang together with no row that is learned from, got none of ${beside.length}; ${together}: use a smaller --train-share, or a --group of smaller groups`,
    );
  return parts;
}

/** "; 12 anomalies that hang together with rows learned from are left out": nothing where there are none. */
export function besideText({ test, apart = new Uint32Array(0), known, train }: Split, rows: Rows): string {
  const used = [test, apart, known, train].reduce((sum, part) => sum + countAnomalies(part, rows), 0);
  const left = anomaliesOf(rows).length - used;
  return left === 0
    ? ""
    : ` ${counted(left, "anomaly", "anomalies")} that would be on both sides of the split, by twins or groups, ${left === 1 ? "is" : "are"} left out.`;
}

/** Rows of both lists, increasing. */
export function joined(...lists: readonly Uint32Array[]): Uint32Array {
  return Uint32Array.from(lists.flatMap((list) => Array.from(list))).sort();
}

/** The anomalous rows, increasing. */
export function anomaliesOf({ anomalous }: Rows): Uint32Array {
  return placesWhere(anomalous.length, (row) => anomalous[row] === 1);
}

/** How many of some rows are anomalous. */
export function countAnomalies(part: Uint32Array, { anomalous }: Rows): number {
  return part.reduce((sum, row) => sum + anomalous[row], 0);
}
