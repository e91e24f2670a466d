import { frame as border, dot } from "@observablehq/plot";
import { count, counted, percent } from "../../numeric/index.ts";
import { figure } from "../figure.ts";
import { type Html, html } from "../html.ts";
import { clipped } from "../parts.ts";
import type { Place, Projection } from "../project-rows.ts";
import { frame, NARROW } from "./frame.ts";

/** Rows in a plane: normal rows of the model, rows that were not flagged, rows that were. */
export function rowMap({ rows, reference, shares, axes }: Projection, flagged: Uint8Array): Html {
  const sets = {
    reference,
    unflagged: rows.filter((_, i) => flagged[i] === 0),
    flagged: rows.filter((_, i) => flagged[i] === 1),
  };
  const beyond = rows.filter((row) => row.beyond).length;
  const together = shares[0] + shares[1];
  const fitted =
    reference.length > 0 ? "the normal rows that the model keeps" : "the rows shown, for the model keeps none";
  const made = (k: 0 | 1) =>
    axes[k].length === 0 ? "no single column" : axes[k].map((name) => clipped(name, 40)).join(", ");
  return figure(
    {
      id: "row-map",
      width: "full",
      title: "The rows in a plane",
      description: `Scatter plot of ${count(sets.flagged.length)} flagged rows, ${count(sets.unflagged.length)} other rows and ${counted(reference.length, "reference row")} in two principal components, which hold ${percent(together)} of the variance. ${count(beyond)} lie beyond the border.`,
      caption: html`Crosses away from the dots are anomalous in what varies most among normal rows; crosses among the dots are so in something that this view does not show, for two directions (mostly ${made(0)}; ${made(1)}) hold ${percent(together)} of the variance of ${fitted}. ${beyond > 0 ? `${counted(beyond, "row")} farther out ${beyond === 1 ? "is" : "are"} drawn at the border. ` : ""}Numbers are scaled by their quartiles, categories stand by how rare they are.`,
      legend: [
        ...(reference.length > 0
          ? [
              {
                name: `${count(reference.length)} normal rows of the model`,
                color: "var(--quiet)",
                mark: "dot",
              } as const,
            ]
          : []),
        {
          name: `${counted(sets.unflagged.length, "row")} not flagged, at random`,
          color: "var(--accent)",
          mark: "dot",
        },
        { name: `${count(sets.flagged.length)} flagged`, color: "var(--warning)", mark: "cross" },
      ],
    },
    (width) => {
      const narrow = width < NARROW;
      const seen = (places: readonly Place[]) => onePerPixel(places, narrow ? 90 : 240);
      return frame(width, narrow ? 330 : 500, {
        marginLeft: 30,
        marginTop: 10,
        x: { label: `first direction${narrow ? "" : `: ${made(0)}`}`, ticks: [], labelOffset: 24, inset: 8 },
        y: { label: "second direction", ticks: [], grid: false, labelAnchor: "center", labelOffset: 18, inset: 8 },
        marks: [
          border({ stroke: "var(--line)" }),
          dot(seen(sets.reference), { x: "x", y: "y", r: narrow ? 1.8 : 2.4, fill: "var(--quiet)", fillOpacity: 0.55 }),
          dot(seen(sets.unflagged), { x: "x", y: "y", r: narrow ? 1.8 : 2.4, fill: "var(--accent)", fillOpacity: 0.6 }),
          dot(seen(sets.flagged), {
            x: "x",
            y: "y",
            symbol: "times",
            r: narrow ? 2.6 : 3.6,
            stroke: "var(--warning)",
            strokeWidth: 1.6,
          }),
        ],
      });
    },
  );
}

/** The rows without those that fall on a cell of the grid where one is. */
function onePerPixel(places: readonly Place[], cells: number): Place[] {
  const range = (of: (place: Place) => number): readonly [number, number] => {
    const values = places.map(of);
    return [Math.min(...values), Math.max(...values)];
  };
  if (places.length === 0) return [];
  const [[left, right], [bottom, top]] = [range(({ x }) => x), range(({ y }) => y)];
  const cell = (x: number, low: number, high: number) =>
    high > low ? Math.round(((x - low) / (high - low)) * cells) : 0;
  const taken = new Map(places.map((place) => [`${cell(place.x, left, right)} ${cell(place.y, bottom, top)}`, place]));
  return [...taken.values()];
}
