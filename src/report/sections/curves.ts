import type { Evaluated } from "../../evaluate/index.ts";
import { precisionFigure, rocFigure } from "../figures/curves.ts";
import { html } from "../html.ts";
import { anomalyShare, meanPrecision, meanRoc } from "../mean-curves.ts";
import type { Section } from "../page.ts";

/** ROC and precision over recall, averaged over the runs. */
export function curvesSection({ candidates }: Evaluated): Section {
  const runs = candidates[0].runs.length;
  const how =
    runs === 1
      ? "Of the one run."
      : `Means over ${runs} runs: of recall at each false alarm rate, of precision at each recall.`;
  return {
    id: "curves",
    short: "Curves",
    title: "Every threshold",
    body: html`<p>${how}</p>
<div class="pair">
${rocFigure(candidates.map(({ name, runs, mean }) => ({ name, points: meanRoc(runs), area: mean.auroc.mean })))}
${precisionFigure(
  candidates.map(({ name, runs, mean }) => ({ name, points: meanPrecision(runs), area: mean.averagePrecision.mean })),
  anomalyShare(candidates[0].runs),
)}
</div>`,
  };
}
