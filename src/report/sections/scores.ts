import { pValueHistogram, pValueLevels } from "../figures/p-values.ts";
import { scoreDistribution } from "../figures/score-distribution.ts";
import { html } from "../html.ts";
import type { Section } from "../page.ts";
import type { DetailedFacts } from "../score-facts.ts";

/** How scores and p-values are spread. */
export function scoresSection({ details, scores }: DetailedFacts): Section {
  return {
    id: "scores",
    short: "Scores",
    title: "Scores and p-values",
    body: html`<p>A score says how unlike the normal rows a row is. Its p-value is the share of normal calibration rows that score at least as high: small is anomalous.</p>
${scoreDistribution(details)}
<div class="pair">
${pValueHistogram(details.pValues)}
${pValueLevels(details.pValues, Math.max(scores.threshold, scores.rule.level))}
</div>`,
  };
}
