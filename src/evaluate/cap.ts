import type { Key } from "../numeric/index.ts";
import { stratifiedOrder } from "./draw.ts";
import type { Labels } from "./run.ts";
import type { Split } from "./split.ts";

/** How many rows of each part are used at most. */
export interface Caps {
  readonly maxTrain?: number;
  readonly maxTest?: number;
}

/**
 * Splits with at most `maxTrain` training rows (and known ones) and `maxTest` test rows (and rows apart), drawn with
 * each class in proportion. What is one array stays one. O(n log n).
 */
export function capSplits(
  splits: readonly Split[],
  { maxTrain, maxTest }: Caps,
  { classes }: Labels,
  key: Key,
): readonly Split[] {
  const kept = new Map<Uint32Array, Uint32Array>();
  const cap = (rows: Uint32Array, most: number | undefined, name: string): Uint32Array => {
    if (most === undefined || rows.length <= most) return rows;
    const drawn = kept.get(rows) ?? stratifiedOrder(rows, classes, key.for(name)).slice(0, most).sort();
    kept.set(rows, drawn);
    return drawn;
  };
  return splits.map(({ name, train, known, test, apart }) => ({
    name,
    train: cap(train, maxTrain, "train"),
    known: cap(known, maxTrain, "known"),
    test: cap(test, maxTest, "test"),
    ...(apart && { apart: cap(apart, maxTest, "apart") }),
  }));
}
