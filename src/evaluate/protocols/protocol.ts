import { InputError } from "../../errors/index.ts";
import type { Key } from "../../numeric/index.ts";
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

/** A share of the normal rows to learn from, and the normal rows that are left. */
export function divideNormals(
  who: string,
  { anomalous, units }: Rows,
  share: number,
  key: Key,
): { readonly train: Uint32Array; readonly rest: Uint32Array } {
  const strata = Array.from(anomalous, (kind) => (kind === 0 ? "normal" : null));
  const drawn = drawUnits(units, strata, share, key.for("normals"));
  const train = placesWhere(anomalous.length, (row) => drawn[row] === 1);
  const rest = placesWhere(anomalous.length, (row) => drawn[row] === 0 && anomalous[row] === 0);
  if (train.length < 3 || rest.length === 0)
    throw new InputError(
      `${who}: normal rows: expected at least 3 to learn from and 1 to test with, got ${train.length} and ${rest.length}; add normal rows, or change --train-share${train.length + rest.length > 50 ? "; rows that hang together (twins, groups) stay together" : ""}`,
    );
  return { train, rest };
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
