import { expect, test } from "vitest";
import { key, normal } from "../numeric/index.ts";
import { overDraws, overRuns, resampleRows } from "./intervals.ts";
import { measuresOf } from "./measure.ts";

const draw = normal(key("scores"));
const n = 400;
const anomalous = Uint8Array.from({ length: n }, (_, row) => (row % 4 === 0 ? 1 : 0));
const scoredAt = (distance: number) => {
  const scores = Float64Array.from(anomalous, (kind) => draw() + distance * kind);
  const classes = Array.from(anomalous, (kind) => (kind ? "a" : null));
  return { anomalous, classes, scores, pValues: scores.map((score) => 1 / (1 + Math.exp(3 * score))) };
};

test("the spread of a resampled AUROC is that of DeLong, DeLong, Clarke-Pearson (1988)", async () => {
  const scored = scoredAt(1.5);
  const [draws] = await resampleRows([scored], 0.01, key(0), () => {});
  const { auroc } = measuresOf(scored, 0.01);
  const [normals, anomalies] = [0, 1].map((kind) => [...scored.scores].filter((_, row) => anomalous[row] === kind));
  const mean = (values: number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
  const variance = (values: number[]) => {
    const center = mean(values);
    return values.reduce((sum, x) => sum + (x - center) ** 2, 0) / (values.length - 1);
  };
  const above = anomalies.map((score) => mean(normals.map((other) => (score > other ? 1 : 0))));
  const below = normals.map((score) => mean(anomalies.map((other) => (other > score ? 1 : 0))));
  const error = Math.sqrt(variance(above) / anomalies.length + variance(below) / normals.length);
  const { low, high } = overDraws(auroc, draws.auroc);
  // 400 draws: the width of a 95 % interval is known to some 6 %.
  expect(Math.abs((high - low) / (2 * 1.96 * error) - 1)).toBeLessThan(0.18);
  expect(mean(above)).toBeCloseTo(auroc, 12);
  expect(low).toBeLessThan(auroc);
  expect(high).toBeGreaterThan(auroc);
});

test("candidates are resampled together: equal scores have equal draws, whatever their scale", async () => {
  const scored = scoredAt(1);
  const doubled = { ...scored, scores: scored.scores.map((score) => 2 * score - 5) };
  const [one, other] = await resampleRows([scored, doubled], 0.01, key(0), () => {});
  expect(other).toEqual(one);
});

test("over runs: the mean, within its interval; one value is its own", () => {
  expect(overRuns([0.5], key(0))).toEqual({ mean: 0.5, low: 0.5, high: 0.5 });
  const { mean, low, high } = overRuns([0.1, 0.2, 0.6], key(0));
  expect(mean).toBeCloseTo(0.3, 12);
  expect([low, high]).toEqual([0.1, 0.6].map((x) => expect.closeTo(x, 1)));
});
