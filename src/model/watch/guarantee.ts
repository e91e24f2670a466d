import { percent } from "../../numeric/index.ts";
import type { ScoreDrift } from "./watched.ts";

/** What `watch` claims of a window, sentence by sentence. */
export function watchGuarantee(level: number, columns: number, scores: ScoreDrift | null): readonly string[] {
  return [
    `Columns: if the window's rows are exchangeable with the reference rows, the probability that any of ${columns} is called moved is at most ${percent(level)} (Holm's correction); rows that hang together, as in time or in groups, break that.`,
    ...(scores === null
      ? []
      : [
          `Scores: if the window's rows are exchangeable with the ${scores.calibrationRows.toLocaleString("en-US")} calibration rows, the probability that wealth ever reaches ${Math.round(1 / level).toLocaleString("en-US")} is at most ${percent(level)}, however long the window is (Ville's inequality). Both together: at most ${percent(2 * level)}.`,
          ...scores.limits,
        ]),
    "No alarm is no proof that nothing changed: small windows and few reference or calibration rows show only large changes. Each window that is watched has these probabilities anew.",
  ];
}
