import { rectX, ruleX, text } from "@observablehq/plot";
import type { Contribution } from "../../model/index.ts";
import { short } from "../../numeric/index.ts";
import { figure } from "../figure.ts";
import type { Html } from "../html.ts";
import { clipped } from "../parts.ts";
import { frame, NARROW } from "./frame.ts";

/** So many columns of a row are drawn. */
const MOST = 8;

/** What each column adds to the score of a row, or takes from it. */
export function contributionsFigure(row: number, contributions: readonly Contribution[], score: number): Html {
  const shown = contributions.slice(0, MOST);
  const letters = Math.min(28, Math.max(...shown.map(({ column }) => column.length), 4));
  return figure(
    {
      id: `contributions-${row}`,
      width: "half",
      title: `What makes the score of row ${row.toLocaleString("en-US")}`,
      description: `Contributions to the score ${short(score)}: ${shown.map(({ column, contribution }) => `${column} ${short(contribution)}`).join(", ")}.`,
      caption:
        "The longest bars to the right name the columns to look at first; bars to the left speak for a normal row.",
    },
    (width) => {
      const most = width < NARROW ? Math.min(letters, 16) : letters;
      const bars = shown.map(({ column, contribution }, i) => ({
        place: `${i} ${clipped(column, most)}`,
        contribution,
      }));
      return frame(width, 50 + 22 * bars.length, {
        marginLeft: 16 + 7.2 * most,
        marginTop: 6,
        marginRight: 46,
        x: { label: "part of the score", tickFormat: short, ticks: 4 },
        y: {
          type: "band",
          domain: bars.map(({ place }) => place),
          tickFormat: (place: string) => place.replace(/^\d+ /, ""),
          label: null,
          grid: false,
          tickSize: 0,
          padding: 0.25,
        },
        marks: [
          rectX(bars, {
            x1: 0,
            x2: "contribution",
            y: "place",
            fill: ({ contribution }) => (contribution > 0 ? "var(--warning)" : "var(--accent)"),
          }),
          text(bars, {
            x: ({ contribution }) => Math.max(0, contribution),
            y: "place",
            text: ({ contribution }) => short(contribution),
            textAnchor: "start",
            dx: 5,
          }),
          ruleX([0], { stroke: "currentColor" }),
        ],
        color: { type: "identity" },
      });
    },
  );
}
