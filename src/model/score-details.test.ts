import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { calibrationOf } from "../calibrate/index.ts";
import { auroc, key, normal } from "../numeric/index.ts";
import type { FileScores } from "./file.ts";
import { fit } from "./fit.ts";
import type { Model } from "./model.ts";
import { countPValues } from "./p-value-counts.ts";
import { highestScores, sampledPlaces } from "./row-picks.ts";
import { calibrationBins, scoreIntervals } from "./score-bins.ts";

const folder = mkdtempSync(join(tmpdir(), "unseen-details-test-"));
const path = join(folder, "rows.csv");
const ROWS = 3000;
let model: Model;
let scores: FileScores;

beforeAll(async () => {
  const draw = normal(key(1));
  const numbers = () => Float64Array.from({ length: 800 }, draw);
  model = await fit({ x: numbers(), y: numbers() }, { key: 0, detector: "mahalanobis", calibration: "split" });
  const lines = Array.from({ length: ROWS }, (_, i) => {
    const kind = i % 50 === 0 ? "far" : i % 75 === 1 ? "near" : "fine";
    const shift = { far: 8, near: 2, fine: 0 }[kind]!;
    return `n${i},${draw() + shift},${draw()},${kind}`;
  });
  writeFileSync(path, `id,x,y,kind\n${lines.join("\n")}\n`);
  scores = await model.score(path, { label: "kind", normal: "fine", details: true });
});
afterAll(() => {
  model[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

test("without being asked for there are no details", async () => {
  expect((await model.score(path)).details).toBeNull();
});

test("details agree with the arrays they are made of", () => {
  const { details, flagged, pValues, flaggedCount, threshold } = scores;
  const all = Array.from(scores.scores);
  const chosen = all.filter((_, i) => flagged[i] === 1);
  expect(details!.lowestFlagged).toBe(Math.min(...chosen));
  expect(details!.highestUnflagged).toBe(Math.max(...all.filter((_, i) => flagged[i] === 0)));
  const sum = (counts: readonly number[]) => counts.reduce((total, n) => total + n, 0);
  expect(sum(details!.scores.scored)).toBe(ROWS);
  expect(sum(details!.scores.flagged)).toBe(flaggedCount);
  expect(sum(details!.scores.calibration)).toBe(details!.scores.calibrationTotal);
  expect(details!.scores.calibrationTotal).toBe(model.calibration.n);
  for (const { level, share } of details!.pValues.levels)
    expect(share).toBe(pValues.filter((p) => p <= level * (1 + 1e-9)).length / ROWS);
  expect(sum(details!.pValues.histogram)).toBe(ROWS);
  expect(scores.pValueTenths[0]).toBe(pValues.filter((p) => p <= 0.1 + 1e-10).length);
  expect(threshold).toBe(0.01);
});

test("flagged rows are those of the highest scores, with their ids and labels, and reasons", () => {
  const { details, flagged } = scores;
  const order = Array.from(scores.scores.keys()).filter((i) => flagged[i] === 1);
  order.sort((i, j) => scores.scores[j] - scores.scores[i] || i - j);
  expect(details!.flagged.map(({ row }) => row)).toEqual(order.slice(0, 25).map((i) => i + 1));
  for (const { row, others } of details!.flagged)
    expect(others).toEqual([
      { name: "kind", value: (row - 1) % 50 === 0 ? "far" : (row - 1) % 75 === 1 ? "near" : "fine" },
    ]);
  expect(details!.explanations.map(({ row }) => row)).toEqual(details!.flagged.map(({ row }) => row));
  details!.explanations.forEach(({ score }, i) => {
    expect(score).toBeCloseTo(details!.flagged[i].score, 9);
  });
  expect(details!.flaggedTable.rows).toBe(25);
  expect(details!.reference!.rows).toBeGreaterThan(0);
});

test("labels are counted, and the curves are those of the scores", () => {
  const { details, flagged } = scores;
  const of = (kind: string) => details!.classes!.find(({ name }) => name === kind)!;
  expect(details!.classes!.map(({ name, normal }) => [name, normal])).toEqual([
    ["fine", true],
    ["far", false],
    ["near", false],
  ]);
  expect(of("far").rows).toBe(ROWS / 50);
  const isFar = (i: number) => i % 50 === 0;
  expect(of("far").flagged).toBe(flagged.reduce((sum, flag, i) => sum + (isFar(i) ? flag : 0), 0));
  const labels = Uint8Array.from(flagged, (_, i) => (isFar(i) || i % 75 === 1 ? 1 : 0));
  const { roc, precision } = details!.curves!;
  let area = 0;
  for (let i = 1; i < roc.length; i++)
    area += (roc[i].falseAlarmRate - roc[i - 1].falseAlarmRate) * ((roc[i].recall + roc[i - 1].recall) / 2);
  expect(area).toBeCloseTo(auroc(labels, scores.scores), 2);
  expect(roc.length).toBeLessThanOrEqual(200);
  expect(precision.at(-1)!.recall).toBe(1);
});

test("the sample holds flagged and other rows, each once, and is the same again", async () => {
  const { sample } = scores.details!;
  expect(sample.rows.rows).toBe(sample.flagged.length);
  expect(sample.flagged.filter((flag) => flag === 0).length).toBe(1000);
  expect(sample.flagged.filter((flag) => flag === 1).length).toBe(Math.min(500, scores.flaggedCount));
  const again = await model.score(path, { details: true });
  expect(again.details!.sample).toEqual(sample);
});

test("every score falls into the interval that holds it", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 50 }),
      fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 50 }),
      (held, scored) => {
        const calibration = calibrationOf(held);
        const { edges, of } = scoreIntervals(calibration, Math.min(...scored), Math.max(...scored));
        const slack = 1e-9 * (1 + Math.max(...[...held, ...scored].map(Math.abs)));
        for (const score of scored) {
          const bin = of(score);
          expect(score).toBeGreaterThanOrEqual(edges[bin] - slack);
          expect(score).toBeLessThanOrEqual(edges[bin + 1] + slack);
        }
        expect(calibrationBins(calibration, of).reduce((sum, n) => sum + n, 0)).toBe(held.length);
        for (let i = 1; i < edges.length; i++) expect(edges[i]).toBeGreaterThanOrEqual(edges[i - 1]);
      },
    ),
  );
});

test("far scores widen the intervals, near ones do not", () => {
  const calibration = calibrationOf(Array.from({ length: 100 }, (_, i) => i / 100));
  expect(scoreIntervals(calibration, 0, 2).spacing).toBe("equal");
  expect(scoreIntervals(calibration, 0, 1e9).spacing).toBe("widening");
});

test("a p-value equal to a bound counts below it", () => {
  const counts = countPValues(1 / 1001, false);
  for (const p of [0.05, 0.1, 1 / 1001, 1]) counts.add(p, false);
  const { histogram, levels } = counts.counts();
  expect([histogram[0], histogram[1], histogram[19]]).toEqual([2, 1, 1]);
  expect(levels[0].level).toBeCloseTo(1 / 1001, 12);
  expect(levels[0].share).toBe(0.25);
  expect(levels.at(-1)).toEqual({ level: 1, share: 1, normalShare: null });
});

test("the highest scores are those of a sort, and a sample gives each place the same chance", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 60 }), (scores) => {
      const top = highestScores(5);
      scores.forEach((score, i) => {
        top.offer(i, score, 0);
      });
      const order = scores.map((_, i) => i).sort((i, j) => scores[j] - scores[i] || i - j);
      expect(top.rows().map(({ place }) => place)).toEqual(order.slice(0, 5));
    }),
  );
  const counts = new Array<number>(20).fill(0);
  for (let draw = 0; draw < 4000; draw++) {
    const sampled = sampledPlaces(5, key(draw));
    for (let place = 0; place < 20; place++) sampled.offer(place);
    for (const place of sampled.places()) counts[place]++;
  }
  // 4,000 draws of chance 1/4: three and a half standard deviations are 96.
  for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(96);
});
