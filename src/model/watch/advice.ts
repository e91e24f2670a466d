import { count, percent } from "../../numeric/index.ts";
import type { ScoreDrift, WatchedColumn } from "./watched.ts";

const MOST_NAMED = 3;
/** A share of rows in categories that no reference row has, from which on it is worth a sentence of its own. */
const WORTH_SHARE = 0.01;
/** What began within this share of the window was there from the start, as far as can be told. */
const EARLY = 0.05;

/** What to do about a window, in words, most pressing first. `columns` come furthest first. */
export function adviceOn(columns: readonly WatchedColumn[], scores: ScoreDrift | null): readonly string[] {
  const moved = columns.filter(({ moved }) => moved);
  return [
    ...(scores === null ? [] : aboutScores(scores, moved)),
    ...(scores === null || scores.wealth.alarmRow === null ? aboutColumns(moved, scores) : []),
    ...aboutMissing(moved),
    ...aboutCategories(moved),
  ];
}

function aboutScores(scores: ScoreDrift, moved: readonly WatchedColumn[]): readonly string[] {
  const { wealth, bulk, tail, since, pValues, aboveMedian, path } = scores;
  if (wealth.alarmRow === null) return [];
  const flagged = pValues[0];
  const from = since !== null && since > EARLY * path[path.length - 1].row ? ` from about row ${count(since)} on` : "";
  // Wealth of all bets is the mean of both, so at least one of them is as large there.
  if (bulk.alarmRow === null)
    return [
      `More rows score high than before${from}, and the others score as before: that is anomalous rows rather than drift. ${percent(flagged.share)} of rows have p ≤ ${flagged.level}. Look at them (unseen score --only flagged, unseen explain), and do not fit anew on them before you know what they are.`,
    ];
  const which =
    moved.length > 0
      ? `The columns that moved furthest are ${named(moved)}.`
      : "No single column moved beyond chance: look at how columns go together, or give more reference rows.";
  const repeats = "look for repeated rows, a stuck sensor, or rows that the model learned from";
  const lower = aboveMedian < 0.5;
  const wrong =
    lower && flagged.share <= flagged.level
      ? `Most rows look more normal than the calibration rows do (${percent(aboveMedian)} score above their middle, 50 % expected), so p-values are too large and anomalous rows are missed; ${repeats}.`
      : lower
        ? `p-values are no longer right: ${percent(flagged.share)} of rows have p ≤ ${flagged.level}, yet only ${percent(aboveMedian)} score above the middle of the calibration rows (50 % expected): the others look more normal than those do; ${repeats}.`
        : `p-values are no longer right: ${percent(flagged.share)} of rows have p ≤ ${flagged.level}, and ${percent(aboveMedian)} score above the middle of the calibration rows (50 % expected).`;
  const both =
    tail.alarmRow === null ? "" : " If more than a tenth of the rows are anomalous, they alone look like this too.";
  return [
    `Scores drift${from}: not only the highest tenth, the bulk of rows scores otherwise than before. ${wrong}`,
    `${which} If the change is here to stay, fit anew on recent normal rows; if it goes on, fit with --time, or learn from the change of a column instead of its level (--sql).${both}`,
  ];
}

function aboutColumns(moved: readonly WatchedColumn[], scores: ScoreDrift | null): readonly string[] {
  if (moved.length === 0)
    return [
      scores === null
        ? "No column moved beyond chance."
        : "Nothing moved beyond chance, neither a column nor the scores. Go on.",
    ];
  const held =
    scores === null ? "" : ", and scores are as before: the model's p-values hold as far as this window can tell";
  return [
    `${moved.length === 1 ? "A column" : "Columns"} moved${held}. Look whether ${named(moved)} ${moved.length === 1 ? "was" : "were"} meant to; if the change stays, fit anew, for the model knows ${moved.length === 1 ? "it" : "them"} as ${moved.length === 1 ? "it was" : "they were"}.`,
  ];
}

function aboutMissing(moved: readonly WatchedColumn[]): readonly string[] {
  const gaps = moved.filter(({ missing }) => missing.window - missing.reference >= WORTH_SHARE);
  if (gaps.length === 0) return [];
  return [
    `${named(gaps)} ${gaps.length === 1 ? "is" : "are"} missing more often than before: look at where the values come from, before anything is fitted anew.`,
  ];
}

function aboutCategories(moved: readonly WatchedColumn[]): readonly string[] {
  const fresh = moved.filter(({ absentShare }) => absentShare >= WORTH_SHARE);
  if (fresh.length === 0) return [];
  return [
    `${named(fresh)} ${fresh.length === 1 ? "has" : "have"} values that no reference row has. To the model, those that it never saw in training are all one: if they are normal, fit anew with rows that hold them.`,
  ];
}

function named(columns: readonly WatchedColumn[]): string {
  const names = columns.slice(0, MOST_NAMED).map(({ name }) => JSON.stringify(name));
  return `${names.join(", ")}${columns.length > MOST_NAMED ? ` and ${columns.length - MOST_NAMED} more` : ""}`;
}
