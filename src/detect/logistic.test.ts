import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { InputError, Interrupted } from "../errors/index.ts";
import { auroc, fromRows, key, type Matrix, matrix, median, normal } from "../numeric/index.ts";
import { type OptionsGiven, parseOptions } from "../options/index.ts";
import { crossFit } from "./cross-fit.ts";
import type { FitContext } from "./detector.ts";
import { logistic } from "./logistic.ts";
import { nearestNeighbors } from "./nearest-neighbors.ts";
import { scoreRows } from "./score-rows.ts";

interface Case {
  readonly name: string;
  readonly ridge: number;
  readonly normal: number[][];
  readonly known: number[][];
  readonly rows: number[][];
  readonly scores: number[];
}
const cases: Case[] = JSON.parse(readFileSync(new URL("logistic.golden.json", import.meta.url), "utf8"));

type Given = OptionsGiven<typeof logistic.options>;

const fit = (train: Matrix, known: Matrix, given: Given = {}, more: Partial<FitContext> = {}) =>
  logistic.fit(train, parseOptions("logistic", logistic.options, given), {
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

const mean = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0) / values.length;

test.each(cases)("scikit-learn's log-odds without a base: $name", async (golden) => {
  const { ridge } = golden;
  const [train, known, rows] = [fromRows(golden.normal), fromRows(golden.known), fromRows(golden.rows)];
  const found = await scores(train, known, rows, { base: "none", scaling: "standard", ridge });
  golden.scores.forEach((score, i) => {
    expect(found[i]).toBeCloseTo(score, 6);
  });
});

describe("theory", () => {
  test("separable rows are separated under a weak ridge, whatever the base", async () => {
    const [train, known] = [cloud(200, 3, 1), cloud(20, 3, 2, [8, 0, 0])];
    const fresh = both(cloud(200, 3, 3), cloud(100, 3, 4, [8, 0, 0]));
    for (const base of ["knn", "auto", "mahalanobis", "isolation-forest", "none"] as const)
      expect(auroc(truth(200, 100), await scores(train, known, fresh, { base, ridge: 1e-3 }))).toBeGreaterThan(0.999);
  });

  test("a strong ridge leaves the ranking of the base", async () => {
    const [train, fresh] = [cloud(150, 3, 1), cloud(60, 3, 2, [1, 1, 1])];
    const own = await scores(train, cloud(10, 3, 3, [6, 0, 0]), fresh, { ridge: 1e6 });
    const base = parseOptions("knn", nearestNeighbors.options, {});
    const alone = await scoreRows(await nearestNeighbors.fit(train, base, { key: key(1), workers: 0 }), fresh);
    const order = (values: Float64Array) => [...values.keys()].sort((i, j) => values[i] - values[j]);
    // g has one level per distinct out-of-fold score, between which it rises; below the smallest all are equal.
    const distinct = new Set(own).size;
    expect(distinct).toBeGreaterThan(50);
    expect(order(own).slice(-50)).toEqual(order(alone).slice(-50));
  });

  test("one label moves the score its way: rows like the known one before others as far away, and those before normal ones", async () => {
    const [like, other, usual] = await scores(
      cloud(300, 2, 1),
      fromRows([[5, 0]]),
      fromRows([
        [4, 0],
        [0, 4],
        [0, 0],
      ]),
    );
    expect(like).toBeGreaterThan(other + 0.3);
    expect(other).toBeGreaterThan(usual + 1);
  });

  test("more labels, better: anomalies inside the cloud of normal rows, of which distances know nothing", async () => {
    const train = cloud(1000, 6, 1);
    const moved = [1.2, -1.2, 1.2, 0, 0, 0];
    const fresh = both(cloud(500, 6, 2), cloud(500, 6, 3, moved));
    const measure = async (labels: number) =>
      auroc(truth(500, 500), await scores(train, cloud(labels, 6, 4, moved), fresh));
    const [few, some, many] = [await measure(1), await measure(10), await measure(300)];
    expect(some).toBeGreaterThan(few);
    // The best there is: Φ(δ / √2) with δ = 1.2 √3 the distance of the means, 0.929.
    expect(many).toBeGreaterThan(0.9);
    expect(many).toBeLessThan(0.95);
  });

  test("known rows in another order give the same scores, but for rounding", async () => {
    const [train, known, fresh] = [cloud(100, 3, 1), cloud(12, 3, 2, [3, 3, 0]), cloud(30, 3, 3)];
    const reversed = fromRows(
      Array.from({ length: 12 }, (_, i) => [...known.values.subarray(3 * (11 - i), 3 * (12 - i))]),
    );
    const [a, b] = [await scores(train, known, fresh), await scores(train, reversed, fresh)];
    a.forEach((score, i) => {
      expect(b[i]).toBeCloseTo(score, 6);
    });
  });

  test("normal rows amid known ones on both sides: the base sees what no line can", async () => {
    const train = cloud(400, 2, 1);
    const known = both(cloud(10, 2, 2, [6, 0]), cloud(10, 2, 3, [-6, 0]));
    const fresh = both(cloud(200, 2, 4), both(cloud(50, 2, 5, [6, 0]), cloud(50, 2, 6, [-6, 0])));
    expect(auroc(truth(200, 100), await scores(train, known, fresh))).toBeGreaterThan(0.99);
    expect(auroc(truth(200, 100), await scores(train, known, fresh, { base: "none" }))).toBeLessThan(0.8);
  });
});

describe("held out", () => {
  const options = parseOptions("knn", nearestNeighbors.options, {});

  test("scores of training rows are those of fresh rows: their own would be 0", async () => {
    const train = cloud(500, 3, 1);
    const places = Uint32Array.from(Array(500).keys());
    const { fitted, scores } = await crossFit(nearestNeighbors, options, train, places, { key: key(1), workers: 0 });
    const [own, fresh] = [await scoreRows(fitted, train), await scoreRows(fitted, cloud(500, 3, 2))];
    expect(Math.max(...own)).toBe(0);
    // A fifth of the rows left out makes distances in 3 columns (4/5)^(-1/3) as long, 8 %; two standard errors are 5 %.
    expect(mean(scores) / mean(fresh)).toBeGreaterThan(0.95);
    expect(mean(scores) / mean(fresh)).toBeLessThan(1.18);
  });

  test("each row is scored by what all rows but its fold teach, and only the rows asked for", async () => {
    const seen: number[] = [];
    const spy = {
      fit: async (rows: Matrix, ...more: [never, FitContext]) => {
        seen.push(rows.rows);
        return nearestNeighbors.fit(rows, options, more[1]);
      },
    };
    const places = Uint32Array.of(3, 8, 20, 21, 22, 40, 41, 59);
    const { scores } = await crossFit(spy, options, cloud(60, 2, 1), places, { key: key(1), workers: 0 });
    expect([scores.length, scores.every((score) => score > 0)]).toEqual([8, true]);
    expect(seen).toEqual([58, 58, 58, 59, 59, 60]);
  });

  test("labels at random teach nothing: fresh rows have even odds, and neither side ranks above the other", async () => {
    const chance: number[] = [];
    for (let seed = 0; seed < 5; seed++) {
      const found = await scores(cloud(600, 4, 10 + seed), cloud(200, 4, 20 + seed), cloud(600, 4, 30 + seed));
      // Without folds g is 0 of every normal row, and the odds of any other row are far from even.
      expect(Math.abs(Math.log(mean(found.map(Math.exp))))).toBeLessThan(1.5);
      expect(Math.abs(median(found))).toBeLessThan(0.6);
      chance.push(auroc(truth(300, 300), found));
    }
    expect(Math.abs(mean(chance) - 0.5)).toBeLessThan(0.05); // 4.6 standard errors of 0.0236 / √5
  });
});

describe("what is said and refused", () => {
  test("caps, drawn by key, and a label-free score that tells nothing are said", async () => {
    const few = await fit(cloud(100, 2, 1), cloud(30, 2, 2, [3, 0]), { maxRows: 20 });
    expect(few.notes).toEqual([
      "weights learned from 20 of 100 normal rows, drawn by key",
      "weights learned from 20 of 30 known anomalous rows, drawn by key",
    ]);
    expect(few.rowsUsed).toBe(100);
    const inside = matrix(
      40,
      2,
      cloud(40, 2, 3).values.map((x) => x / 100),
    );
    const { notes } = await fit(cloud(300, 2, 1), inside, { ridge: 1e-4 });
    expect(notes).toEqual(["the label-free score has no weight: known anomalous rows are not far from normal ones"]);
  });

  test("no known rows, and rows of other columns", async () => {
    const train = cloud(50, 2, 1);
    await expect(fit(train, matrix(0, 2))).rejects.toThrow(
      "logistic: known anomalous rows: expected at least one, got none; pass --label and --normal, with some rows of other labels",
    );
    await expect(fit(train, matrix(0, 2), {}, { known: undefined })).rejects.toThrow(InputError);
    await expect(fit(train, cloud(5, 3, 2))).rejects.toThrow("expected 2 columns as the normal rows have, got 3");
  });

  test("an interruption while folds are scored", async () => {
    const controller = new AbortController();
    const onProgress = () => controller.abort();
    const { signal } = controller;
    await expect(fit(cloud(100, 2, 1), cloud(5, 2, 2), {}, { signal, onProgress })).rejects.toThrow(Interrupted);
  });
});
