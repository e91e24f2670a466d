import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Interrupted } from "../errors/index.ts";
import { add, decode, encode, input, ndArray, openSession, overRows, reshape, treeEnsemble } from "../graph/index.ts";
import { auroc, fromRows, key, type Matrix, matrix, normal, takeRows, uniform } from "../numeric/index.ts";
import { type Boosted, type BoostedOptions, growBoosted } from "./boosted.ts";
import { boostedLogits } from "./boosted-logits.ts";

interface Case {
  readonly name: string;
  readonly options: BoostedOptions;
  readonly rows: (number | null)[][];
  readonly labels: number[];
  readonly weights: number[] | null;
  readonly fresh: (number | null)[][];
  readonly base: number;
  readonly scores: number[];
}
const cases: Case[] = JSON.parse(readFileSync(new URL("boosted.golden.json", import.meta.url), "utf8"));

const OPTIONS = { rounds: 10, rate: 0.3, leaves: 8, minRows: 2, l2: 0.1 };
const numbers = (rows: (number | null)[][]) => fromRows(rows.map((row) => row.map((x) => x ?? Number.NaN)));

test.each(cases)("exact greedy trees in NumPy: $name", async (golden) => {
  const { rows, labels, weights, options, fresh, base, scores } = golden;
  const model = await growBoosted(numbers(rows), Uint8Array.from(labels), {
    ...options,
    ...(weights && { weights: Float64Array.from(weights) }),
  });
  expect(model.base).toBeCloseTo(base, 12);
  boostedLogits(model, numbers(fresh)).forEach((score, i) => {
    expect(score).toBeCloseTo(scores[i], 10);
  });
});

/** Rows with a pattern, missing values and values that repeat. */
function patterned(n: number, d: number, seed: number, missing = 0.1): { rows: Matrix; labels: Uint8Array } {
  const [z, u] = [normal(key(seed)), uniform(key(seed).for("missing"))];
  const values = Float64Array.from({ length: n * d }, () => z());
  const labels = Uint8Array.from({ length: n }, (_, i) => (values[i * d] + 0.5 * z() > 0.8 ? 1 : 0));
  return {
    rows: matrix(
      n,
      d,
      values.map((x, at) => (u() < missing ? Number.NaN : at % d === 1 ? Math.round(x) : x)),
    ),
    labels,
  };
}

const inGraph = ({ trees, base }: Boosted, rows: Matrix) =>
  overRows((x) => add(reshape(treeEnsemble(x, trees), [x.shape[0]]), base), rows, { workers: 0 });

test("ONNX Runtime = plain JavaScript, missing and infinite values too, and again after the file was read", async () => {
  const { rows, labels } = patterned(600, 4, 1);
  const model = await growBoosted(rows, labels, OPTIONS);
  expect(model.trees.missing?.includes(1)).toBe(true);
  const wild = Float64Array.from(rows.values, (x, at) => (at % 7 === 0 ? Infinity : at % 11 === 0 ? -Infinity : x));
  for (const some of [rows, matrix(600, 4, wild)]) {
    const [fast, plain] = [await inGraph(model, some), boostedLogits(model, some)];
    fast.forEach((score, i) => void expect(score).toBeCloseTo(plain[i], 12));
  }
  const bytes = encode({ trees: treeEnsemble(input("x", "float64", ["rows", 4]), model.trees) });
  expect(Buffer.compare(encode(decode(bytes).outputs), bytes)).toBe(0);
  using session = await openSession(bytes);
  const sums = (await session.run({ x: ndArray("float64", [600, 4], rows.values) }))["trees"].data as Float64Array;
  const plain = boostedLogits(model, rows);
  sums.forEach((sum, i) => void expect(sum + model.base).toBeCloseTo(plain[i], 12));
});

test("each tree has at most `leaves` leaves, and each leaf at least `minRows` training rows, missing ones too", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 1000 }),
      fc.integer({ min: 2, max: 12 }),
      fc.integer({ min: 1, max: 9 }),
      async (seed, leaves, minRows) => {
        const { rows, labels } = patterned(60, 3, seed, 0.3);
        const { trees } = await growBoosted(rows, labels, { ...OPTIONS, leaves, minRows, rounds: 3 });
        const reached = new Map<number, number>();
        for (const root of trees.roots) {
          for (let i = 0; i < 60; i++) {
            let at = root;
            while (at >= 0) {
              const x = rows.values[i * 3 + trees.feature[at]];
              const passes = Number.isNaN(x) ? trees.missing?.[at] === 1 : x <= trees.split[at];
              at = passes ? trees.yes[at] : trees.no[at];
            }
            reached.set(at, (reached.get(at) ?? 0) + 1);
          }
        }
        for (const count of reached.values()) expect(count).toBeGreaterThanOrEqual(minRows);
        expect(reached.size).toBe(trees.leafWeight.length); // no leaf is empty
        expect(trees.leafWeight.length).toBeLessThanOrEqual(leaves * trees.roots.length);
      },
    ),
    { numRuns: 30 },
  );
});

test("increasing maps of a column change no score; nor does the scale of weights; a row of weight 2 is two rows", async () => {
  const { rows, labels } = patterned(200, 3, 2);
  const plain = boostedLogits(await growBoosted(rows, labels, OPTIONS), rows);
  const mapped = matrix(
    200,
    3,
    rows.values.map((x) => x ** 3 + 5 * x),
  );
  expect(boostedLogits(await growBoosted(mapped, labels, OPTIONS), mapped)).toEqual(plain);

  const minRows = 1;
  const weights = Float64Array.from(labels, (_, i) => (i < 50 ? 2 : 1));
  const weighed = await growBoosted(rows, labels, { ...OPTIONS, minRows, weights, l2: 0 });
  const scaled = await growBoosted(rows, labels, { ...OPTIONS, minRows, weights: weights.map((w) => w / 64), l2: 0 });
  expect(scaled.trees).toEqual(weighed.trees);
  const places = [...labels.keys(), ...Array.from({ length: 50 }, (_, i) => i)];
  const doubled = await growBoosted(
    takeRows(rows, places),
    Uint8Array.from(places, (i) => labels[i]),
    {
      ...OPTIONS,
      minRows,
      l2: 0,
      minHessian: 1e-3 * (250 / 200),
    },
  );
  const [a, b] = [boostedLogits(weighed, rows), boostedLogits(doubled, rows)];
  a.forEach((score, i) => void expect(score).toBeCloseTo(b[i], 9));
});

test("one split at the limit of many rounds: log-odds of each side's shares", async () => {
  // 30 of 40 rows are anomalous where x = 1, 5 of 60 where x = 0: l2 = 0 and many rounds give ln 3 and ln (1 / 11).
  const rows = fromRows(Array.from({ length: 100 }, (_, i) => [i < 40 ? 1 : 0]));
  const labels = Uint8Array.from({ length: 100 }, (_, i) => (i < 30 || i >= 95 ? 1 : 0));
  const model = await growBoosted(rows, labels, { ...OPTIONS, rounds: 200, l2: 0 });
  const [high, low] = boostedLogits(model, fromRows([[1], [0]]));
  expect(high).toBeCloseTo(Math.log(3), 10);
  expect(low).toBeCloseTo(Math.log(1 / 11), 10);
  expect(model.trees.split[0]).toBe(0.5);
});

test("where only missing values are anomalous, every number passes and they do not, numbers never seen too", async () => {
  const rows = fromRows(Array.from({ length: 60 }, (_, i) => [i < 20 ? Number.NaN : i]));
  const labels = Uint8Array.from({ length: 60 }, (_, i) => (i < 20 ? 1 : 0));
  const model = await growBoosted(rows, labels, { ...OPTIONS, leaves: 2 });
  const [missing, seen, above, below, infinite] = boostedLogits(
    model,
    fromRows([[Number.NaN], [30], [1e9], [-1e9], [Infinity]]),
  );
  expect(missing).toBeGreaterThan(2);
  expect(new Set([seen, above, below, infinite]).size).toBe(1);
  expect(seen).toBeLessThan(-2);
});

test("held-out rows stop growing: fewer trees, kept to the best, and they learn no noise", async () => {
  const { rows, labels } = patterned(500, 4, 3);
  const noise = Uint8Array.from(labels, (_, i) => (uniform(key(i))() < 0.3 ? 1 : 0));
  const holdOut = { share: 0.25, patience: 5, key: key(1) };
  const grow = (of: Uint8Array, more: Partial<BoostedOptions> = {}) =>
    growBoosted(rows, of, { ...OPTIONS, rounds: 300, ...more });
  const [stopped, noisy] = [await grow(labels, { holdOut }), await grow(noise, { holdOut })];
  expect(stopped.rounds).toBeGreaterThan(noisy.rounds);
  expect(stopped.rounds).toBeLessThan(100);
  expect(stopped.trees.roots).toHaveLength(stopped.rounds);
  expect(await grow(labels, { holdOut })).toEqual(stopped);
  expect(await grow(labels, { holdOut: { ...holdOut, key: key(2) } })).not.toEqual(stopped);
  const fresh = patterned(2000, 4, 4);
  expect(auroc(fresh.labels, boostedLogits(stopped, fresh.rows))).toBeGreaterThan(0.85);
  await expect(
    growBoosted(
      rows,
      Uint8Array.from(labels, (_, i) => (i === 0 ? 1 : 0)),
      { ...OPTIONS, holdOut },
    ),
  )
    .rejects // one anomalous row
    .toThrow("boosted trees: holdOut: expected at least 2 anomalous rows, got 1; leave holdOut out");
});

test("equal input, equal trees; columns drawn by key; input is not written to; more rounds begin with the fewer", async () => {
  const { rows, labels } = patterned(300, 6, 5);
  const [before, given] = [rows.values.slice(), labels.slice()];
  const grow = (more: Partial<BoostedOptions> = {}) => growBoosted(rows, labels, { ...OPTIONS, ...more });
  expect(await grow()).toEqual(await grow());
  const some = (seed: number) => grow({ someColumns: { share: 1 / 3, key: key(seed) } });
  expect(await some(1)).toEqual(await some(1));
  expect(await some(1)).not.toEqual(await some(2));
  const { trees } = await some(1);
  const ends = [...trees.roots.slice(1), trees.feature.length];
  trees.roots.forEach((root, t) => {
    expect(new Set(trees.feature.slice(root, ends[t])).size).toBeLessThanOrEqual(2);
  });
  const [short, long] = [(await grow()).trees, (await grow({ rounds: 20 })).trees];
  expect(long.split.slice(0, short.split.length)).toEqual(short.split);
  expect(rows.values).toEqual(before);
  expect(labels).toEqual(given);
});

test("more than 255 values are binned by quantiles, and little is lost", async () => {
  const { rows, labels } = patterned(4000, 2, 6, 0);
  const model = await growBoosted(rows, labels, { ...OPTIONS, minRows: 20 });
  const cuts = new Set(model.trees.split.filter((_, node) => model.trees.feature[node] === 0));
  expect(cuts.size).toBeLessThan(255);
  const fresh = patterned(4000, 2, 7, 0);
  const own = auroc(fresh.labels, boostedLogits(model, fresh.rows));
  const best = auroc(
    fresh.labels,
    Float64Array.from({ length: 4000 }, (_, i) => fresh.rows.values[2 * i]),
  );
  expect(own).toBeGreaterThan(best - 0.01);
});

test("a chain of splits stops where ONNX Runtime would not load it", async () => {
  // Each split takes one row off, for gains fall with the weights: 254 cuts of one column, then those of the other.
  const n = 400;
  const rows = fromRows(Array.from({ length: n }, (_, i) => [Math.min(i, 254), Math.max(0, i - 254)]));
  const weights = Float64Array.from({ length: n }, (_, i) => 1.05 ** -i);
  const labels = Uint8Array.from({ length: n }, (_, i) => i % 2);
  const more = { rounds: 1, leaves: n, minRows: 1, l2: 0, minHessian: 1e-300, weights };
  const model = await growBoosted(rows, labels, { ...OPTIONS, ...more });
  const { yes, no } = model.trees;
  const depth = new Uint32Array(yes.length);
  for (let node = 0; node < yes.length; node++)
    for (const child of [yes[node], no[node]]) if (child >= 0) depth[child] = depth[node] + 1;
  expect(depth.reduce((most, x) => Math.max(most, x), 0)).toBe(256);
  const plain = boostedLogits(model, rows);
  (await inGraph(model, rows)).forEach((score, i) => void expect(score).toBeCloseTo(plain[i], 12));
});

test("columns that say nothing: no tree, and the score is the base", async () => {
  const rows = fromRows(Array.from({ length: 20 }, () => [3, Number.NaN]));
  const model = await growBoosted(
    rows,
    Uint8Array.from({ length: 20 }, (_, i) => (i < 5 ? 1 : 0)),
    OPTIONS,
  );
  expect(model.rounds).toBe(0);
  expect(await inGraph(model, rows)).toEqual(new Float64Array(20).fill(Math.log(5 / 15)));
});

const small = fromRows([[1], [2], [3], [4]]);
const half = Uint8Array.of(0, 0, 1, 1);
test.each<[string, Matrix, Uint8Array, Partial<BoostedOptions>, string]>([
  ["one class", small, Uint8Array.of(1, 1, 1, 1), {}, "labels: expected rows of both classes, got only anomalous ones"],
  ["no weight in a class", small, half, { weights: Float64Array.of(1, 1, 0, 0) }, "got only normal ones"],
  ["labels of other rows", small, Uint8Array.of(0, 1), {}, "labels: expected 4, one a row, got 2"],
  ["a third class", small, Uint8Array.of(0, 1, 2, 1), {}, "labels: row 2: expected 0 or 1, got 2"],
  ["weights of other rows", small, half, { weights: Float64Array.of(1) }, "weights: expected 4, one a row, got 1"],
  [
    "a negative weight",
    small,
    half,
    { weights: Float64Array.of(1, -1, 1, 1) },
    "weights: row 1: expected a finite number",
  ],
  ["one leaf", small, half, { leaves: 1 }, "leaves: expected an integer ≥ 2, got 1"],
  ["no rows in a leaf", small, half, { minRows: 0 }, "minRows: expected an integer ≥ 1, got 0"],
  ["no rate", small, half, { rate: 0 }, "rate: expected a number in (0, 1], got 0"],
  ["half a round", small, half, { rounds: 0.5 }, "rounds: expected an integer ≥ 0, got 0.5"],
  ["negative l2", small, half, { l2: -1 }, "l2: expected a finite number ≥ 0, got -1"],
  [
    "no share of columns",
    small,
    half,
    { someColumns: { share: 0, key: key(1) } },
    "share: expected a number in (0, 1], got 0",
  ],
  [
    "all held out",
    small,
    half,
    { holdOut: { share: 1, patience: 1, key: key(1) } },
    "share: expected a number in (0, 1), got 1",
  ],
  ["no row", matrix(0, 1), new Uint8Array(0), {}, "rows: expected at least 2 rows and 1 column, got 0 × 1"],
])("refuses %s", async (_, rows, labels, more, message) => {
  await expect(growBoosted(rows, labels, { ...OPTIONS, ...more })).rejects.toThrow(message);
});

test("too few columns to score are refused; a signal interrupts", async () => {
  const { rows, labels } = patterned(100, 3, 8);
  const model = await growBoosted(rows, labels, OPTIONS);
  expect(() => boostedLogits(model, fromRows([[1]]))).toThrow("boosted trees: rows: expected at least");
  await expect(growBoosted(rows, labels, { ...OPTIONS, signal: AbortSignal.abort() })).rejects.toThrow(Interrupted);
  const controller = new AbortController();
  const work = growBoosted(rows, labels, {
    ...OPTIONS,
    rounds: 1e6,
    minHessian: 1e-300,
    l2: 1,
    signal: controller.signal,
  });
  setTimeout(() => controller.abort(), 100);
  await expect(work).rejects.toThrow(Interrupted);
});
