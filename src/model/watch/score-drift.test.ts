import { expect, test } from "vitest";
import { calibrationOf } from "../../calibrate/index.ts";
import { key, normal } from "../../numeric/index.ts";
import type { Manifest } from "../manifest.ts";
import { adviceOn } from "./advice.ts";
import { scoreDrift, withoutScores } from "./score-drift.ts";

const split = { by: null, method: "split", warnings: [] as string[] };
const manifestOf = (calibration: object, contamination: object | null = null) =>
  ({ calibration: { ...split, ...calibration }, contamination }) as unknown as Manifest;

const draw = (name: string, n: number, shift = 0) => {
  const z = normal(key(name));
  return Float64Array.from({ length: n }, () => z() + shift);
};
const calibration = calibrationOf(draw("calibration", 500));
const drift = (manifest: Manifest, scores: Float64Array) =>
  scoreDrift(manifest, calibration, { scores, pValues: new Float64Array(scores.length).fill(0.5) }, 0.01, key(0));

test("what spoils exactness is said: folds, time, dropped rows, signs at fit; nothing for held-out rows", () => {
  const limits = (manifest: Manifest) => drift(manifest, draw("w", 20)).limits.join(" ");
  expect(limits(manifestOf({}))).toBe("");
  expect(limits(manifestOf({ method: "cross" }))).toContain("A fit with --calibration split makes it exact.");
  expect(limits(manifestOf({ by: { kind: "time", column: "day" } }))).toContain("(--time day at fit)");
  expect(limits(manifestOf({}, { rows: 12 }))).toContain("12 suspicious rows were dropped");
  expect(limits(manifestOf({}, { rows: 0 }))).toBe("");
  expect(limits(manifestOf({ warnings: ["rows are alike"] }))).toContain("not exchangeable: rows are alike");
});

test("scores of a model calibrated by groups are not watched", () => {
  expect(withoutScores(manifestOf({ by: { kind: "groups", column: "host" } }))).toContain("(--group host at fit)");
  expect(withoutScores(manifestOf({ by: { kind: "time", column: "day" } }))).toBeNull();
});

test("the path keeps its first, largest, alarm and last rows, at most 200, and its wealth is the one told", () => {
  const { path, wealth, since } = drift(manifestOf({}), Float64Array.from([...draw("a", 700), ...draw("b", 800, 1)]));
  const rows = path.map(({ row }) => row);
  expect(rows.length).toBeLessThanOrEqual(200);
  expect(rows).toEqual([...new Set(rows)].sort((a, b) => a - b));
  for (const row of [1, wealth.largestRow, wealth.alarmRow!, 1500]) expect(rows).toContain(row);
  expect(Math.max(...path.map(({ log10 }) => log10))).toBe(wealth.largestLog10);
  expect(path.find(({ row }) => row === wealth.alarmRow)!.log10).toBeGreaterThanOrEqual(2);
  expect(since! > 650 && since! <= wealth.alarmRow!).toBe(true);
});

test("drift from the start is not said to begin at a row, and without a moved column the advice is to look at pairs", () => {
  const scores = drift(manifestOf({}), draw("c", 1000, 1));
  expect(adviceOn([], scores)[0]).toMatch(/^Scores drift: not only/);
  expect(adviceOn([], scores)[1]).toMatch(/^No single column moved beyond chance: look at how columns go together/);
});
