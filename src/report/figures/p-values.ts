import { areaY, line, rectY, ruleY } from "@observablehq/plot";
import type { PValueCounts } from "../../model/index.ts";
import { count, percent, short } from "../../numeric/index.ts";
import { figure } from "../figure.ts";
import type { Html } from "../html.ts";
import { frame, NARROW, shareTick } from "./frame.ts";

/** The histogram of p-values beside what uniform ones would give. */
export function pValueHistogram({ histogram, normalHistogram }: PValueCounts): Html {
  const shown = normalHistogram ?? histogram;
  const whose = normalHistogram === null ? "rows" : "rows labelled normal";
  const rows = shown.reduce((sum, n) => sum + n, 0);
  const bars = shown.map((n, i) => ({
    from: i / shown.length,
    to: (i + 1) / shown.length,
    share: n / Math.max(1, rows),
  }));
  const uniform = 1 / shown.length;
  return figure(
    {
      id: "p-value-histogram",
      width: "half",
      title: `p-values of the ${whose}`,
      description: `Histogram of ${count(rows)} p-values in 20 equal intervals. The first, up to 0.05, holds ${percent(bars[0].share)}; each would hold 5 % were all rows like the calibration rows. The largest share is ${percent(Math.max(...bars.map(({ share }) => share)))}.`,
      caption:
        normalHistogram === null
          ? "Normal rows give bars at the height of the line. A first bar above it is what anomalous rows make; a slope, or a hump elsewhere, says that the normal rows themselves have changed."
          : "Rows labelled normal should give bars at the height of the line. A slope toward the left says that they have changed since the model learned: more of them are flagged than promised.",
      legend: [
        { name: `share of ${whose}`, color: "var(--accent)", mark: "bar" },
        { name: "were all like the calibration rows", color: "currentColor", mark: "line", dashes: "5 4" },
      ],
    },
    (width) =>
      frame(width, 270, {
        x: { label: "p-value", domain: [0, 1], ticks: 5 },
        y: { label: "share of rows", tickFormat: shareTick, zero: true },
        marks: [
          rectY(bars, { x1: "from", x2: "to", y: "share", fill: "var(--accent)", insetLeft: 0.5, insetRight: 0.5 }),
          ruleY([uniform], { stroke: "currentColor", strokeDasharray: "5 4", strokeWidth: 1.5 }),
          ruleY([0], { stroke: "currentColor" }),
        ],
      }),
  );
}

/** The share of rows with p ≤ α over α, both on logarithmic scales, with the diagonal that is promised. */
export function pValueLevels({ levels }: Pick<PValueCounts, "levels">, flaggedAt: number): Html {
  const labelled = levels.some(({ normalShare }) => normalShare !== null);
  return levelsFigure({
    levels,
    at: flaggedAt,
    caption: labelled
      ? "The line of rows labelled normal should not rise above the diagonal: there the share flagged would be larger than promised. The line of all rows should, as far as anomalous rows are among them."
      : "Normal rows follow the diagonal. Anomalous rows lift the left end of the line above it; the shaded band between is what they, or normal rows that have changed, add.",
    lines: [
      { name: "all rows", color: "var(--accent)", share: ({ share }) => share },
      ...(labelled
        ? [
            {
              name: "rows labelled normal",
              color: "var(--third)",
              dashes: "7 3",
              share: ({ normalShare }: PValueCounts["levels"][number]) => normalShare ?? 0,
            },
          ]
        : []),
    ],
  });
}

/** A line of {@link levelsFigure}. */
export interface LevelsLine<Level> {
  readonly name: string;
  readonly color: string;
  readonly dashes?: string;
  readonly share: (level: Level) => number;
}

/** Shares of rows with p ≤ α over α. */
export function levelsFigure<Level extends { readonly level: number }>({
  levels,
  lines,
  caption,
  at,
  id = "p-value-levels",
}: {
  readonly levels: readonly Level[];
  readonly lines: readonly LevelsLine<Level>[];
  readonly caption: string;
  readonly at: number;
  readonly id?: string;
}): Html {
  const lowest = levels[0].level;
  const nearest = levels.reduce((a, b) =>
    Math.abs(Math.log(b.level / at)) < Math.abs(Math.log(a.level / at)) ? b : a,
  );
  const floor = lowest / 3;
  const shares = lines.map(({ name, share }) => `${percent(share(nearest))} of ${name}`);
  return figure(
    {
      id,
      width: "half",
      title: "Rows with a p-value of at most α",
      description: `Share of rows with p at most α, over α from ${short(lowest)} to 1, logarithmic axes. At α = ${short(nearest.level)}: ${shares.join(", ")}.`,
      caption,
      legend: [
        ...lines.map(({ name, color, dashes }) => ({ name, color, dashes, mark: "line" as const })),
        { name: "promised at most", color: "currentColor", mark: "line", dashes: "2 3" },
      ],
    },
    (width) => {
      const ticks = powersOfTen(lowest, width < NARROW ? 3 : 5);
      return frame(width, 270, {
        x: { type: "log", label: "α", domain: [lowest, 1], ticks, tickFormat: short },
        y: {
          type: "log",
          label: "share of rows",
          domain: [floor, 1],
          ticks: powersOfTen(floor, 5),
          tickFormat: shareTick,
        },
        marks: [
          ...(lines.length > 1
            ? []
            : lines.map(({ color, share }) =>
                areaY(levels, {
                  x: "level",
                  y1: (level) => level.level,
                  y2: (level) => Math.max(floor, share(level)),
                  fill: color,
                  fillOpacity: 0.12,
                }),
              )),
          line([lowest, 1], {
            x: (x) => x,
            y: (x) => x,
            stroke: "currentColor",
            strokeDasharray: "2 3",
            strokeWidth: 1.5,
          }),
          ...lines.map(({ color, dashes, share }) =>
            line(levels, {
              x: "level",
              y: (level) => Math.max(floor, share(level)),
              stroke: color,
              strokeWidth: 2.25,
              strokeDasharray: dashes,
            }),
          ),
        ],
      });
    },
  );
}

/** At most `most` powers of ten from the first above `low` to 1. */
function powersOfTen(low: number, most: number): number[] {
  const lowest = Math.ceil(Math.log10(low) - 1e-9);
  const step = Math.max(1, Math.ceil((1 - lowest) / most));
  const ticks: number[] = [];
  for (let power = 0; power >= lowest; power -= step) ticks.push(10 ** power);
  return ticks.reverse();
}
