import type { Candidate, Evaluated } from "../../evaluate/index.ts";
import { percent, upToOne } from "../../numeric/index.ts";
import { levelsFigure } from "../figures/p-values.ts";
import { seriesStyle } from "../figures/series.ts";
import { html } from "../html.ts";
import type { Section } from "../page.ts";
import { table } from "../parts.ts";

const right = "right" as const;

/** Whether p-values hold what they promise. */
export function calibrationSection({ candidates, protocol }: Evaluated): Section {
  const { level } = protocol;
  const levels = candidates[0].runs[0].pValues.map(({ level }, at) => ({ level, at }));
  const share = ({ runs }: Candidate, at: number) =>
    runs.reduce((sum, run) => sum + run.pValues[at].share, 0) / runs.length;
  return {
    id: "calibration",
    short: "p-values",
    title: "Whether the p-values hold",
    body: html`<p>A rule p ≤ α promises to flag at most a share α of normal rows, on average. Here is what it did to the normal rows of the tests.</p>
<div class="pair">
${levelsFigure({
  levels,
  at: level,
  caption:
    "Lines at or below the diagonal keep the promise; a line above it flags more normal rows than promised, as happens where test rows are not like those learned from.",
  lines: candidates.map((candidate, i) => ({
    name: candidate.name,
    ...seriesStyle(i),
    share: ({ at }: { readonly at: number }) => share(candidate, at),
  })),
})}
</div>
${table(
  `Share of normal test rows with p of at most α`,
  [
    { title: "Detector" },
    ...levels.map(({ level }) => ({ title: `α = ${level}`, align: right })),
    { title: "Distance", align: right },
  ],
  candidates.map((candidate) => [
    candidate.name,
    ...levels.map(({ at }) => percent(share(candidate, at))),
    upToOne(candidate.mean.pValueDistance.mean),
  ]),
)}
<p class="quiet">Distance: the largest between their p-values and uniform ones (Kolmogorov–Smirnov), 0 is perfect.</p>`,
  };
}
