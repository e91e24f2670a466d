import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { key, permutation } from "../key.ts";
import { auroc } from "./auroc.ts";
import { averagePrecision } from "./average-precision.ts";
import { f1 } from "./f1.ts";
import { falseAlarmRateAtRecall } from "./false-alarm-rate-at-recall.ts";
import { falseDiscoveryProportion } from "./false-discovery-proportion.ts";
import { flagCounts } from "./flag-counts.ts";
import { partialAuroc } from "./partial-auroc.ts";
import { precisionRecallCurve } from "./precision-recall-curve.ts";
import { recallAtFalseAlarmRate } from "./recall-at-false-alarm-rate.ts";
import { rocCurve } from "./roc-curve.ts";
import { thinCurve } from "./thin-curve.ts";

interface Case {
  readonly labels: string;
  readonly decimals: number;
  readonly scores: number[];
  readonly auroc: number;
  readonly averagePrecision: number;
  readonly partialAuroc: number[];
  readonly recallAt: number[];
  readonly falseAlarmsAt: number[];
  readonly threshold: number;
  readonly f1: number;
  readonly roc: [number, number][];
  readonly precision: number[];
}
const cases: Case[] = JSON.parse(readFileSync(new URL("metrics.golden.json", import.meta.url), "utf8"));

const measures = {
  auroc,
  averagePrecision,
  "partial AUROC to 30 %": (labels: number[], scores: number[]) => partialAuroc(labels, scores, 0.3),
  "recall at 10 %": (labels: number[], scores: number[]) => recallAtFalseAlarmRate(labels, scores, 0.1),
  "false alarms at 95 % recall": (labels: number[], scores: number[]) => falseAlarmRateAtRecall(labels, scores, 0.95),
};

/** Labels of both kinds with scores that often tie. */
const evaluation = fc
  .array(fc.record({ label: fc.integer({ min: 0, max: 1 }), score: fc.integer({ min: -5, max: 5 }) }), {
    maxLength: 30,
  })
  .map((rows) => [{ label: 0, score: 0 }, { label: 1, score: 1 }, ...rows])
  .map((rows) => ({ labels: rows.map((r) => r.label), scores: rows.map((r) => r.score) }));

const near = (value: number, golden: number) => expect(Math.abs(value - golden)).toBeLessThanOrEqual(1e-12);

test("200 evaluations, half of their scores tied or more, have scikit-learn's numbers to 1e-12", () => {
  expect(cases.length).toBe(200);
  expect(cases.filter(({ scores }) => new Set(scores).size <= scores.length / 2).length).toBeGreaterThan(60);
  for (const golden of cases) {
    const labels = Array.from(golden.labels, Number);
    const scores = golden.scores.map((score) => score / 10 ** golden.decimals);
    near(auroc(labels, scores), golden.auroc);
    near(averagePrecision(labels, scores), golden.averagePrecision);
    [0.01, 0.05, 0.3, 1].map((rate, i) => near(partialAuroc(labels, scores, rate), golden.partialAuroc[i]));
    [0, 0.01, 0.05, 0.1, 0.5, 1].map((rate, i) =>
      near(recallAtFalseAlarmRate(labels, scores, rate), golden.recallAt[i]),
    );
    [0, 0.5, 0.95, 1].map((recall, i) => near(falseAlarmRateAtRecall(labels, scores, recall), golden.falseAlarmsAt[i]));
    const flags = scores.map((score) => (score >= golden.threshold ? 1 : 0));
    near(f1(labels, flags), golden.f1);
    const [anomalies, n] = [labels.filter((label) => label === 1).length, labels.length];
    const thresholds = [...new Set(scores)].sort((a, b) => b - a);
    const roc = golden.roc.map(([falseAlarms, hits], i) => ({
      threshold: thresholds[i],
      falseAlarmRate: falseAlarms / (n - anomalies),
      recall: hits / anomalies,
    }));
    expect(rocCurve(labels, scores)).toEqual([{ threshold: Infinity, falseAlarmRate: 0, recall: 0 }, ...roc]);
    const curve = precisionRecallCurve(labels, scores);
    expect(curve.map(({ threshold, recall }) => ({ threshold, recall }))).toEqual(
      roc.map(({ threshold, recall }) => ({ threshold, recall })),
    );
    for (const [i, { precision }] of curve.entries()) near(precision, golden.precision[i]);
  }
});

test("AUROC = the share of pairs in the right order, ties one half", () => {
  fc.assert(
    fc.property(evaluation, ({ labels, scores }) => {
      let [sum, pairs] = [0, 0];
      for (const [i, anomalous] of labels.entries()) {
        for (const [j, other] of labels.entries()) {
          if (anomalous !== 1 || other !== 0) continue;
          pairs++;
          sum += scores[i] > scores[j] ? 1 : scores[i] === scores[j] ? 0.5 : 0;
        }
      }
      expect(auroc(labels, scores)).toBeCloseTo(sum / pairs, 13);
    }),
  );
});

test("recall = the best over all thresholds whose false alarm rate is allowed", () => {
  fc.assert(
    fc.property(evaluation, fc.constantFrom(0, 0.05, 0.2, 0.5, 1), ({ labels, scores }, rate) => {
      const flaggedShare = (kind: number, threshold: number) => {
        const rows = scores.filter((_, i) => labels[i] === kind);
        return rows.filter((s) => s >= threshold).length / rows.length;
      };
      const allowed = [...scores, Infinity].filter((t) => flaggedShare(0, t) <= rate + 1e-9);
      expect(recallAtFalseAlarmRate(labels, scores, rate)).toBe(Math.max(...allowed.map((t) => flaggedShare(1, t))));
    }),
  );
});

test.each(Object.entries(measures))(
  "%s: unchanged by increasing maps of the scores and by the order of rows",
  (_, measure) => {
    fc.assert(
      fc.property(evaluation, fc.string(), ({ labels, scores }, name) => {
        const value = measure(labels, scores);
        expect(
          measure(
            labels,
            scores.map((s) => Math.exp(s / 3) - 7),
          ),
        ).toBe(value);
        const order = [...permutation(key(name), labels.length)];
        expect(
          measure(
            order.map((i) => labels[i]),
            order.map((i) => scores[i]),
          ),
        ).toBe(value);
      }),
    );
  },
);

test("AUROC(1 − labels) = AUROC(−scores) = 1 − AUROC", () => {
  fc.assert(
    fc.property(evaluation, ({ labels, scores }) => {
      const value = auroc(labels, scores);
      expect(
        auroc(
          labels.map((y) => 1 - y),
          scores,
        ),
      ).toBeCloseTo(1 - value, 13);
      expect(
        auroc(
          labels,
          scores.map((s) => -s),
        ),
      ).toBeCloseTo(1 - value, 13);
    }),
  );
});

test("a perfect order gives 1 each, equal scores what guessing gives; infinite scores are numbers", () => {
  expect(Object.values(measures).map((m) => m([0, 0, 1], [0, 1, Infinity]))).toEqual([1, 1, 1, 1, 0]);
  expect(Object.values(measures).map((m) => m([0, 0, 0, 1], [2, 2, 2, 2]))).toEqual([0.5, 0.25, 0.5, 0, 1]);
});

test("the area under the straight ROC curve is the AUROC, that under the steps of precision the average precision", () => {
  fc.assert(
    fc.property(evaluation, ({ labels, scores }) => {
      const roc = rocCurve(labels, scores);
      const area = roc.slice(1).reduce((sum, { falseAlarmRate: x, recall: y }, i) => {
        return sum + ((x - roc[i].falseAlarmRate) * (y + roc[i].recall)) / 2;
      }, 0);
      expect(area).toBeCloseTo(auroc(labels, scores), 12);
      const steps = precisionRecallCurve(labels, scores);
      const under = steps.reduce((sum, { recall, precision }, i) => {
        return sum + (recall - (i === 0 ? 0 : steps[i - 1].recall)) * precision;
      }, 0);
      expect(under).toBeCloseTo(averagePrecision(labels, scores), 12);
      expect(partialAuroc(labels, scores, 1)).toBeCloseTo(auroc(labels, scores), 12);
    }),
  );
});

test("the worst order has a partial AUROC of (1 − r) / (2 − r)", () => {
  for (const rate of [0.01, 0.3, 1])
    expect(partialAuroc([1, 0, 0], [0, 1, 2], rate)).toBeCloseTo((1 - rate) / (2 - rate), 12);
});

test("false alarms at recall r and recall at that rate: at least r is found", () => {
  fc.assert(
    fc.property(evaluation, fc.constantFrom(0.1, 0.5, 0.95, 1), ({ labels, scores }, recall) => {
      const rate = falseAlarmRateAtRecall(labels, scores, recall);
      expect(recallAtFalseAlarmRate(labels, scores, rate)).toBeGreaterThanOrEqual(recall - 1e-12);
    }),
  );
});

test("a rule that flags nothing has no false discoveries and F1 = 0; of all rows F1 = 2 a / (1 + a)", () => {
  expect(falseDiscoveryProportion([0, 1, 1], [0, 0, 0])).toBe(0);
  expect(f1([0, 1, 1], [0, 0, 0])).toBe(0);
  expect(falseDiscoveryProportion([0, 1, 1, 0], [1, 1, 1, 1])).toBe(0.5);
  expect(f1([0, 1, 0, 0], [1, 1, 1, 1])).toBeCloseTo(0.5 / 1.25, 15);
  expect(flagCounts("rule", [0, 1, 1, 0, 0], [1, 1, 0, 0, 0])).toEqual({
    normals: 3,
    anomalies: 2,
    falseAlarms: 1,
    hits: 1,
  });
});

test("thinning keeps the ends, the order and the limit, and leaves no gap longer than a step and two shares", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(100), fc.nat(100)), { maxLength: 200 }),
      fc.integer({ min: 2, max: 30 }),
      (steps, most) => {
        let [x, y] = [0, 0];
        const points = steps.map(([dx, dy]) => {
          [x, y] = [x + dx, y + dy];
          return { x, y };
        });
        const thin = thinCurve(points, most, (point) => [point.x, point.y]);
        expect(thin.length).toBe(Math.min(thin.length, most));
        expect([thin[0], thin.at(-1)]).toEqual([points[0], points.at(-1)]);
        const places = thin.map((point) => points.indexOf(point));
        expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
        if (points.length <= most) {
          expect(thin).toBe(points);
          return;
        }
        const total = x + y - points[0].x - points[0].y;
        for (const [i, point] of thin.slice(1).entries())
          expect(point.x + point.y - thin[i].x - thin[i].y).toBeLessThanOrEqual(total / (most - 1) + 200 + 1e-9);
      },
    ),
  );
  expect(() => thinCurve([], 1, () => [0, 0])).toThrow("thin curve: most: expected an integer ≥ 2, got 1");
});

test("three pairs in order and one tied of four: AUROC = 3.5 / 4", () => {
  expect(auroc([0, 1, 0, 1], [0.1, 0.4, 0.4, 0.8])).toBe(0.875);
});

test("a rate of 0.29 allows 29 of 100 normal rows, in spite of rounding", () => {
  const labels = Array.from({ length: 101 }, (_, i) => (i === 100 ? 1 : 0));
  const scores = Array.from({ length: 101 }, (_, i) => (i === 100 ? 70.5 : i));
  expect(recallAtFalseAlarmRate(labels, scores, 0.29)).toBe(1);
  expect(recallAtFalseAlarmRate(labels, scores, 0.28)).toBe(0);
});

test("wrong input is refused in the name of the measure", () => {
  expect(() => auroc([0, 0], [1, 2])).toThrow(
    "auroc: labels: expected rows of both kinds, got 2 normal and 0 anomalous; evaluate on data that holds both",
  );
  expect(() => averagePrecision([1], [1])).toThrow(
    "average precision: labels: expected rows of both kinds, got 0 normal and 1",
  );
  expect(() => auroc([0, 2], [1, 2])).toThrow("auroc: labels: expected 0 (normal) or 1 (anomalous), got 2 in row 1");
  expect(() => auroc([0, 1], [1, NaN])).toThrow("auroc: scores: expected numbers, got NaN in row 1");
  expect(() => auroc([0, 1], [1])).toThrow("auroc: scores: expected 2, one for each label, got 1");
  expect(() => recallAtFalseAlarmRate([0, 1], [1, 2], 5)).toThrow(
    "recall at false alarm rate: rate: expected a number from 0 to 1, got 5; give 0.01 for 1 %",
  );
  expect(() => falseAlarmRateAtRecall([0, 1], [1, 2], 95)).toThrow(
    "false alarm rate at recall: recall: expected a number from 0 to 1, got 95; give 0.95 for 95 %",
  );
  expect(() => partialAuroc([0, 1], [1, 2], 0)).toThrow(
    "partial auroc: rate: expected a number above 0 and up to 1, got 0; give 0.05 for 5 %",
  );
  expect(() => f1([0, 0], [1, 0])).toThrow("f1: labels: expected anomalous rows, got none");
  expect(() => f1([0, 1], [1])).toThrow("f1: flags: expected 2, one for each label, got 1");
  expect(() => f1([0, 3], [1, 0])).toThrow("f1: labels: expected 0 (normal) or 1 (anomalous), got 3 in row 1");
  expect(() => falseDiscoveryProportion([0, 1], [1, 0.5])).toThrow(
    "false discovery proportion: flags: expected 0 or 1 (flagged), got 0.5 in row 1",
  );
});
