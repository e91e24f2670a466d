import type { ScoreDrift, Watched, WatchedColumn, Wealth } from "../model/index.ts";
import { formatFacts } from "./facts.ts";
import { count, counted, duration, percent, short } from "./number-text.ts";
import { guaranteeText } from "./score-summary.ts";
import { sparkline } from "./sparkline.ts";
import type { Paint } from "./terminal.ts";
import { clip } from "./text-table.ts";
import { wrapText } from "./wrap-text.ts";

/** What is told of a window. */
export interface WatchFacts {
  readonly watched: Watched;
  /** The model's path and its detector. */
  readonly model: string;
  readonly seconds: number;
}

/** Moved columns shown one by one; the rest are counted. */
const MOST_COLUMNS = 20;

/** A window in words: what moved, the path of wealth, what to do and what is claimed. */
export function watchText({ watched, model, seconds }: WatchFacts, out: Paint, width: number): string {
  const { source, rows, reference, comparedRows, level, key, columns, moved, scores } = watched;
  const drawn = comparedRows < rows ? `; ${count(comparedRows)} drawn rows of the window` : "";
  return [
    `${out.bold(headline(watched))}: ${counted(rows, "row")}`,
    formatFacts(
      [
        ["input", source],
        ["model", model],
        ["compared with", `${counted(reference.rows, "row")} (${reference.source})${drawn}`],
        ["level", `${short(level)} for columns and for scores each, key ${key}`],
        ["time", `${duration(seconds)}, ${count(rows / seconds)} rows/s`],
      ],
      width,
      out.dim,
    ),
    "",
    `${out.bold(`columns: ${moved} of ${columns.length} moved`)} (p by Holm's correction; distance from 0 to 1)`,
    ...columnTexts(columns, out, width),
    "",
    ...(scores === null
      ? [out.bold("scores"), `  ${wrapText(watched.withoutScores!, width - 2, "  ")}`]
      : scoreTexts(scores, level, out, width)),
    "",
    out.bold("what to do"),
    ...watched.advice.map((text) => `  - ${wrapText(text, width - 4, "    ")}`),
    "",
    guaranteeText(watched.guarantee, { err: out, width }),
  ].join("\n");
}

function headline({ scores, moved, columns }: Watched): string {
  const parts = [
    ...(scores === null || scores.wealth.alarmRow === null
      ? []
      : [scores.bulk.alarmRow === null ? "more anomalous rows than before" : "scores drift"]),
    ...(moved === 0 ? [] : [`${moved} of ${counted(columns.length, "column")} moved`]),
  ];
  if (parts.length > 0) return `alarm, ${parts.join(", ")}`;
  return "nothing moved beyond chance";
}

function columnTexts(columns: readonly WatchedColumn[], out: Paint, width: number): readonly string[] {
  const moved = columns.filter(({ moved }) => moved);
  if (moved.length === 0) {
    const [furthest] = columns;
    return [
      `  ${wrapText(`furthest: ${furthest.name} (distance ${short(furthest.effect)}, p ${pText(furthest.pValue)})`, width - 2, "  ")}`,
    ];
  }
  const facts = moved
    .slice(0, MOST_COLUMNS)
    .map(
      ({ name, effect, pValue, sentence }) =>
        [clip(name, 28), `distance ${short(effect)}, p ${pText(pValue)}: ${sentence}`] as const,
    );
  const more = moved.length - facts.length;
  return [
    formatFacts(facts, width, out.bold),
    ...(more > 0 ? [`  ${out.dim(`and ${more} more; --json has them all`)}`] : []),
  ];
}

function scoreTexts(scores: ScoreDrift, level: number, out: Paint, width: number): readonly string[] {
  const { wealth, bulk, tail, pValues, aboveMedian, path, since, calibrationRows } = scores;
  const logs = path.map(({ log10 }) => log10);
  const high = Math.max(-Math.log10(level), wealth.largestLog10);
  const line = sparkline(logs, Math.min(60, width - 22), Math.min(0, ...logs), high);
  const alarm =
    wealth.alarmRow === null
      ? `below ${wealthText(-Math.log10(level))}, where the alarm is`
      : `the alarm at ${wealthText(-Math.log10(level))} was raised at row ${count(wealth.alarmRow)}; above 1 from row ${count(since!)} on`;
  return [
    `${out.bold(wealth.alarmRow === null ? "scores: as before, as far as can be told" : "scores: alarm")} (wealth of bets against ${counted(calibrationRows, "calibration row")} and window being alike)`,
    formatFacts(
      [
        ["wealth", line, `${wealthOf(wealth)}; ${alarm}`],
        ["bulk", `${wealthOf(bulk)}: bets on the rows below the highest tenth (drift)`],
        ["tail", `${wealthOf(tail)}: bets on how many rows score highest (anomalies)`],
        [
          "p-values",
          pValues.map(({ level: at, share }) => `${percent(share)} of rows have p ≤ ${at}`).join(", "),
          `${percent(aboveMedian)} score above the middle of the calibration rows`,
        ],
      ],
      width,
      out.dim,
    ),
  ];
}

function wealthOf({ largestLog10, largestRow, finalLog10 }: Wealth): string {
  if (largestRow === 0) return `never above 1, ${wealthText(finalLog10)} at the end`;
  return `largest ${wealthText(largestLog10)} at row ${count(largestRow)}, ${wealthText(finalLog10)} at the end`;
}

/** A wealth as people read it: 0.32, 1,234 or 10^12. */
function wealthText(log10: number): string {
  if (log10 >= 6 || log10 <= -4) return `10^${Math.round(log10)}`;
  const wealth = 10 ** log10;
  return wealth >= 1000 ? count(wealth) : short(wealth);
}

function pText(p: number): string {
  return p < 1e-6 ? "< 0.000001" : short(p);
}
