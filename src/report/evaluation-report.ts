import type { Evaluated } from "../evaluate/index.ts";
import { count, counted, duration, upToOne } from "../numeric/index.ts";
import { html } from "./html.ts";
import { page } from "./page.ts";
import { type Tile, tiles } from "./parts.ts";
import { calibrationSection } from "./sections/calibration.ts";
import { candidatesSection } from "./sections/candidates.ts";
import { classesSection } from "./sections/classes.ts";
import { comparisonSection } from "./sections/comparison.ts";
import { curvesSection } from "./sections/curves.ts";
import { dataSection } from "./sections/data.ts";
import { protocolSection } from "./sections/protocol.ts";

/** The page of `evaluationReport`. */
export function evaluationPage(evaluated: Evaluated, { command }: { readonly command?: string }): string {
  const { candidates, data, protocol, version, seconds } = evaluated;
  const asked = candidates.filter(({ control }) => control === null).map(({ name }) => name);
  return page({
    title: `${listed(asked)}, evaluated`,
    lead: html`On ${data.description}, by the protocol ${protocol.name}, beside ${counted(candidates.length - asked.length, "control")}.`,
    overview: tiles(overview(evaluated)),
    sections: [
      comparisonSection(evaluated),
      protocolSection(evaluated),
      curvesSection(evaluated),
      ...classesSection(evaluated),
      calibrationSection(evaluated),
      dataSection(evaluated),
      candidatesSection(evaluated, command),
    ],
    footer: html`<p>Written by unseen ${version}; evaluated in ${duration(seconds)}. This page holds everything it shows: nothing is loaded, nothing runs.</p>`,
  });
}

function overview({ candidates, data, protocol, warnings }: Evaluated): Tile[] {
  const best = candidates.reduce((a, b) => (b.mean.averagePrecision.mean > a.mean.averagePrecision.mean ? b : a));
  const { averagePrecision, auroc } = best.mean;
  return [
    { label: "Rows", value: count(data.rows), note: `${count(data.rows - data.normals)} anomalous` },
    { label: "Runs", value: count(candidates[0].runs.length), note: `of each candidate; protocol ${protocol.name}` },
    {
      label: "Best average precision",
      value: upToOne(averagePrecision.mean),
      note: `${best.name}${best.control === null ? "" : ", a control"}; its AUROC is ${upToOne(auroc.mean)}`,
      warning: best.control !== null,
    },
    {
      label: "Doubts",
      value: count(warnings.length),
      note: warnings.length === 0 ? "no sign of a leak was found" : "named below: read them first",
      warning: warnings.length > 0,
    },
  ];
}

/** "a, b and c", the last ones left out where they are many. */
function listed(names: readonly string[]): string {
  const shown = names.length > 4 ? [...names.slice(0, 3), `${names.length - 3} more`] : names;
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown[shown.length - 1]}`;
}
