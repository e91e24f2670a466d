import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { orders } from "../../test/portable/orders.ts";
import { conditionalPValues } from "../calibrate/index.ts";
import { InputError } from "../errors/index.ts";
import type { DecisionOptions } from "./decide.ts";
import { fit } from "./fit.ts";
import type { Model } from "./model.ts";
import type { ScoreOptions } from "./scores.ts";

const fresh = orders(2, 300, true);
let model: Model;
beforeAll(async () => {
  model = await fit(orders(1, 1000), { key: 7, detector: "mahalanobis" });
});
afterAll(() => model[Symbol.dispose]());

test("p-values lie in [1 / (n + 1), 1], and fall as scores rise", async () => {
  const { scores, pValues } = await model.score(fresh);
  expect(model.calibration.n).toBe(200);
  expect(pValues.every((p) => p >= 1 / 201 && p <= 1)).toBe(true);
  const order = [...scores.keys()].sort((a, b) => scores[a] - scores[b]);
  order.slice(1).forEach((row, i) => {
    expect(pValues[row]).toBeLessThanOrEqual(pValues[order[i]]);
  });
});

test("flagged is p ≤ rate; the default rate is 1 %, or what the calibration rows resolve", async () => {
  for (const rate of [0.01, 0.05, 0.2]) {
    const { pValues, flagged, flaggedCount, threshold } = await model.score(fresh, { falseAlarmRate: rate });
    expect(threshold).toBe(rate);
    expect([...flagged]).toEqual(Array.from(pValues, (p) => Number(p <= rate)));
    expect(flaggedCount).toBe(flagged.filter(Boolean).length);
  }
  expect((await model.score(fresh)).threshold).toBe(0.01);
  using small = await fit(orders(1, 40), { key: 7, detector: "mahalanobis" });
  expect((await small.score(fresh)).threshold).toBe(0.025); // 1 / 41, rounded up
});

test("a false discovery rate flags the rows of the naive Benjamini–Hochberg procedure; Storey's at least as many", async () => {
  const level = 0.2;
  const { pValues, flagged } = await model.score(fresh, { falseDiscoveryRate: level });
  const sorted = [...pValues].sort((a, b) => a - b);
  let cut = -1;
  sorted.forEach((p, i) => {
    if (p <= ((i + 1) * level) / sorted.length) cut = p;
  });
  expect([...flagged]).toEqual(Array.from(pValues, (p) => Number(p <= cut)));
  expect(cut).toBeGreaterThan(0);
  const storey = await model.score(fresh, { falseDiscoveryRate: level, procedure: "storey" });
  expect(storey.flaggedCount).toBeGreaterThanOrEqual(flagged.filter(Boolean).length);
});

test("random ties: the same key gives the same p-values, another key others, none of them above the conservative", async () => {
  const by = async (key: number | string) => (await model.score(fresh, { ties: "random", key })).pValues;
  const [a, b, c, conservative] = [await by(7), await by(7), await by("other"), (await model.score(fresh)).pValues];
  expect(a).toEqual(b);
  expect(a).not.toEqual(c);
  expect(a.every((p, i) => p <= conservative[i] && p >= 0)).toBe(true);
});

test("a confidence gives calibration-conditional p-values, larger than the others", async () => {
  const [plain, sure] = [await model.score(fresh), await model.score(fresh, { confidence: 0.9, falseAlarmRate: 0.1 })];
  expect(sure.pValues).toEqual(conditionalPValues(plain.pValues, 200, 0.1));
  const small = [...plain.pValues.keys()].filter((row) => plain.pValues[row] < 0.1);
  for (const row of small) expect(sure.pValues[row]).toBeGreaterThan(plain.pValues[row]);
  expect(sure.guarantee.join(" ")).toContain("With confidence 90 %");
});

describe("what is refused", () => {
  test.each<[string, object, string]>([
    ["both rates", { falseAlarmRate: 0.1, falseDiscoveryRate: 0.1 }, "got both; drop one of the two"],
    ["a rate of 0", { falseAlarmRate: 0 }, "expected a number between 0 and 1, got 0"],
    ["a rate of 5", { falseDiscoveryRate: 5 }, "give 0.05 for 5 %"],
    ["a rate that is no number", { falseAlarmRate: Number.NaN }, "falseAlarmRate: expected a number, got NaN"],
    ["a rate below the resolution", { falseDiscoveryRate: 0.001 }, "use at least 999 calibration rows"],
    ["a rate below the resolution", { falseAlarmRate: 0.004 }, "or --false-alarm-rate 0.005 or more"],
    ["a rate below the conditional resolution", { falseAlarmRate: 0.01, confidence: 0.99 }, "calibration-conditional"],
    ["a procedure without a rate", { procedure: "storey" }, "pass --fdr 0.05"],
    ["random ties without a key", { ties: "random" }, "random ties need a key; pass --key 7"],
    ["a confidence of 1", { confidence: 1 }, "expected a number between 0 and 1, got 1"],
    ["unknown ties", { ties: "first" }, 'ties: expected conservative or random, got "first"'],
    ["an unknown option", { fdr: 0.05 }, "score: fdr: unknown option; expected falseAlarmRate"],
    ["an output without a file", { output: "x.csv" }, "output: unknown option"],
  ])("%s", async (_, options, message) => {
    const error = await model.score(fresh, options as ScoreOptions).catch((e) => e);
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toContain(message);
  });

  test("Storey's procedure on p-values from folds, where ties between folds could deceive its estimate", async () => {
    using folds = await fit(orders(1, 200), { key: 7, detector: "mahalanobis" });
    const options: DecisionOptions = { falseDiscoveryRate: 0.2, procedure: "storey" };
    await expect(folds.score(fresh, options)).rejects.toThrow(
      "fit with --calibration split, or use benjamini-hochberg",
    );
  });

  test("a false discovery rate for one row, or for rows that come one by one", async () => {
    const options: DecisionOptions = { falseDiscoveryRate: 0.05 };
    const row = Object.fromEntries(Object.entries(fresh).map(([name, [first]]) => [name, first]));
    await expect(model.score(row, options)).rejects.toThrow("needs the whole batch");
    async function* items() {
      yield row;
    }
    const read = async () => {
      for await (const _ of model.score(items(), options));
    };
    await expect(read()).rejects.toThrow("--fdr: needs the whole batch, got rows that come one by one");
  });
});
