import { InputError } from "../errors/index.ts";
import type { CalibrationUnit } from "./calibration.ts";
import { simesCount } from "./conditional.ts";
import { levelSlack, requireLevel } from "./level.ts";

/**
 * The smallest p-value that n calibration rows can give: 1 / (n + 1), or 1 − δ^{1/k} for calibration-conditional
 * p-values (see {@link simesCount} for k). O(1).
 */
export function smallestPValue(n: number, delta?: number): number {
  return delta === undefined ? 1 / (n + 1) : -Math.expm1(Math.log(delta) / simesCount(n));
}

/**
 * Throws when no p-value from n calibration rows (or whole groups, by `unit`) can reach `level`, so that nothing could
 * ever be flagged: names how many would do, and which level these allow. `who` is the command, `flag` the option as the
 * user wrote it; `delta` when p-values are made calibration-conditional. Throws too unless 0 < level < 1. O(1).
 */
export function requireResolution(
  n: number,
  level: number,
  who: string,
  flag: string,
  delta?: number,
  unit: CalibrationUnit = "rows",
): void {
  requireLevel(level, who, flag);
  const smallest = smallestPValue(n, delta);
  if (smallest <= level * levelSlack) return;
  const formula = delta === undefined ? `1/(${n} + 1)` : `1 − ${delta}^(1/${simesCount(n)})`;
  const kind = delta === undefined ? "p-value" : "calibration-conditional p-value";
  const [units, source] =
    unit === "groups"
      ? ["groups", "more groups of normal rows, or fit with --calibration cross, where every group calibrates"]
      : ["rows", "more normal rows, or a larger share of them held out"];
  throw new InputError(
    `${who}: ${flag}: ${level} is below ${formula} = ${Number(smallest.toPrecision(3))}, the smallest ${kind} that ${n} calibration ${units} can resolve; ` +
      `use at least ${rowsFor(level, delta)} calibration ${units} (${source}) or ${flag} ${roundUp(smallest)} or more`,
  );
}

/** The fewest calibration rows that resolve a level. */
export function rowsFor(level: number, delta?: number): number {
  if (delta === undefined) return Math.ceil(1 / (level * levelSlack)) - 1;
  const k = Math.ceil(Math.log(delta) / Math.log1p(-level) / levelSlack);
  return k === 1 ? 1 : 2 * k;
}

/** Up to one significant digit: 0.0196 → 0.02. */
function roundUp(x: number): number {
  const digits = Math.ceil(-Math.log10(x));
  return Number((Math.ceil((x * 10 ** digits) / levelSlack) / 10 ** digits).toPrecision(1));
}
