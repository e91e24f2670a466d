import { rectX, ruleX, text } from "@observablehq/plot";
import type { Contribution } from "../../model/index.ts";
import { short } from "../../numeric/index.ts";
import { figure } from "../figure.ts";
import type { Html } from "../html.ts";
import { scoreText } from "../parts.ts";
import { NARROW } from "./frame.ts";
import { namedRows } from "./named-rows.ts";

/** So many columns of a row are drawn. */
const MOST = 8;
/** Those with less than this share of the largest contribution are left out. */
const LEAST = 0.005;

/** What each column adds to the score of a row, or takes from it. */
export function contributionsFigure(row: number, contributions: readonly Contribution[], score: number): Html {
  const least = LEAST * Math.max(...contributions.map(({ contribution }) => Math.abs(contribution)));
  const shown = contributions
    .slice(0, MOST)
    .filter(({ contribution }, i) => i === 0 || Math.abs(contribution) >= least);
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
      const { place, options } = namedRows(
        shown.map(({ column }) => column),
        width,
      );
      const bars = shown.map(({ contribution }, i) => ({ place: place(i), contribution }));
      return options({ label: "part of the score", tickFormat: scoreText, ticks: 4, insetRight: 46 }, [
        rectX(bars, {
          x1: 0,
          x2: "contribution",
          y: "place",
          fill: ({ contribution }) => (contribution > 0 ? "var(--warning)" : "var(--accent)"),
          insetTop: width < NARROW ? 14 : 3,
          insetBottom: width < NARROW ? 10 : 3,
        }),
        text(bars, {
          x: ({ contribution }) => Math.max(0, contribution),
          y: "place",
          text: ({ contribution }) => scoreText(contribution),
          textAnchor: "start",
          dx: 5,
        }),
        ruleX([0], { stroke: "currentColor" }),
      ]);
    },
  );
}
