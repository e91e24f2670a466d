import { expect, test } from "vitest";
import { type FileSummary, fit } from "../model/index.ts";
import { key, normal } from "../numeric/index.ts";
import { scoreJson, scoreSummary } from "./score-summary.ts";

const paint = (text: string) => text;
const terminal = { err: { bold: paint, dim: paint, red: paint, yellow: paint }, width: 100 };

test("the summary says where a run went on, or why it started over, and counts only its own rows in the rate", async () => {
  using model = await fit(
    { a: Float64Array.from({ length: 300 }, normal(key(1))) },
    { key: 7, detector: "mahalanobis" },
  );
  const scores: FileSummary = {
    rows: 3_000_000,
    flaggedCount: 5,
    threshold: 0.01,
    guarantee: [],
    source: "rows.csv",
    evaluation: null,
    written: { path: "out.csv", rows: 3_000_000 },
    rule: { kind: "false-alarm-rate", level: 0.01 },
    ruleByDefault: false,
    resumedFrom: 2_000_001,
    startedOver: null,
    details: null,
    flaggedClasses: null,
    pValueTenths: [300_000, 300_000, 300_000, 300_000, 300_000, 300_000, 300_000, 300_000, 300_000, 300_000],
  };
  const { manifest } = model;
  const facts = {
    scores,
    input: "rows.csv",
    model: "m.onnx",
    manifest,
    label: null,
    normal: [],
    output: "out.csv",
    report: null,
    seconds: 2,
  };
  const text = scoreSummary(facts, terminal);
  expect(text).toMatch(/resumed +at row 2,000,001; an interrupted run had scored those before/);
  expect(text).toContain("2.0 s, 500,000 rows/s");
  expect(scoreJson(facts)).toMatchObject({ resumedFrom: 2_000_001, startedOver: null });
  const over = {
    ...facts,
    scores: { ...scores, resumedFrom: null, startedOver: "changed since the interrupted run: --where" },
  };
  expect(scoreSummary(over, terminal)).toMatch(/started over +changed since the interrupted run: --where/);
  expect(scoreJson(over)).toMatchObject({
    resumedFrom: null,
    startedOver: "changed since the interrupted run: --where",
  });
});
