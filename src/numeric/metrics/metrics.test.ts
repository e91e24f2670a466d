import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { key, permutation } from "../key.ts";
import { auroc } from "./auroc.ts";
import { averagePrecision } from "./average-precision.ts";
import { recallAtFalseAlarmRate } from "./recall-at-false-alarm-rate.ts";

interface Case {
  readonly labels: number[];
  readonly scores: number[];
  readonly auroc: number;
  readonly averagePrecision: number;
  readonly recall: [number, number][];
}
const cases: Case[] = JSON.parse(readFileSync(new URL("metrics.golden.json", import.meta.url), "utf8"));

const measures = {
  auroc,
  averagePrecision,
  "recall at 10 %": (labels: number[], scores: number[]) => recallAtFalseAlarmRate(labels, scores, 0.1),
};

/** Labels of both kinds with scores that often tie. */
const evaluation = fc
  .array(fc.record({ label: fc.integer({ min: 0, max: 1 }), score: fc.integer({ min: -5, max: 5 }) }), {
    maxLength: 30,
  })
  .map((rows) => [{ label: 0, score: 0 }, { label: 1, score: 1 }, ...rows])
  .map((rows) => ({ labels: rows.map((r) => r.label), scores: rows.map((r) => r.score) }));

test.each(cases)("scikit-learn's numbers, case %#", (golden) => {
  expect(auroc(golden.labels, golden.scores)).toBeCloseTo(golden.auroc, 13);
  expect(averagePrecision(golden.labels, golden.scores)).toBeCloseTo(golden.averagePrecision, 13);
  for (const [rate, recall] of golden.recall)
    expect(recallAtFalseAlarmRate(golden.labels, golden.scores, rate)).toBeCloseTo(recall, 13);
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

test("a perfect order gives 1 each, equal scores ½, the share of anomalies and no recall; infinite scores are numbers", () => {
  expect(Object.values(measures).map((m) => m([0, 0, 1], [0, 1, Infinity]))).toEqual([1, 1, 1]);
  expect(Object.values(measures).map((m) => m([0, 0, 0, 1], [2, 2, 2, 2]))).toEqual([0.5, 0.25, 0]);
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
});
