import { zOf } from "./combine.ts";

/** What a peer answers. */
export interface TwoSampleResult {
  readonly method: "mmd-fuse" | "c2st";
  /** Higher is more unlike. */
  readonly statistic: number;
  /** Add-one p-value over permutations. */
  readonly pValue: number;
  readonly z: number;
  readonly resolution: number;
  readonly permutations: number;
  /** Rows of each side that it looked at. */
  readonly windowRows: number;
  readonly referenceRows: number;
  readonly notes: readonly string[];
}

/** (1 + #{null ≥ own}) / (n + 1); values closer to the own one than `tie`, relative, count as equal. */
export function addOne(own: number, nulls: ArrayLike<number>, tie = 1e-12) {
  const margin = tie * Math.max(1, Math.abs(own));
  const above = Array.from(nulls).filter((value) => value >= own - margin).length;
  const pValue = (1 + above) / (nulls.length + 1);
  return { pValue, z: zOf(pValue), resolution: 1 / (nulls.length + 1), permutations: nulls.length };
}
