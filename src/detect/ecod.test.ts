import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { input, type Trees, topologicalOrder } from "../graph/index.ts";
import { fromRows, key, type Matrix, matrix, normal, rowOf, uniform } from "../numeric/index.ts";
import { type OptionsGiven, parseOptions } from "../options/index.ts";
import { ecod } from "./ecod.ts";
import { scoreRows } from "./score-rows.ts";

const golden: Record<"train" | "rows", number[][]> & Record<"ofSums" | "ofColumns", number[]> = JSON.parse(
  readFileSync(new URL("ecod.golden.json", import.meta.url), "utf8"),
);

async function scores(train: Matrix, rows: Matrix, given: OptionsGiven<typeof ecod.options> = {}) {
  const options = parseOptions("ecod", ecod.options, given);
  return scoreRows(await ecod.fit(train, options, { key: key(1), workers: 0 }), rows, { workers: 0 });
}

const gaussian = (n: number, d: number, seed = 2) => matrix(n, d, new Float64Array(n * d).map(normal(key(seed))));

/** Algorithm 1 for one row among the training rows: counts by loops. */
function naive(train: Matrix, row: ArrayLike<number>): number {
  const n = train.rows;
  let [left, right, auto] = [0, 0, 0];
  for (let j = 0; j < train.columns; j++) {
    let [atMost, atLeast, mean, cubes] = [1, 1, 0, 0];
    for (let i = 0; i < n; i++) mean += rowOf(train, i)[j] / n;
    for (let i = 0; i < n; i++) {
      const value = rowOf(train, i)[j];
      if (value <= row[j]) atMost++;
      if (value >= row[j]) atLeast++;
      cubes += (value - mean) ** 3;
    }
    const [l, r] = [-Math.log(atMost / (n + 1)), -Math.log(atLeast / (n + 1))];
    left += l;
    right += r;
    auto += cubes < 0 ? l : r;
  }
  return Math.max(left, right, auto);
}

test.each([
  ["of-sums", golden.ofSums],
  ["of-columns", golden.ofColumns],
] as const)("scores of an independent script with SciPy's ECDF, maximum %s", async (maximum, expected) => {
  const actual = await scores(fromRows(golden.train), fromRows(golden.rows), { maximum });
  expected.forEach((score, i) => {
    expect(actual[i]).toBeCloseTo(score, 12);
  });
});

test("up to 1,000 distinct values a column, scores = those of a naive count", async () => {
  const train = gaussian(1000, 3);
  const rows = gaussian(40, 3, 3);
  const actual = await scores(train, rows);
  actual.forEach((score, i) => {
    expect(score).toBeCloseTo(naive(train, rowOf(rows, i)), 12);
  });
});

test("with more distinct values, naive ≤ score ≤ naive + 0.01 d, and rare values keep their score", async () => {
  const u = uniform(key(4));
  const train = matrix(
    5000,
    2,
    new Float64Array(10_000).map(() => -Math.log(u())),
  );
  const rows = matrix(
    300,
    2,
    new Float64Array(600).map(() => -1.3 * Math.log(u())),
  );
  const actual = await scores(train, rows);
  actual.forEach((score, i) => {
    const exact = naive(train, rowOf(rows, i));
    expect(score).toBeGreaterThan(exact - 1e-12);
    expect(score).toBeLessThan(exact + 2 * 0.01);
  });
  const column = matrix(5000, 1, train.values.slice(0, 5000));
  const rarest = column.values.slice().sort().slice(-99);
  const tail = await scores(column, matrix(99, 1, rarest));
  tail.forEach((score, i) => {
    expect(score).toBeCloseTo(-Math.log((100 - i) / 5001), 12);
  });
});

test.each([1000, 1001, 20_000])("a column of %i values has at most 1,000 knots", async (n) => {
  const fitted = await ecod.fit(gaussian(n, 1), { maximum: "of-sums" }, { key: key(1) });
  const ensembles = topologicalOrder([fitted.score(input("x", "float64", ["rows", 1]))]).flatMap(({ attributes }) =>
    "trees" in attributes ? [attributes["trees"] as Trees] : [],
  );
  const knots = new Set(ensembles.flatMap(({ split }) => [...split]));
  expect(knots.size).toBeLessThanOrEqual(1000);
  expect(knots.size).toBeGreaterThan(700);
});

test("a value beyond all training rows has probability 1 / (n + 1), and all such values tie", async () => {
  const line = fromRows([[0], [1], [2], [3], [14]]);
  const [inside, outermost, beyond, far] = await scores(line, fromRows([[2], [14], [15], [1e300]]));
  expect(inside).toBeCloseTo(-Math.log(4 / 6), 12); // γ > 0: the right tail, 3 of 5 and the row itself
  expect(outermost).toBeCloseTo(-Math.log(2 / 6), 12);
  expect(beyond).toBeCloseTo(Math.log(6), 12);
  expect(far).toBe(beyond);
});

test("increasing maps of columns that keep the sign of γ change nothing, and −x swaps the tails", async () => {
  const [train, rows] = [gaussian(200, 2, 5), gaussian(50, 2, 6)];
  const mapped = (m: Matrix, f: (x: number) => number) => matrix(m.rows, m.columns, m.values.map(f));
  const plain = await scores(train, rows);
  expect(
    await scores(
      mapped(train, (x) => 1e6 * x + 3),
      mapped(rows, (x) => 1e6 * x + 3),
    ),
  ).toEqual(plain);
  const flipped = await scores(
    mapped(train, (x) => -x),
    mapped(rows, (x) => -x),
  );
  plain.forEach((score, i) => {
    expect(flipped[i]).toBeCloseTo(score, 12);
  });
});

test("the long tail of a skewed column weighs, also among columns where the row is low", async () => {
  // One exponential column (γ > 0) and its mirror image (γ < 0): O_auto sums the two long tails.
  const u = uniform(key(8));
  const train = fromRows(Array.from({ length: 400 }, () => [-Math.log(u()), Math.log(u())]));
  const [bothLong, bothShort] = await scores(
    train,
    fromRows([
      [99, -99],
      [-1, 1],
    ]),
  );
  expect(bothLong).toBeCloseTo(2 * Math.log(401), 12);
  expect(bothShort).toBeCloseTo(Math.log(401), 12);
});
