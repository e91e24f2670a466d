import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { fromRows, key, type Matrix, matrix, median, normal, rowOf, takeRows, uniform } from "../numeric/index.ts";
import { type OptionsGiven, parseOptions } from "../options/index.ts";
import { lof } from "./lof.ts";
import type { Metric } from "./nearest.ts";
import { scoreRows } from "./score-rows.ts";

interface Case {
  readonly name: string;
  readonly k: number;
  readonly metric: Metric;
  readonly train: number[][];
  readonly rows: number[][];
  readonly scores: number[];
}
const cases: Case[] = JSON.parse(readFileSync(new URL("lof.golden.json", import.meta.url), "utf8"));

const fit = (train: Matrix, given: OptionsGiven<typeof lof.options> = {}) =>
  lof.fit(train, parseOptions("lof", lof.options, given), { key: key(1), workers: 0 });

async function scores(train: Matrix, rows: Matrix, given: OptionsGiven<typeof lof.options> = {}) {
  return scoreRows(await fit(train, given), rows, { workers: 0 });
}

const gaussian = (n: number, d: number, seed = 2) => matrix(n, d, new Float64Array(n * d).map(normal(key(seed))));

/** Whole numbers from 0 to `size` − 1: many twins, and many places at equal distance. */
function lattice(n: number, d: number, size: number, seed: number): Matrix {
  const u = uniform(key(seed));
  return matrix(
    n,
    d,
    new Float64Array(n * d).map(() => Math.floor(size * u())),
  );
}

/**
 * Definitions 3 to 7 over the rows as they are, twins and all: loops only. A neighborhood is the k nearest different
 * places, the first in training order where distances are equal, and every row that lies there.
 */
function naive(train: Matrix, rows: Matrix, k: number, metric: Metric): number[] {
  const all = Array.from({ length: train.rows }, (_, i) => [...rowOf(train, i)]);
  const distance = (a: readonly number[], b: readonly number[]) => {
    const gaps = a.map((x, j) => Math.abs(x - b[j]));
    return metric === "euclidean"
      ? Math.sqrt(gaps.reduce((total, gap) => total + gap * gap, 0))
      : gaps.reduce((total, gap) => total + gap, 0);
  };
  const isTwin = (a: readonly number[], b: readonly number[]) => a.every((x, j) => x === b[j]);
  const firsts = all.filter((row, i) => all.findIndex((other) => isTwin(other, row)) === i);
  /** The k nearest places to a row, and whether it is itself one of them. */
  const nearestPlaces = (row: readonly number[], self: boolean) => {
    const left = firsts.filter((place) => !(self && isTwin(place, row)));
    const order = left.map((place, i) => ({ place, i, d: distance(row, place) }));
    order.sort((a, b) => (Math.abs(a.d - b.d) < 1e-9 ? a.i - b.i : a.d - b.d));
    return order.slice(0, k).map(({ place }) => place);
  };
  const kDistance = (row: readonly number[]) =>
    Math.max(...nearestPlaces(row, true).map((place) => distance(row, place)));
  const meanReach = (row: readonly number[], neighbors: readonly number[][]) =>
    neighbors.reduce((total, o) => total + Math.max(kDistance(o), distance(row, o)), 0) / neighbors.length;
  const density = (training: number) => {
    const row = all[training];
    const near = nearestPlaces(row, true);
    const others = all.filter((o, i) => i !== training && (isTwin(o, row) || near.some((place) => isTwin(place, o))));
    return 1 / meanReach(row, others);
  };
  const densities = all.map((_, i) => density(i));
  return Array.from({ length: rows.rows }, (_, i) => {
    const row = [...rowOf(rows, i)];
    const near = nearestPlaces(row, false);
    const members = all.flatMap((o, at) => (near.some((place) => isTwin(place, o)) ? [at] : []));
    const mean = members.reduce((total, at) => total + densities[at], 0) / members.length;
    return (
      mean *
      meanReach(
        row,
        members.map((at) => all[at]),
      )
    );
  });
}

test.each(cases)("scikit-learn's scores, $name, k = $k, $metric", async ({ train, rows, k, metric, ...golden }) => {
  const actual = await scores(fromRows(train), fromRows(rows), { k, metric });
  // scikit-learn adds 1e-10 to the mean reach.
  golden.scores.forEach((score, i) => {
    expect(Math.abs(actual[i] / score - 1)).toBeLessThan(1e-8);
  });
});

test.each([
  ["euclidean", 3],
  ["euclidean", 12],
  ["manhattan", 4],
] as const)("the definitions with twins and ties, %s, k = %i", async (metric, k) => {
  const [train, rows] = [lattice(70, 2, 6, 1), lattice(30, 2, 9, 2)];
  const actual = await scores(train, rows, { k, metric, scaling: "none" });
  naive(train, rows, k, metric).forEach((score, i) => {
    expect(Math.abs(actual[i] / score - 1)).toBeLessThan(1e-9);
  });
});

test("ties: the score of a row does not depend on the batch it comes in", async () => {
  const [train, rows] = [lattice(400, 6, 3, 3), lattice(90, 6, 4, 4)];
  const fitted = await fit(train, { k: 7 });
  const expected = await scoreRows({ ...fitted, chunk: 90 }, rows, { workers: 0 });
  for (const chunk of [1, 2, 7, 31]) {
    const actual = await scoreRows({ ...fitted, chunk }, rows, { workers: 0 });
    actual.forEach((score, i) => {
      expect(Math.abs(score / expected[i] - 1)).toBeLessThan(1e-9);
    });
  }
});

test("inside one even cluster the score is about 1", async () => {
  const u = uniform(key(5));
  const even = (n: number) =>
    matrix(
      n,
      2,
      new Float64Array(2 * n).map(() => u()),
    );
  const inside = matrix(
    100,
    2,
    even(100).values.map((x) => 0.2 + 0.6 * x),
  );
  const actual = await scores(even(2000), inside);
  expect(Math.abs(median(actual) - 1)).toBeLessThan(0.05);
  expect(actual.every((score) => score > 0.8 && score < 1.5)).toBe(true);
});

test("a row beside a dense cluster is odd, one as far from its neighbors in a thin cluster is not", async () => {
  const z = gaussian(600, 2, 6);
  const train = matrix(
    600,
    2,
    z.values.map((x, i) => (i < 600 ? 0.05 * x : 20 + 4 * x)),
  );
  const [beside, inThin] = await scores(
    train,
    fromRows([
      [1, 0],
      [20.5, 20.5],
    ]),
    { scaling: "none" },
  );
  expect(beside).toBeGreaterThan(5);
  expect(inThin).toBeLessThan(1.5);
});

test("scores do not change with units or the zero of columns under standard scaling", async () => {
  const [train, rows] = [gaussian(80, 2, 7), gaussian(20, 2, 8)];
  const move = (m: Matrix) =>
    matrix(
      m.rows,
      2,
      m.values.map((x, i) => (i % 2 === 0 ? x * -1e6 : x + 77)),
    );
  const [plain, after] = [await scores(train, rows), await scores(move(train), move(rows))];
  plain.forEach((score, i) => {
    expect(after[i]).toBeCloseTo(score, 9);
  });
});

test("half of the rows are one row: every score is finite, and far rows are above the median", async () => {
  const z = gaussian(200, 2, 9);
  const train = matrix(
    200,
    2,
    z.values.map((x, i) => (i < 200 ? 1 : x)),
  );
  const fitted = await fit(train);
  const normals = await scoreRows(fitted, train, { workers: 0 });
  const far = [10, -10, 1e6, 1e300];
  const away = await scoreRows(fitted, fromRows(far.map((x) => [x, x])), { workers: 0 });
  expect([...normals, ...away].every(Number.isFinite)).toBe(true);
  away.forEach((score) => {
    expect(score).toBeGreaterThan(5 * median(normals));
  });
});

test("a new value in a constant column raises the score", async () => {
  const z = gaussian(100, 1, 10);
  const train = fromRows(Array.from(z.values, (x) => [x, 7]));
  const [same, other] = await scores(
    train,
    fromRows([
      [0, 7],
      [0, 8],
    ]),
  );
  expect(other).toBeGreaterThan(2 * same); // reach 1 against a k-distance of 20 in 100 normal rows, 0.25 or so
});

test("the order of training rows changes nothing where no two places are equally far", async () => {
  const [train, rows] = [gaussian(60, 3, 11), gaussian(20, 3, 12)];
  const turned = takeRows(
    train,
    Array.from({ length: 60 }, (_, i) => 59 - i),
  );
  const [forth, back] = [await scores(train, rows), await scores(turned, rows)];
  forth.forEach((score, i) => {
    expect(back[i]).toBeCloseTo(score, 10);
  });
});

test("what was left out, and a smaller k, are said; progress counts all rows", async () => {
  const capped = await fit(gaussian(50, 2), { maxRows: 10 });
  expect(capped.rowsUsed).toBe(10);
  expect(capped.notes).toEqual([
    "10 of 50 rows kept as reference, drawn by key",
    "k is 9: there are no more different rows than that beside a row",
  ]);
  const seen: unknown[] = [];
  const options = parseOptions("lof", lof.options, {});
  await lof.fit(gaussian(50, 2), options, { key: key(1), workers: 0, onProgress: (progress) => seen.push(progress) });
  expect(seen.at(-1)).toEqual({ stage: "compare normal rows", done: 50, total: 50 });
});

test("equal rows alone have no density", async () => {
  await expect(fit(fromRows(Array.from({ length: 5 }, () => [1, 2])))).rejects.toThrow(
    "lof: rows: expected two that differ, got 5 equal ones; give other rows, or use knn or mahalanobis",
  );
});
