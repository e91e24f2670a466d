import { expect, test } from "vitest";
import type { Run } from "../evaluate/index.ts";
import { auroc, averagePrecision, key, precisionRecallCurve, rocCurve, uniform } from "../numeric/index.ts";
import { anomalyShare, meanPrecision, meanRoc } from "./mean-curves.ts";

/** A run of 300 rows, 60 of them anomalous, with ties. */
function runOf(seed: number): { run: Run; auroc: number; averagePrecision: number } {
  const draw = uniform(key(seed));
  const labels = Uint8Array.from({ length: 300 }, (_, i) => (i % 5 === 0 ? 1 : 0));
  const scores = Float64Array.from(labels, (label) => Math.round(40 * (draw() + 0.6 * label)));
  const run = { curves: { roc: rocCurve(labels, scores), precision: precisionRecallCurve(labels, scores) } };
  return {
    run: run as unknown as Run,
    auroc: auroc(labels, scores),
    averagePrecision: averagePrecision(labels, scores),
  };
}
const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
const runs = [1, 2, 3].map(runOf);

test("one run keeps its own curves", () => {
  const [{ run }] = runs;
  expect(meanRoc([run])).toBe(run.curves.roc);
  expect(meanPrecision([run])).toBe(run.curves.precision);
});

test("the area under a mean curve is the mean of the areas, up to its grid", () => {
  const roc = meanRoc(runs.map(({ run }) => run));
  let area = 0;
  for (let i = 1; i < roc.length; i++) area += 0.01 * ((roc[i].recall + roc[i - 1].recall) / 2);
  expect(area).toBeCloseTo(mean(runs.map(({ auroc }) => auroc)), 2);
  const precision = meanPrecision(runs.map(({ run }) => run));
  expect(mean(precision.map((point) => point.precision))).toBeCloseTo(
    mean(runs.map(({ averagePrecision }) => averagePrecision)),
    2,
  );
  expect([roc[0], roc.at(-1)]).toMatchObject([{ falseAlarmRate: 0 }, { falseAlarmRate: 1, recall: 1 }]);
});

test("the share of anomalies is the precision of flagging all rows", () => {
  expect(anomalyShare(runs.map(({ run }) => run))).toBeCloseTo(60 / 300, 12);
});
