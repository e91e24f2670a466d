import { dot, link, type PlotOptions, ruleX } from "@observablehq/plot";
import { type FigureText, figure } from "../figure.ts";
import type { Html } from "../html.ts";
import { namedRows } from "./named-rows.ts";

/** A value with its interval, in a row of its own. */
export interface IntervalRow {
  readonly name: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly color: string;
}

/** What the rows stand along. */
export interface IntervalAxis {
  readonly label: string;
  readonly domain?: readonly [number, number];
  readonly tick: (value: number) => string;
  /** Where a line stands to compare with. */
  readonly reference?: number;
}

/** Values with intervals, one below the other, over a common axis. */
export function intervalsFigure(
  text: Omit<FigureText, "description">,
  rows: readonly IntervalRow[],
  axis: IntervalAxis,
): Html {
  const { label, tick } = axis;
  const said = rows.map(({ name, value, low, high }) => `${name} ${tick(value)} (${tick(low)} to ${tick(high)})`);
  const description = `${label}, with 95 % intervals: ${said.join("; ")}.`;
  return figure({ ...text, description }, (width) => drawIntervals(rows, axis, width));
}

/** The same as a drawing. */
export function drawIntervals(
  rows: readonly IntervalRow[],
  { label, domain, tick, reference }: IntervalAxis,
  width: number,
): PlotOptions {
  const { place, options } = namedRows(
    rows.map(({ name }) => name),
    width,
  );
  const drawn = rows.map((row, i) => ({ ...row, place: place(i) }));
  return options({ label, tickFormat: tick, ...(domain === undefined ? {} : { domain: [...domain] }) }, [
    ...(reference === undefined ? [] : [ruleX([reference], { stroke: "currentColor", strokeDasharray: "2 3" })]),
    link(drawn, { x1: "low", x2: "high", y1: "place", y2: "place", stroke: "color", strokeWidth: 2.5 }),
    dot(drawn, {
      x: "value",
      y: "place",
      fill: "color",
      r: 4.5,
      title: ({ name, value }) => `${name}: ${tick(value)}`,
    }),
  ]);
}
