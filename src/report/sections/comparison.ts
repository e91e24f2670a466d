import type { Candidate, Evaluated, Interval, Measures } from "../../evaluate/index.ts";
import { counted, percent, upToOne } from "../../numeric/index.ts";
import { comparisonFigure, differencesFigure } from "../figures/comparison.ts";
import { type Html, html } from "../html.ts";
import { anomalyShare } from "../mean-curves.ts";
import type { Section } from "../page.ts";
import { table } from "../parts.ts";

/** Candidates beside each other: two measures as figures, all as a table, differences. */
export function comparisonSection({ candidates, differences, protocol }: Evaluated): Section {
  const chance = anomalyShare(candidates[0].runs);
  return {
    id: "comparison",
    short: "Comparison",
    title: "How good the detectors are",
    body: html`<div class="pair">
${comparisonFigure(candidates, { measure: "auroc", title: "AUROC", chance: "0.5 is chance" })}
${comparisonFigure(candidates, { measure: "averagePrecision", title: "Average precision", chance: `${upToOne(chance)}, the share of anomalies, is chance` })}
</div>
${measuresTable(`Scores: means over ${counted(candidates[0].runs.length, "run")}, with 95 % intervals`, scoreColumns, candidates)}
<p class="quiet">AUROC up to 5 % is the area up to that false alarm rate, standardized. Found at 1 % and at 5 % are shares of the anomalies above the threshold that so many normal test rows exceed. FPR at 95 % is the share of normal rows above the threshold that 95 % of the anomalies exceed.</p>
${measuresTable(`The rule p ≤ ${protocol.level}, fixed in advance`, ruleColumns, candidates)}
<div class="pair">
${differencesFigure(differences, "auroc")}
${differencesFigure(differences, "averagePrecision")}
</div>`,
  };
}

interface MeasureColumn {
  readonly title: string;
  readonly measure: keyof Measures;
  readonly text: (value: number) => string;
}

const scoreColumns: readonly MeasureColumn[] = [
  { title: "AUROC", measure: "auroc", text: upToOne },
  { title: "Average precision", measure: "averagePrecision", text: upToOne },
  { title: "AUROC up to 5 %", measure: "partialAuroc", text: upToOne },
  { title: "Found at 1 %", measure: "recallAt1Percent", text: percent },
  { title: "Found at 5 %", measure: "recallAt5Percent", text: percent },
  { title: "FPR at 95 %", measure: "falseAlarmsAt95Recall", text: percent },
];

const ruleColumns: readonly MeasureColumn[] = [
  { title: "Anomalies found", measure: "recall", text: percent },
  { title: "Normal rows flagged", measure: "falseAlarmRate", text: percent },
  { title: "Flagged that are normal", measure: "falseDiscoveryProportion", text: percent },
  { title: "F1", measure: "f1", text: upToOne },
];

function measuresTable(caption: string, columns: readonly MeasureColumn[], candidates: readonly Candidate[]): Html {
  return table(
    caption,
    [{ title: "Detector" }, ...columns.map(({ title }) => ({ title, align: "right" as const }))],
    candidates.map(({ name, control, mean }) => [
      html`${name}${control === null ? null : html` <span class="quiet">(control)</span>`}`,
      ...columns.map(({ measure, text }) => intervalText(mean[measure], text)),
    ]),
  );
}

function intervalText({ mean, low, high }: Interval, text: (value: number) => string) {
  return html`${text(mean)}<br><span class="quiet">${text(low)} to ${text(high)}</span>`;
}
