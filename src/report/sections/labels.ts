import type { LabelCounts } from "../../model/index.ts";
import { binomialInterval, count, percent } from "../../numeric/index.ts";
import { evaluationFacts } from "../evaluation-text.ts";
import { precisionFigure, rocFigure } from "../figures/curves.ts";
import { shareTick } from "../figures/frame.ts";
import { intervalsFigure } from "../figures/intervals.ts";
import { type Html, html } from "../html.ts";
import type { Section } from "../page.ts";
import { facts, details as folded, table } from "../parts.ts";
import type { DetailedFacts } from "../score-facts.ts";

/** How scores and flags compare with labels; nothing where there are none. */
export function labelsSection({ details, scores, manifest, label, normal = [] }: DetailedFacts): readonly Section[] {
  const { evaluation } = scores;
  const { curves, classes } = details;
  if (evaluation === null || curves === null || classes === null) return [];
  const { rows, anomalies, auroc, averagePrecision, recall, falseAlarmRate, falseDiscoveryProportion } = evaluation;
  const name = manifest.detector.name;
  const body = html`<p>Column <strong>${label ?? ""}</strong> says what each row is; normal is ${[normal].flat().join(", ")}. The model did not see these labels when it scored.</p>
${facts(evaluationFacts(evaluation))}
<div class="pair">
${rocFigure([{ name, points: curves.roc, area: auroc, rule: { falseAlarmRate, recall } }])}
${precisionFigure([{ name, points: curves.precision, area: averagePrecision, rule: { recall, precision: 1 - falseDiscoveryProportion } }], anomalies / rows)}
</div>
${classesFigure(classes)}
${folded(
  "The same in numbers",
  table(
    "Flagged rows by label",
    [
      { title: "Label" },
      { title: "Rows", align: "right" },
      { title: "Flagged", align: "right" },
      { title: "Share", align: "right" },
      { title: "95 % interval", align: "right" },
    ],
    classes.map((one) => {
      const { low, high } = binomialInterval(one.flagged, one.rows);
      return [
        html`${one.name}${one.normal ? html` <span class="quiet">(counts as normal)</span>` : null}`,
        count(one.rows),
        count(one.flagged),
        percent(one.flagged / one.rows),
        `${percent(low)} to ${percent(high)}`,
      ];
    }),
  ),
)}`;
  return [{ id: "labels", short: "Labels", title: "Compared with labels", body }];
}

/** The share flagged of each label, with exact binomial intervals. */
function classesFigure(classes: readonly LabelCounts[]): Html {
  return intervalsFigure(
    {
      id: "classes",
      width: "full",
      title: "Share flagged by label",
      caption:
        "Labels of anomalies should stand far to the right, normal ones at the left near the level of the rule. A label that stands at the left is one that the model does not see; a wide line is one of few rows.",
      legend: [
        { name: "normal", color: "var(--accent)", mark: "dot" },
        { name: "anomalous", color: "var(--warning)", mark: "dot" },
      ],
    },
    classes.map(({ name, normal, rows, flagged }) => ({
      name,
      value: flagged / rows,
      ...binomialInterval(flagged, rows),
      color: normal ? "var(--accent)" : "var(--warning)",
    })),
    { label: "share flagged", domain: [0, 1], tick: shareTick },
  );
}
