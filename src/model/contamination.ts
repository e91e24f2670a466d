import { InputError } from "../errors/index.ts";
import type { Key, Matrix } from "../numeric/index.ts";
import { contaminatedShare } from "./contamination-share.ts";
import { suspicion } from "./contamination-suspicion.ts";
import type { LearnContext } from "./learn.ts";

/** The share of the rows given as normal that may be anomalous, or "auto" to estimate it. */
export type Contamination = number | "auto";

/** Which of the rows given as normal are learned from. */
export interface Trimmed {
  readonly asked: Contamination;
  /** The share asked for, or estimated. */
  readonly share: number;
  /** Rows kept and dropped, both in increasing order: ⌊share · n⌋ are dropped. */
  readonly kept: Uint32Array;
  readonly dropped: Uint32Array;
}

/** Throws an InputError unless a share is one that can be trimmed: from 0 to less than a half, or "auto". */
export function checkContamination(share: Contamination): void {
  if (share === "auto" || (share >= 0 && share < 0.5)) return;
  throw new InputError(
    `fit: --contamination: expected a share from 0 to less than 0.5, or auto, got ${share}; give 0.05 if about 5 % of the rows may be anomalous`,
  );
}

/**
 * Drops the ⌊share · n⌋ most suspicious of n prepared rows ({@link suspicion}; equal ones in the order of the rows). The
 * rest is what to learn from and to calibrate on. Equal rows and key, equal choice. Throws an InputError where fewer
 * than 3 rows would remain.
 */
export async function trim(rows: Matrix, asked: Contamination, key: Key, context: LearnContext): Promise<Trimmed> {
  const n = rows.rows;
  const share = asked === "auto" ? await contaminatedShare(rows, key, context) : asked;
  const count = droppedRows(n, share);
  if (n - count < 3)
    throw new InputError(
      `fit: --contamination: expected at least 3 rows to remain, got ${n - count} of ${n} with a share of ${share}; add rows`,
    );
  const all = Uint32Array.from({ length: n }, (_, row) => row);
  if (count === 0) return { asked, share, kept: all, dropped: new Uint32Array(0) };
  const scores = await suspicion(rows, share, key, context);
  const dropped = all
    .slice()
    .sort((i, j) => scores[j] - scores[i] || i - j)
    .slice(0, count)
    .sort();
  const gone = new Set(dropped);
  return { asked, share, kept: all.filter((row) => !gone.has(row)), dropped };
}

/** ⌊share · n⌋, a share such as 0.29 taken at its word. */
export function droppedRows(n: number, share: number): number {
  return Math.floor(share * n + 1e-9);
}

/**
 * The options of a detector that learns from trimmed rows. Trimming does not find all, so `auto` then reaches past a share
 * of hidden anomalies as large as the one dropped, unless its option `hidden` was given. Other detectors are as they are.
 */
export function optionsForTrimmed<O>(detector: string, own: O, given: object | undefined, trimmed: Trimmed): O {
  if (detector !== "auto" || trimmed.dropped.length === 0 || Object.hasOwn(given ?? {}, "hidden")) return own;
  return { ...own, hidden: Math.min(0.49, trimmed.share) };
}
