import { dot, line, ruleY } from "@observablehq/plot";
import { percent, upToOne } from "../../numeric/index.ts";
import { figure } from "../figure.ts";
import type { Html } from "../html.ts";
import { frame, shareTick } from "./frame.ts";
import { seriesStyle } from "./series.ts";

/** The curve of one detector and the area under it. */
export interface Curve<Point> {
  readonly name: string;
  readonly points: readonly Point[];
  readonly area: number;
  /** What the rule that was applied does, where there was one. */
  readonly rule?: Point;
}

export interface RocPoint {
  readonly falseAlarmRate: number;
  readonly recall: number;
}

export interface PrecisionPoint {
  readonly recall: number;
  readonly precision: number;
}

/** Recall over false alarm rate at every threshold. */
export function rocFigure(curves: readonly Curve<RocPoint>[], id = "roc"): Html {
  const areas = curves.map(({ name, area }) => `${name} ${upToOne(area)}`).join(", ");
  return figure(
    {
      id,
      width: "half",
      title: "Anomalies found against false alarms (ROC)",
      description: `Receiver operating characteristic. Area under the curve: ${areas}. 0.5 is chance, 1 is perfect.`,
      caption: `The nearer a curve comes to the upper left corner, the better it tells anomalous rows from normal ones; the diagonal is chance.${curves.some(({ rule }) => rule) ? " The dot is the rule that was applied." : ""}`,
      legend: [
        ...curves.map(({ name, area }, i) => ({
          name: `${name}: area ${upToOne(area)}`,
          mark: "line" as const,
          ...seriesStyle(i),
        })),
        { name: "chance", color: "currentColor", mark: "line", dashes: "2 3" },
      ],
    },
    (width) =>
      frame(width, Math.min(360, 0.8 * width), {
        x: { label: "share of normal rows flagged", domain: [0, 1], tickFormat: shareTick, ticks: 5 },
        y: { label: "share of anomalies found", domain: [0, 1], tickFormat: shareTick },
        marks: [
          line([0, 1], { x: (x) => x, y: (x) => x, stroke: "currentColor", strokeDasharray: "2 3" }),
          ...curves.flatMap(({ points, rule }, i) => [
            line(points, { x: "falseAlarmRate", y: "recall", ...stroke(i) }),
            ...(rule ? [dot([rule], { x: "falseAlarmRate", y: "recall", fill: seriesStyle(i).color, r: 5 })] : []),
          ]),
        ],
      }),
  );
}

/** Precision over recall at every threshold, beside the share of anomalies, which is chance; a step from each point back to the recall before it. */
export function precisionFigure(
  curves: readonly Curve<PrecisionPoint>[],
  share: number,
  id = "precision-recall",
): Html {
  const areas = curves.map(({ name, area }) => `${name} ${upToOne(area)}`).join(", ");
  return figure(
    {
      id,
      width: "half",
      title: "How many of the flagged are anomalies (precision and recall)",
      description: `Precision over recall. Average precision: ${areas}; chance is ${upToOne(share)}, the share of anomalies.`,
      caption: `How far to the right a curve stays high says how many anomalies are found before normal rows crowd the list; the dotted line, ${percent(share)}, is chance, and moves with the share of anomalies.${curves.some(({ rule }) => rule) ? " The dot is the rule that was applied." : ""}`,
      legend: [
        ...curves.map(({ name, area }, i) => ({
          name: `${name}: average precision ${upToOne(area)}`,
          mark: "line" as const,
          ...seriesStyle(i),
        })),
        { name: "chance", color: "currentColor", mark: "line", dashes: "2 3" },
      ],
    },
    (width) =>
      frame(width, Math.min(360, 0.8 * width), {
        x: { label: "share of anomalies found", domain: [0, 1], tickFormat: shareTick, ticks: 5 },
        y: { label: "share of the flagged that is anomalous", domain: [0, 1], tickFormat: shareTick },
        marks: [
          ruleY([share], { stroke: "currentColor", strokeDasharray: "2 3" }),
          ...curves.flatMap(({ points, rule }, i) => [
            line([{ recall: 0, precision: points[0]?.precision ?? 1 }, ...points], {
              x: "recall",
              y: "precision",
              curve: "step-before",
              ...stroke(i),
            }),
            ...(rule ? [dot([rule], { x: "recall", y: "precision", fill: seriesStyle(i).color, r: 5 })] : []),
          ]),
        ],
      }),
  );
}

function stroke(i: number) {
  const { color, dashes } = seriesStyle(i);
  return { stroke: color, strokeDasharray: dashes, strokeWidth: 2.25 };
}
