import { type Markish, type PlotOptions, text } from "@observablehq/plot";
import { clipped } from "../parts.ts";
import { frame, NARROW } from "./frame.ts";

/** Rows with a name each, one below the other: the names stand left of them, on telephones above them. */
export interface NamedRows {
  /** Where the i-th row stands, for the marks in it. */
  readonly place: (i: number) => string;
  readonly options: (x: PlotOptions["x"], marks: readonly Markish[]) => PlotOptions;
}

/** Letters beside the rows, and above them. */
const BESIDE = 28;
const ABOVE = 44;
/** The usual width of a letter at the size of figures. */
const LETTER = 7.2;

/** A figure of named rows at a width. */
export function namedRows(names: readonly string[], width: number): NamedRows {
  const narrow = width < NARROW;
  const most = narrow ? ABOVE : BESIDE;
  const letters = Math.max(4, ...names.map((name) => Math.min(most, Array.from(name).length)));
  const step = narrow ? 40 : 26;
  // Names may be equal once they are cut.
  const place = (i: number) => `${i} ${clipped(names[i], most)}`;
  const shown = (key: string) => key.replace(/^\d+ /, "");
  const places = names.map((_, i) => place(i));
  const above = text(places, {
    y: (key) => key,
    text: shown,
    frameAnchor: "left",
    textAnchor: "start",
    dy: -13,
    dx: 2,
  });
  return {
    place,
    options: (x, marks) =>
      frame(width, 54 + step * names.length, {
        marginLeft: narrow ? 12 : 14 + LETTER * letters,
        marginTop: 8,
        marginRight: 24,
        x: { grid: true, ticks: narrow ? 3 : 6, insetLeft: 7, ...x },
        y: {
          type: "band",
          label: null,
          grid: false,
          domain: places,
          tickFormat: shown,
          tickSize: 0,
          ...(narrow ? { axis: null } : {}),
        },
        color: { type: "identity" },
        marks: [...marks, ...(narrow ? [above] : [])],
      }),
  };
}
