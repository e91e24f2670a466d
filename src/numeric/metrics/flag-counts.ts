import { InputError } from "../../errors/index.ts";

/** What a rule that was fixed in advance did. */
export interface FlagCounts {
  readonly normals: number;
  readonly anomalies: number;
  /** Normal rows that were flagged. */
  readonly falseAlarms: number;
  /** Anomalous rows that were flagged. */
  readonly hits: number;
}

/**
 * Counts what was flagged, n labels (0 normal, 1 anomalous) and n flags (0 or 1): recall is `hits / anomalies`, the
 * false alarm rate `falseAlarms / normals`. Either kind may be missing.
 *
 * Throws, in the name of `who`, on unequal lengths and on other numbers than 0 and 1. O(n).
 */
export function flagCounts(who: string, labels: ArrayLike<number>, flags: ArrayLike<number>): FlagCounts {
  const n = labels.length;
  if (n !== flags.length) throw new InputError(`${who}: flags: expected ${n}, one for each label, got ${flags.length}`);
  const counts = [0, 0];
  const flagged = [0, 0];
  for (let row = 0; row < n; row++) {
    const label = labels[row];
    if (label !== 0 && label !== 1)
      throw new InputError(`${who}: labels: expected 0 (normal) or 1 (anomalous), got ${label} in row ${row}`);
    if (flags[row] !== 0 && flags[row] !== 1)
      throw new InputError(`${who}: flags: expected 0 or 1 (flagged), got ${flags[row]} in row ${row}`);
    counts[label]++;
    flagged[label] += flags[row];
  }
  return { normals: counts[0], anomalies: counts[1], falseAlarms: flagged[0], hits: flagged[1] };
}
