import type { Evaluated } from "../../evaluate/index.ts";
import { count, percent, upToOne } from "../../numeric/index.ts";
import { classRecallFigure } from "../figures/class-recall.ts";
import { html } from "../html.ts";
import type { Section } from "../page.ts";
import { clipped, details, table } from "../parts.ts";

const right = "right" as const;

/** The share found of each class. */
export function classesSection({ candidates, protocol, data }: Evaluated): readonly Section[] {
  if (candidates.every(({ classes }) => classes.length === 0)) return [];
  const of = (known: boolean) =>
    candidates.map(({ name, classes }, place) => ({
      name,
      place,
      classes: classes.filter((one) => one.known === known),
    }));
  const some = (known: boolean) => candidates.some(({ classes }) => classes.some((one) => one.known === known));
  const both = some(true) && some(false);
  // To a detector without labels it makes no difference whether a class was known.
  const learned = candidates.filter(({ runs }) => runs.some(({ known }) => known > 0)).map(({ name }) => name);
  const known = of(true).filter(({ name }) => !both || learned.includes(name));
  const body = html`${
    some(false)
      ? classRecallFigure(of(false), protocol.level, {
          id: "class-recall",
          which: both ? ", when it was held out" : "",
        })
      : null
  }
${
  known.length > 0 && some(true)
    ? classRecallFigure(known, protocol.level, {
        id: "class-recall-known",
        which: ", when some of its rows were known",
      })
    : null
}
${details(
  html`Classes in numbers <span>${count(data.classes.length)}</span>`,
  table(
    "Measures by class, means over the runs that test it",
    [
      { title: "Class" },
      { title: "Detector" },
      { title: "Rows", align: right },
      { title: "AUROC", align: right },
      { title: "Average precision", align: right },
      { title: "Found at 1 %", align: right },
      { title: "Found by the rule", align: right },
      { title: "Runs", align: right },
    ],
    candidates[0].classes.flatMap(({ name }) =>
      candidates.flatMap((candidate) =>
        candidate.classes
          .filter((one) => one.name === name)
          .map((one) => [
            html`${clipped(name, 60)}${one.known ? html` <span class="quiet">(known)</span>` : null}`,
            candidate.name,
            count(one.rows),
            upToOne(one.auroc),
            upToOne(one.averagePrecision),
            percent(one.recallAt1Percent),
            percent(one.recall),
            count(one.runs),
          ]),
      ),
    ),
  ),
)}`;
  return [{ id: "classes", short: "Classes", title: "Class by class", body }];
}
