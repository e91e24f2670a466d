import { dot } from "@observablehq/plot";
import type { Candidate } from "../../evaluate/index.ts";
import { percent } from "../../numeric/index.ts";
import { figure } from "../figure.ts";
import type { Html } from "../html.ts";
import { shareTick } from "./frame.ts";
import { namedRows } from "./named-rows.ts";
import { seriesStyle } from "./series.ts";

const SYMBOLS = ["circle", "triangle", "square", "diamond", "star", "wye"] as const;

/** The classes of a candidate, and its number among all candidates of the page, from 0: it looks the same in each figure. */
export interface ClassRecalls extends Pick<Candidate, "name" | "classes"> {
  readonly place: number;
}

/** The share found of each class of anomalies by each candidate, at the rule; `which` says which classes these are. */
export function classRecallFigure(
  candidates: readonly ClassRecalls[],
  level: number,
  { id, which }: { readonly id: string; readonly which: string },
): Html {
  const names = [...new Set(candidates.flatMap(({ classes }) => classes.map(({ name }) => name)))];
  const said = candidates.map(
    ({ name, classes }) => `${name}: ${classes.map((one) => `${one.name} ${percent(one.recall)}`).join(", ")}`,
  );
  return figure(
    {
      id,
      width: "full",
      title: `Share of each class that the rule finds${which}`,
      description: `At p ≤ ${level}. ${said.join(". ")}.`,
      caption: `Each mark is one candidate at p ≤ ${level}. Marks at the right are classes that are found; a class whose marks all lie at the left is one that none of them sees.`,
      legend: candidates.map(({ name, place }) => ({
        name,
        color: seriesStyle(place).color,
        mark: "sign" as const,
        sign: SIGNS[place % SYMBOLS.length],
      })),
    },
    (width) => {
      const { place, options } = namedRows(names, width);
      return options(
        { label: "share found", domain: [0, 1], tickFormat: shareTick },
        candidates.map(({ name: candidate, classes, place: i }) =>
          dot(classes, {
            x: "recall",
            y: ({ name }) => place(names.indexOf(name)),
            symbol: SYMBOLS[i % SYMBOLS.length],
            r: 4.5,
            title: ({ name, recall }) => `${candidate}, ${name}: ${percent(recall)}`,
            stroke: seriesStyle(i).color,
            strokeWidth: 2,
            fill: seriesStyle(i).color,
            fillOpacity: 0.25,
          }),
        ),
      );
    },
  );
}

const SIGNS = ["●", "▲", "■", "◆", "★", "Y"];
