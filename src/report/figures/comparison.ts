import type { Candidate, Difference } from "../../evaluate/index.ts";
import { upToOne } from "../../numeric/index.ts";
import type { Html } from "../html.ts";
import { intervalsFigure } from "./intervals.ts";

/** A measure of which every candidate has a mean: 1 is perfect. */
export interface Compared {
  readonly measure: "auroc" | "averagePrecision";
  readonly title: string;
  readonly chance: string;
}

const controlColor = (control: unknown) => (control === null ? "var(--accent)" : "var(--quiet)");

/** A measure of every candidate with its interval; controls in gray. */
export function comparisonFigure(candidates: readonly Candidate[], { measure, title, chance }: Compared): Html {
  const rows = candidates.map(({ name, control, mean }) => ({
    name,
    value: mean[measure].mean,
    low: mean[measure].low,
    high: mean[measure].high,
    color: controlColor(control),
  }));
  return intervalsFigure(
    {
      id: `compared-${measure}`,
      width: "half",
      title,
      caption: `Farther right is better; 1 is perfect, ${chance}. The lines are 95 % intervals. Gray dots are controls: a detector that does not stand right of them has learned nothing that is worth its cost.`,
      legend: [
        { name: "detectors", color: "var(--accent)", mark: "dot" },
        { name: "controls", color: "var(--quiet)", mark: "dot" },
      ],
    },
    rows,
    { label: title, tick: digits },
  );
}

/** Differences between candidates, with a line where there is none. */
export function differencesFigure(differences: readonly Difference[], measure: Difference["measure"]): Html | null {
  const shown = differences.filter((one) => one.measure === measure);
  if (shown.length === 0) return null;
  const name = { auroc: "AUROC", averagePrecision: "average precision" }[measure];
  return intervalsFigure(
    {
      id: `differences-${measure}`,
      width: "half",
      title: `Differences in ${name}`,
      caption:
        "Each row is one candidate minus another over the same rows. A line that crosses the dotted one leaves open which of the two is better; one to the right of it says that the first is.",
    },
    shown.map(({ candidate, minus, difference }) => ({
      name: `${candidate} − ${minus}`,
      value: difference.mean,
      low: difference.low,
      high: difference.high,
      color: difference.low > 0 ? "var(--accent)" : difference.high < 0 ? "var(--warning)" : "var(--quiet)",
    })),
    { label: `difference in ${name}`, tick: signed, reference: 0 },
  );
}

function digits(value: number): string {
  return value >= 1 || value <= 0 ? String(Number(value.toFixed(3))) : upToOne(value).replace(/^more than /, ">");
}

function signed(value: number): string {
  const text = String(Number(Math.abs(value).toPrecision(2)));
  return value === 0 ? "0" : `${value > 0 ? "+" : "−"}${text}`;
}
