import { calibrationOf, conformalPValues } from "../calibrate/index.ts";

/** The level at which the later half of the calibration rows is tried. */
const LEVEL = 0.05;
/** Standard errors above the level that chance is granted, and how many times the level it must be at least. */
const FAR = 4;
const TIMES = 2;

/**
 * Whether scores go on rising within the calibration rows themselves, in words; none if not. The earlier half, by time,
 * calibrates the later half: of stable rows a share of 5 % has p ≤ 5 %. Where it is over 10 %, and over 4 standard errors
 * more than 5 %, rows to come will be flagged too often in spite of `--time`. O(n log n).
 */
export function driftWarnings(scores: Float64Array, times: Float64Array): readonly string[] {
  const order = Uint32Array.from(scores.keys()).sort((a, b) => times[a] - times[b] || a - b);
  const half = order.length >> 1;
  if (half < 1 / LEVEL - 1) return [];
  const earlier = calibrationOf(Float64Array.from(order.subarray(0, half), (row) => scores[row]));
  const p = conformalPValues(
    earlier,
    Float64Array.from(order.subarray(half), (row) => scores[row]),
  );
  const share = p.filter((x) => x <= LEVEL).length / p.length;
  const error = Math.sqrt(LEVEL * (1 - LEVEL) * (1 / half + 1 / p.length));
  if (share <= Math.max(TIMES * LEVEL, LEVEL + FAR * error)) return [];
  return [
    `scores rise within the calibration rows already: calibrated on their earlier half, ${Math.round(100 * share)} % of the later half are flagged at ${100 * LEVEL} %; expect too many flags on later rows in spite of --time, learn from the change of a column instead of its level (--sql), or fit anew often`,
  ];
}
