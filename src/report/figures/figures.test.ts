import { expect, test } from "vitest";
import type { Candidate, Evaluated } from "../../evaluate/index.ts";
import type { Html } from "../html.ts";
import { light } from "../palette.ts";
import { classRecallFigure } from "./class-recall.ts";
import { comparisonFigure, differencesFigure } from "./comparison.ts";
import { contributionsFigure } from "./contributions.ts";
import { criticalDifferencePicture } from "./critical-difference.ts";
import { precisionFigure, rocFigure } from "./curves.ts";
import { pValueHistogram, pValueLevels } from "./p-values.ts";
import { rowMap } from "./row-map.ts";
import { scoreDistribution } from "./score-distribution.ts";

/** The telephone's version of a figure as a picture to look at: snapshots/NAME.svg. */
function picture({ html }: Html): string {
  const [svg] = /<svg[^>]*class="narrow"[\s\S]*?<\/svg>/.exec(html)!;
  return `${svg
    .replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg" font-family="sans-serif"')
    .replace(/var\(--(\w+)\)/g, (_, name: keyof typeof light) => light[name])
    .replace(/></g, ">\n<")}\n`;
}

const interval = (mean: number) => ({ mean, low: mean - 0.05, high: mean + 0.03 });
const candidate = (name: string, auroc: number, control: Candidate["control"]) =>
  ({
    name,
    control,
    mean: { auroc: interval(auroc), averagePrecision: interval(auroc - 0.1) },
    classes: [
      { name: "scan", recall: auroc, known: false },
      { name: "flood", recall: 1 - auroc, known: false },
    ],
  }) as unknown as Candidate;
const candidates = [candidate("auto", 0.95, null), candidate("1-NN", 0.9, "nearest neighbor")];
const differences: Evaluated["differences"] = [
  { candidate: "auto", minus: "1-NN", measure: "auroc", difference: { mean: 0.05, low: 0.01, high: 0.09 } },
  { candidate: "maf", minus: "1-NN", measure: "auroc", difference: { mean: -0.02, low: -0.06, high: 0.02 } },
];
const levels = [0.01, 0.03, 0.1, 0.3, 1];
const place = (x: number, y: number, beyond = false) => ({ x, y, beyond });

const figures: Readonly<Record<string, Html>> = {
  "score-distribution": scoreDistribution({
    scores: {
      edges: [0, 1, 2, 3, 4, 5, 6],
      spacing: "equal",
      scored: [50, 30, 10, 5, 4, 1],
      flagged: [0, 0, 0, 1, 4, 1],
      calibration: [60, 30, 8, 2, 0, 0],
      calibrationTotal: 100,
    },
    lowestFlagged: 3.5,
  }),
  "score-distribution-far": scoreDistribution({
    scores: {
      edges: [-1, 0, 1, 10, 100, 1000, 10_000],
      spacing: "widening",
      scored: [10, 80, 5, 3, 1, 1],
      flagged: [0, 0, 0, 0, 0, 0],
      calibration: [12, 83, 5, 0, 0, 0],
      calibrationTotal: 100,
    },
    lowestFlagged: null,
  }),
  "p-value-histogram": pValueHistogram({
    histogram: Array.from({ length: 20 }, (_, i) => (i === 0 ? 30 : 10)),
    normalHistogram: null,
    levels: [],
  }),
  "p-value-levels": pValueLevels(
    { levels: levels.map((level) => ({ level, share: level ** 0.7, normalShare: level })) },
    0.01,
  ),
  roc: rocFigure(
    candidates.map(({ name, mean }, i) => ({
      name,
      area: mean.auroc.mean,
      points: [
        { falseAlarmRate: 0, recall: 0 },
        { falseAlarmRate: 0.1 + 0.1 * i, recall: 0.8 },
        { falseAlarmRate: 1, recall: 1 },
      ],
    })),
  ),
  "precision-recall": precisionFigure(
    [
      {
        name: "auto",
        area: 0.8,
        rule: { recall: 0.5, precision: 0.9 },
        points: [
          { recall: 0.5, precision: 0.9 },
          { recall: 1, precision: 0.2 },
        ],
      },
    ],
    0.2,
  ),
  "row-map": rowMap(
    {
      rows: [place(0, 0), place(1, 2), place(5, -3, true)],
      reference: [place(0.2, 0.1), place(-1, 1)],
      shares: [0.5, 0.25],
      axes: [["bytes", "duration"], []],
    },
    Uint8Array.of(0, 0, 1),
  ),
  contributions: contributionsFigure(
    7,
    [
      { column: "bytes", value: "9", contribution: 2.5, direction: "high" },
      { column: "a column of a very long name that is cut", value: "b", contribution: 0.5, direction: "" },
      { column: "port", value: "80", contribution: -0.75, direction: "usual" },
    ],
    3.1,
  ),
  comparison: comparisonFigure(candidates, { measure: "auroc", title: "AUROC", chance: "0.5 is chance" }),
  differences: differencesFigure(differences, "auroc")!,
  "class-recall": classRecallFigure(
    candidates.map(({ name, classes }, place) => ({ name, classes, place })),
    0.01,
    { id: "class-recall", which: "" },
  ),
};

test.each(Object.entries(figures))("%s looks as it did when it was last looked at", async (name, html) => {
  await expect(picture(html)).toMatchFileSnapshot(`snapshots/${name}.svg`);
});

test("the critical difference looks as it did, and the best come first", async () => {
  const svg = criticalDifferencePicture({
    ranks: [
      { name: "lof", rank: 3.1 },
      { name: "auto", rank: 1.5 },
      { name: "knn", rank: 2 },
    ],
    criticalDifference: 0.8,
    sets: 136,
  });
  expect(svg).toMatch(/<desc[^>]*>auto 1.5, knn 2, lof 3.1\./);
  await expect(svg.replace(/></g, ">\n<")).toMatchFileSnapshot("snapshots/critical-difference.svg");
});

test("bars stand as high as their shares: the square root of them, for distributions of scores", () => {
  const svg = picture(figures["score-distribution"]);
  const bars = [...svg.matchAll(/<rect height="([\d.]+)"[^>]*>/g)].map(([, height]) => Number(height));
  // 50 of 100 rows, then 30: heights as √0.5 to √0.3.
  expect(bars[0] / bars[1]).toBeCloseTo(Math.sqrt(0.5 / 0.3), 2);
});

test("a curve passes through its points", () => {
  const svg = picture(figures["roc"]);
  const [, path] = /d="M([^"]*L[^"]*L[^"]*)"/.exec(svg)!; // of three points; the diagonal has two
  const points = path.split("L").map((pair) => pair.split(",").map(Number));
  const [[left, bottom], [x, y], [right, top]] = points;
  expect((x - left) / (right - left)).toBeCloseTo(0.1, 2);
  expect((y - bottom) / (top - bottom)).toBeCloseTo(0.8, 2);
});
