import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { InputError, Interrupted } from "../errors/index.ts";
import { auroc, fromRows, key, type Matrix, matrix, normal } from "../numeric/index.ts";
import { type OptionsGiven, parseOptions } from "../options/index.ts";
import { boosted } from "./boosted.ts";
import type { FitContext } from "./detector.ts";
import { scoreRows } from "./score-rows.ts";

type Given = OptionsGiven<typeof boosted.options>;

interface Case {
  readonly name: string;
  readonly options: Given;
  readonly normal: number[][];
  readonly known: number[][];
  readonly rows: number[][];
  readonly scores: number[];
}
const cases: Case[] = JSON.parse(readFileSync(new URL("boosted.golden.json", import.meta.url), "utf8"));

const fit = (train: Matrix, known: Matrix, given: Given = {}, more: Partial<FitContext> = {}) =>
  boosted.fit(train, parseOptions("boosted", boosted.options, given), {
    key: key(1),
    workers: 0,
    known: { rows: known, classes: Array.from({ length: known.rows }, () => "attack") },
    ...more,
  });

const scores = async (train: Matrix, known: Matrix, rows: Matrix, given: Given = {}) =>
  scoreRows(await fit(train, known, given), rows, { workers: 0 });

/** n rows of d normal numbers, moved. */
function cloud(n: number, d: number, seed: number, moved: readonly number[] = []): Matrix {
  const z = normal(key(seed));
  return matrix(
    n,
    d,
    Float64Array.from({ length: n * d }, (_, at) => z() + (moved[at % d] ?? 0)),
  );
}

const truth = (normals: number, anomalous: number) =>
  Uint8Array.from({ length: normals + anomalous }, (_, i) => (i < normals ? 0 : 1));

const both = (a: Matrix, b: Matrix) => matrix(a.rows + b.rows, a.columns, Float64Array.of(...a.values, ...b.values));

test.each(cases)("scikit-learn's log-odds: $name", async (golden) => {
  const found = await scores(fromRows(golden.normal), fromRows(golden.known), fromRows(golden.rows), golden.options);
  golden.scores.forEach((score, i) => {
    expect(found[i]).toBeCloseTo(score, 5);
  });
});

test("rows like known ones score above 0, normal ones below, whatever their numbers", async () => {
  const [train, known] = [cloud(500, 3, 1), cloud(25, 3, 2, [4, 0, 0])];
  const [normals, odd] = [cloud(300, 3, 3), cloud(300, 3, 4, [4, 0, 0])];
  const found = await scores(train, known, both(normals, odd));
  expect(auroc(truth(300, 300), found)).toBeGreaterThan(0.97);
  const share = (part: Float64Array) => part.filter((score) => score > 0).length / part.length;
  expect(share(found.subarray(0, 300))).toBeLessThan(0.1);
  expect(share(found.subarray(300))).toBeGreaterThan(0.8);
  // Both sides weigh one half: as many known rows once more change nothing that matters.
  const twice = await scores(train, both(known, known), odd, { minRows: 10 });
  expect(share(twice)).toBeGreaterThan(0.8);
});

test("it is blind to what is unlike known rows: far away in another column every row still looks normal", async () => {
  const [train, known] = [cloud(500, 2, 5), cloud(100, 2, 6, [5, 0])];
  const found = await scores(train, known, cloud(200, 2, 7, [-1, 20]));
  expect(found.reduce((most, score) => Math.max(most, score), -Infinity)).toBeLessThan(0);
});

test("from `stopAt` known rows on it stops early, and says so; the trees are then grown on all rows", async () => {
  const [train, known] = [cloud(300, 3, 9), cloud(120, 3, 10, [1.5, 0, 0])];
  const stopped = await fit(train, known, { rounds: 400 });
  const [note] = stopped.notes;
  const grown = Number(/^(\d+) trees, as many as were best/.exec(note)![1]);
  expect(grown).toBeLessThan(200);
  const same = await fit(train, known, { rounds: Math.max(1, grown), stopAt: 1000 });
  expect(same.notes).toEqual([
    `${grown} trees; with 120 known anomalous rows, fewer than 1000, none are held out to stop early`,
  ]);
  const rows = cloud(50, 3, 11);
  expect(await scoreRows(stopped, rows, { workers: 0 })).toEqual(await scoreRows(same, rows, { workers: 0 }));
});

test("one known row is enough to fit; caps draw by key and are said", async () => {
  const train = cloud(100, 2, 12);
  const one = await scores(train, cloud(1, 2, 13, [6, 6]), cloud(10, 2, 14));
  expect(one.every(Number.isFinite)).toBe(true);
  const { notes, rowsUsed } = await fit(train, cloud(60, 2, 15, [6, 6]), { maxRows: 40 });
  expect(rowsUsed).toBe(40);
  expect(notes.slice(0, 2)).toEqual([
    "trees learned from 40 of 100 normal rows, drawn by key",
    "trees learned from 40 of 60 known anomalous rows, drawn by key",
  ]);
});

test("no known rows, known rows of other columns, and a fired signal", async () => {
  const train = cloud(50, 2, 16);
  await expect(fit(train, matrix(0, 2))).rejects.toThrow(
    new InputError(
      "boosted: known anomalous rows: expected at least one, got none; pass --label and --normal, with some rows of other labels",
    ),
  );
  await expect(fit(train, cloud(3, 3, 17))).rejects.toThrow(
    "boosted: known anomalous rows: expected 2 columns as the normal rows have, got 3",
  );
  await expect(fit(train, cloud(3, 2, 18), {}, { signal: AbortSignal.abort() })).rejects.toThrow(Interrupted);
});
