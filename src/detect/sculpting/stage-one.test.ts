import { expect, test } from "vitest";
import { fromRows, key } from "../../numeric/index.ts";
import { cappedKnown, placesOfRound, stageOneSteps } from "./stage-one.ts";

test("a class is capped by itself, in the order of the rows, and equally for equal keys", () => {
  const known = {
    rows: fromRows(Array.from({ length: 12 }, (_, i) => [i])),
    classes: Array.from({ length: 12 }, (_, i) => (i % 4 === 0 ? "rare" : "common")),
  };
  const capped = cappedKnown(known, 4, key(1));
  expect(capped.classes.filter((name) => name === "rare")).toHaveLength(3);
  expect(capped.classes.filter((name) => name === "common")).toHaveLength(4);
  expect([...capped.rows.values]).toEqual([...capped.rows.values].sort((a, b) => a - b));
  capped.classes.forEach((name, i) => {
    expect(known.classes[capped.rows.values[i]]).toBe(name);
  });
  expect(cappedKnown(known, 4, key(1))).toEqual(capped);
});

test("a round holds each row once, and known rows again where they would be less than an eighth", () => {
  expect([...placesOfRound(3, 2)]).toEqual([0n, 1n, 2n, 3n, 4n]);
  const round = placesOfRound(700, 3);
  const known = round.filter((place) => place >= 700n);
  expect(known.length / round.length).toBeGreaterThanOrEqual(1 / 8);
  expect(new Set(known)).toEqual(new Set([700n, 701n, 702n]));
});

test("few rows take few steps: a hundred rounds, or 200 steps", () => {
  expect(stageOneSteps(1500, 20_000, 512)).toBe(1500);
  expect(stageOneSteps(1500, 1_000, 512)).toBe(200);
  expect(stageOneSteps(1500, 4_000, 512)).toBe(800);
  expect(stageOneSteps(0, 4_000, 512)).toBe(0);
});
