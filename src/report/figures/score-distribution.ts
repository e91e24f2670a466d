import { line, rectY, ruleX, ruleY, text } from "@observablehq/plot";
import type { ScoreDetails } from "../../model/index.ts";
import { count, percent, short } from "../../numeric/index.ts";
import { figure } from "../figure.ts";
import type { Html } from "../html.ts";
import { scoreText } from "../parts.ts";
import { frame, NARROW, numberTick, shareTick } from "./frame.ts";

/** How scores are spread: the rows scored, the flagged of them, and the calibration rows as an outline. */
export function scoreDistribution({ scores, lowestFlagged }: Pick<ScoreDetails, "scores" | "lowestFlagged">): Html {
  const { edges, spacing, scored, flagged, calibration, calibrationTotal } = scores;
  const rows = scored.reduce((sum, n) => sum + n, 0);
  const flaggedRows = flagged.reduce((sum, n) => sum + n, 0);
  // Intervals are drawn equally wide; where their bounds are not, the axis is warped.
  const places = scored.map((_, i) => i);
  const bars = places.map((i) => ({
    from: i,
    to: i + 1,
    unflagged: (scored[i] - flagged[i]) / rows,
    all: scored[i] / rows,
    calibration: calibration[i] / calibrationTotal,
  }));
  const outline = bars.flatMap(({ from, to, calibration }) => [
    { x: from, y: calibration },
    { x: to, y: calibration },
  ]);
  const at = (score: number) => placeOf(edges, score);
  return figure(
    {
      id: "score-distribution",
      width: "full",
      title: "How the scores are spread",
      description: describe(scores, rows, flaggedRows, lowestFlagged),
      caption:
        `${flaggedRows === 0 ? "No row was flagged. " : "Rows right of the dashed line were flagged. "}` +
        "Where the bars follow the outline, the rows score as the normal rows did that calibrated the model; " +
        "bars beyond its right end are rows unlike any of them. " +
        `Heights are on a square-root scale, so that few rows can be seen${spacing === "widening" ? "; the axis of scores is stretched around the usual ones, for some are far out" : ""}.`,
      legend: [
        { name: "scored, not flagged", color: "var(--accent)", mark: "bar" },
        ...(flaggedRows > 0 ? [{ name: "flagged", color: "var(--warning)", mark: "bar" } as const] : []),
        { name: "normal rows of the calibration", color: "currentColor", mark: "line" },
      ],
    },
    (width) =>
      frame(width, width < NARROW ? 240 : 320, {
        x: {
          label: "score (higher is more anomalous)",
          domain: [0, scored.length],
          ticks: ticksOf(edges, spacing, width < NARROW ? 4 : 9).map(at),
          tickFormat: (place) => numberTick(scoreAt(edges, place)),
        },
        y: { label: "share of rows", type: "sqrt", tickFormat: shareTick, zero: true },
        marks: [
          rectY(bars, {
            x1: "from",
            x2: "to",
            y1: 0,
            y2: "unflagged",
            fill: "var(--accent)",
            insetLeft: 0.5,
            insetRight: 0.5,
          }),
          rectY(
            bars.filter(({ all, unflagged }) => all > unflagged),
            {
              x1: "from",
              x2: "to",
              y1: "unflagged",
              y2: "all",
              fill: "var(--warning)",
              insetLeft: 0.5,
              insetRight: 0.5,
            },
          ),
          line(outline, { x: "x", y: "y", stroke: "currentColor", strokeWidth: 1.5 }),
          ruleY([0], { stroke: "currentColor" }),
          ...(lowestFlagged === null
            ? []
            : [
                ruleX([at(lowestFlagged)], { stroke: "var(--warning)", strokeDasharray: "5 4", strokeWidth: 1.5 }),
                text([`flagged from ${scoreText(lowestFlagged)}`], {
                  x: () => at(lowestFlagged),
                  frameAnchor: at(lowestFlagged) > 0.7 * scored.length ? "top" : "top",
                  textAnchor: at(lowestFlagged) > 0.7 * scored.length ? "end" : "start",
                  dx: at(lowestFlagged) > 0.7 * scored.length ? -6 : 6,
                  dy: -14,
                  fill: "var(--warning)",
                }),
              ]),
        ],
      }),
  );
}

function describe(
  { edges, calibration, calibrationTotal }: ScoreDetails["scores"],
  rows: number,
  flagged: number,
  lowest: number | null,
): string {
  const range = `Histogram of ${count(rows)} scores from ${short(edges[0])} to ${short(edges[edges.length - 1])}.`;
  const cut =
    lowest === null
      ? "None was flagged."
      : `${count(flagged)} (${percent(flagged / rows)}) were flagged, the lowest with score ${short(lowest)}.`;
  let [half, i] = [0, 0];
  while (half < calibrationTotal / 2 && i < calibration.length) half += calibration[i++];
  return `${range} ${cut} Half of the calibration scores lie below ${short(edges[i])}.`;
}

/** Where a score stands among intervals drawn equally wide. */
function placeOf(edges: readonly number[], score: number): number {
  let i = 0;
  while (i < edges.length - 2 && score >= edges[i + 1]) i++;
  return i + Math.max(0, Math.min(1, (score - edges[i]) / (edges[i + 1] - edges[i])));
}

function scoreAt(edges: readonly number[], place: number): number {
  const i = Math.min(edges.length - 2, Math.floor(place));
  return Number((edges[i] + (place - i) * (edges[i + 1] - edges[i])).toPrecision(6));
}

/** Round scores to mark, spread over the intervals: of the form 1, 2 or 5 times a power of ten. */
function ticksOf(edges: readonly number[], spacing: "equal" | "widening", most: number): number[] {
  const [low, high] = [edges[0], edges[edges.length - 1]];
  if (spacing === "equal") {
    const step = roundUp((high - low) / most);
    const first = Math.ceil(low / step);
    return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => (first + i) * step);
  }
  const ticks: number[] = [];
  const last = edges.length - 1;
  const far = Math.max(1, last / most);
  for (let i = 0; i < last; i += far) {
    // The roundest number within the next stretch.
    const round = roundest(scoreAt(edges, i), scoreAt(edges, Math.min(last, i + far)));
    const before = ticks[ticks.length - 1];
    if (before === undefined || placeOf(edges, round) - placeOf(edges, before) >= far / 2) ticks.push(round);
  }
  return ticks;
}

/** The smallest of 1, 2, 5, 10, 20, … times a power of ten that is not below x. */
function roundUp(x: number): number {
  const power = 10 ** Math.floor(Math.log10(x));
  return power * ([1, 2, 5, 10].find((digit) => digit * power >= x * (1 - 1e-9)) ?? 10);
}

/** A number from `low` to `high` with as few digits as there are; `low` where six do not tell them apart. */
function roundest(low: number, high: number): number {
  if (low <= 0 && high >= 0) return 0;
  const largest = 10 ** Math.ceil(Math.log10(Math.max(Math.abs(low), Math.abs(high))));
  for (let digits = 0, power = largest; digits <= 6; digits++, power /= 10)
    for (const step of [power, power / 2, power / 5]) {
      const candidate = Math.ceil(low / step - 1e-9) * step;
      if (candidate <= high) return Number(candidate.toPrecision(6));
    }
  return low;
}
