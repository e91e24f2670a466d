import { rowMap } from "../figures/row-map.ts";
import { html } from "../html.ts";
import type { Section } from "../page.ts";
import { projectRows } from "../project-rows.ts";
import type { DetailedFacts } from "../score-facts.ts";

/** Rows in a plane. */
export function mapSection({ details: { sample, reference } }: DetailedFacts): Section {
  return {
    id: "map",
    short: "Map",
    title: "Where the rows lie",
    body: html`<p>A sample of the rows, seen from the side from which normal rows differ most (principal components).</p>
${rowMap(projectRows(sample.rows, reference), sample.flagged)}`,
  };
}
