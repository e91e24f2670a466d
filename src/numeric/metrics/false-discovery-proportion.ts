import { flagCounts } from "./flag-counts.ts";

/**
 * The share of normal rows among the flagged, in [0, 1]; 0 when nothing is flagged. Its mean over repetitions is the
 * false discovery rate (Benjamini and Hochberg 1995). Lower is better.
 *
 * Throws as {@link flagCounts}. O(n).
 */
export function falseDiscoveryProportion(labels: ArrayLike<number>, flags: ArrayLike<number>): number {
  const { falseAlarms, hits } = flagCounts("false discovery proportion", labels, flags);
  return falseAlarms === 0 ? 0 : falseAlarms / (falseAlarms + hits);
}
