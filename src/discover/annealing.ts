/** How the common width shrinks while kernels move. */
export const SCHEDULES = ["geometric-hold", "geometric", "linear"] as const;
export type Schedule = (typeof SCHEDULES)[number];

/** The widths of a fit, step by step, and when its statistic is read. */
export interface Annealing {
  /** sigma of each step, S. */
  readonly widths: Float64Array;
  /** The steps (from 1 on) after which a level is read, C. */
  readonly reads: readonly number[];
}

/** Share of a level's steps in which the width shrinks; it is held for the rest. */
const MOVING = 0.7;
/** Share of all steps after which the other schedules have arrived. */
const ARRIVED = 0.9;

/**
 * The widths of `steps` steps in `levels` levels from `high` down to `low`, which are read at equal distances.
 *
 * - geometric-hold: level c ends at sigma_c = high (low / high)^(c / levels); 70 % of its steps go there geometrically
 *   and 30 % hold it.
 * - geometric: high (low / high)^min(s / 0.9 S, 1).
 * - linear: high + (low − high) min(s / 0.9 S, 1).
 */
export function annealing(
  schedule: Schedule,
  { steps, levels, high, low }: { steps: number; levels: number; high: number; low: number },
): Annealing {
  const reads = Array.from({ length: levels }, (_, c) => Math.round(((c + 1) * steps) / levels));
  const widths = new Float64Array(steps);
  for (let c = 0, s = 1; c < levels; c++) {
    const length = reads[c] - s + 1;
    const moving = Math.max(1, Math.round(MOVING * length));
    for (let j = 1; j <= length; j++, s++) {
      const share = Math.min(s / (ARRIVED * steps), 1);
      if (schedule === "linear") widths[s - 1] = high + (low - high) * share;
      else if (schedule === "geometric") widths[s - 1] = high * (low / high) ** share;
      else widths[s - 1] = high * (low / high) ** ((c + Math.min(j / moving, 1)) / levels);
    }
  }
  return { widths, reads };
}
