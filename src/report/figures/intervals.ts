import { dot, link, ruleX } from "@observablehq/plot";
import { type FigureText, figure } from "../figure.ts";
import type { Html } from "../html.ts";
import { clipped } from "../parts.ts";
import { frame, NARROW } from "./frame.ts";

/** A value with its interval, in a row of its own. */
export interface IntervalRow {
  readonly name: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly color: string;
}

/** Values with intervals, one below the other, over a common axis. */
export function intervalsFigure(
  text: Omit<FigureText, "description">,
  rows: readonly IntervalRow[],
  {
    label,
    domain,
    tick,
    reference,
  }: {
    readonly label: string;
    readonly domain?: readonly [number, number];
    readonly tick: (value: number) => string;
    /** Where a line stands to compare with. */
    readonly reference?: number;
  },
): Html {
  const said = rows.map(({ name, value, low, high }) => `${name} ${tick(value)} (${tick(low)} to ${tick(high)})`);
  const wide = Math.max(...rows.map(({ name }) => Math.min(28, name.length)), 4);
  return figure({ ...text, description: `${label}, with 95 % intervals: ${said.join("; ")}.` }, (width) => {
    const letters = width < NARROW ? Math.min(wide, 15) : wide;
    // Names may be equal once they are cut.
    const place = (i: number) => `${i} ${clipped(rows[i].name, letters)}`;
    const drawn = rows.map((row, i) => ({ ...row, place: place(i) }));
    return frame(width, 52 + 26 * rows.length, {
      marginLeft: 14 + 7.2 * letters,
      marginTop: 8,
      marginRight: 24,
      x: {
        label,
        ...(domain === undefined ? {} : { domain: [...domain] }),
        tickFormat: tick,
        grid: true,
        ticks: width < NARROW ? 3 : 6,
      },
      y: {
        type: "band",
        label: null,
        grid: false,
        domain: drawn.map((row) => row.place),
        tickFormat: (key: string) => key.replace(/^\d+ /, ""),
        tickSize: 0,
      },
      marks: [
        ...(reference === undefined ? [] : [ruleX([reference], { stroke: "currentColor", strokeDasharray: "2 3" })]),
        link(drawn, { x1: "low", x2: "high", y1: "place", y2: "place", stroke: "color", strokeWidth: 2.5 }),
        dot(drawn, { x: "value", y: "place", fill: "color", r: 4.5 }),
      ],
      color: { type: "identity" },
    });
  });
}
