import type { Tails } from "./heads.ts";
import { MEMBERS, type MemberName } from "./members.ts";

/** How tails become one score. */
export interface Blend {
  /** The mean of the heads, or one of them. */
  readonly heads: "mean" | MemberName;
  /**
   * "mean": tails are weighed. "max": a row keeps its label-free tail where the heads say less, so that kinds which no
   * label names are found as before; of what labels teach against false alarms nothing is left then.
   */
  readonly fuse: "mean" | "max";
  /** The least weight of the label-free tail in a mean: ¼, or ½ where labels teach against classes that they do not name. */
  readonly floor: number;
}

/** The weight of the label-free tail with so many labelled anomalies: w_0 = max(¼, 2 / (2 + n_1)). */
export function freeWeight(anomalies: number, floor = 0.25): number {
  return Math.max(floor, 2 / (2 + anomalies));
}

/**
 * s = w_0 g_0 + (1 − w_0) (g_1 + g_2 + g_3) / 3, or the larger of g_0 and that; or with one g_k in the place of the mean of
 * three.
 */
export function blended(tails: Tails, anomalies: number, { heads, fuse, floor }: Blend): Float64Array {
  const weight = freeWeight(anomalies, floor);
  const [g0, ...own] = tails;
  const taken = heads === "mean" ? own : [own[MEMBERS.indexOf(heads)]];
  return g0.map((g, i) => {
    const said = taken.reduce((sum, values) => sum + values[i], 0) / taken.length;
    const weighed = weight * g + (1 - weight) * said;
    return fuse === "max" ? Math.max(g, weighed) : weighed;
  });
}
