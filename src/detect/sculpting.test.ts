import { describe, expect, test } from "vitest";
import { f1AtEvenOdds } from "../../bench/sculpting-measures.ts";
import { InputError } from "../errors/index.ts";
import { cast, evaluate, float64, overRows } from "../graph/index.ts";
import {
  auroc,
  fromRows,
  key,
  type Matrix,
  matrix,
  normal,
  quantileSorted,
  rowOf,
  stackRows,
} from "../numeric/index.ts";
import { type OptionsGiven, parseOptions } from "../options/index.ts";
import type { Known } from "./detector.ts";
import { scoreRows } from "./score-rows.ts";
import { twoStage } from "./sculpting/judges.ts";
import { sculpting } from "./sculpting.ts";

type Given = OptionsGiven<typeof sculpting.options>;

const gaussian = (n: number, d: number, seed: number, shift: readonly number[] = []) =>
  matrix(
    n,
    d,
    new Float64Array(n * d).map(normal(key(seed))).map((x, at) => x + (shift[at % d] ?? 0)),
  );
const classed = (rows: Matrix, name: string): Known => ({ rows, classes: new Array<string>(rows.rows).fill(name) });

const train = gaussian(600, 5, 1);
const seen = classed(gaussian(200, 5, 2, [4, 4]), "first two high");
const fresh = gaussian(400, 5, 3);

const fit = (given: Given = {}, known: Known | null = seen, rows = train) =>
  sculpting.fit(
    rows,
    parseOptions("sculpting", sculpting.options, { steps: 200, flowSteps: 200, scaling: "standard", ...given }),
    {
      key: key(7),
      workers: 0,
      ...(known && { known }),
    },
  );
const scores = async (rows: Matrix, given: Given = {}, known: Known | null = seen) =>
  scoreRows(await fit(given, known), rows, { workers: 0 });
const separation = (normal: Float64Array, anomalous: Float64Array) =>
  auroc(
    [...new Array<number>(normal.length).fill(0), ...new Array<number>(anomalous.length).fill(1)],
    [...normal, ...anomalous],
  );

test.each([
  [11_982, 1_315, 2_041, 11_256, 0.8703],
  [12_537, 760, 6_149, 7_148, 0.6742],
])("F1 at even odds is that of the confusion matrices of v1, as published", (tn, fp, fn, tp, published) => {
  const f1 = f1AtEvenOdds(tp / (tp + fn), fp / (fp + tn));
  expect(f1).toBeCloseTo((2 * tp) / (2 * tp + fp + fn), 12);
  expect(f1).toBeCloseTo(published, 4);
});

test("τ: the 95 % quantile of 1, 2, 3, 4 is 3.85; 5 % of fresh normal rows lie above that of others", async () => {
  expect(quantileSorted([1, 2, 3, 4], 0.95)).toBeCloseTo(3.85, 12);
  for (const score of ["flow", "fused"] as const) {
    const fitted = await fit({ score });
    const calibration = (await scoreRows(fitted, gaussian(2000, 5, 4), { workers: 0 })).sort();
    const threshold = quantileSorted(calibration, 0.95);
    const above = (await scoreRows(fitted, gaussian(2000, 5, 5), { workers: 0 })).filter((s) => s > threshold).length;
    // Both samples vary: 100 ± 4 standard deviations of their difference.
    expect(Math.abs(above - 100)).toBeLessThan(4 * Math.sqrt(2 * 2000 * 0.05 * 0.95));
  }
});

describe("two-stage, as published", () => {
  test("rows nearer to the anomalous center are one tie at the top, the others in the order of ℓ", () => {
    const out = twoStage(
      {
        flow: float64([3, -1, 50, 900, 1e9, 2]),
        center: float64([1, 1, 1, 1, 1, 9]),
        anomalousCenter: float64([4, 4, 4, 4, 4, 2]),
        nearest: float64([]),
        plain: float64([]),
      },
      40,
    );
    const [a, b, c, d, e, tie] = evaluate({ out }, {})["out"].data as Float64Array;
    expect([a, b, tie]).toEqual([3, -1, 41]);
    expect(c).toBeCloseTo(40 + 10 / 11, 12);
    for (const [less, more] of [
      [c, d],
      [d, e],
      [e, tie],
    ])
      expect(less).toBeLessThan(more);
  });

  test("it and ℓ order two rows alike whenever both pass stage 1", async () => {
    const rows = gaussian(300, 5, 6);
    const [flow, rule] = [await scores(rows, { score: "flow" }), await scores(rows, { score: "two-stage" })];
    const top = Math.max(...rule);
    const passed = [...rule.keys()].filter((i) => rule[i] < top);
    expect(passed.length).toBeGreaterThan(250);
    const order = (s: Float64Array) => passed.toSorted((i, j) => s[i] - s[j]);
    expect(order(rule)).toEqual(order(flow));
  });
});

describe("what it learns", () => {
  const unseen = gaussian(100, 5, 8, [0, 0, 0, 5, -5]);
  const known = gaussian(100, 5, 9, [4, 4]);

  test.each(["hypersphere", "dual-centroid"] as const)("known and unknown anomalies stand out (%s)", async (loss) => {
    const fitted = await fit({ loss });
    const of = (rows: Matrix) => scoreRows(fitted, rows, { workers: 0 });
    expect(separation(await of(fresh), await of(known))).toBeGreaterThan(0.99);
    expect(separation(await of(fresh), await of(unseen))).toBeGreaterThan(0.99);
  });

  test("training moves known anomalies away from the center, and not normal rows", async () => {
    const of = async (steps: number) =>
      separation(await scores(fresh, { score: "center", steps }), await scores(known, { score: "center", steps }));
    expect(await of(200)).toBeGreaterThan(0.99);
    expect(await of(0)).toBeLessThan(0.99);
  });

  test.each(["conv-transformer", "feature-transformer"] as const)("%s trains and scores", async (encoder) => {
    const wide = gaussian(120, 8, 1);
    const fitted = await fit({ encoder, steps: 8, flowSteps: 50 }, classed(gaussian(60, 8, 2, [5, 5]), "high"), wide);
    expect((await scoreRows(fitted, wide, { workers: 0 })).every(Number.isFinite)).toBe(true);
  });

  test("the flow of v1 trains and scores", async () => {
    expect((await scores(fresh, { flow: "v1", score: "flow" })).every(Number.isFinite)).toBe(true);
  });
});

describe("without known anomalous rows", () => {
  test("the encoder stays untrained, and the notes say what that means", async () => {
    const { notes, nearestClass } = await fit({}, null);
    expect(nearestClass).toBeUndefined();
    expect(notes[0]).toMatch(/^no known anomalous rows: the encoder is untrained, .* pass --label and --normal/);
    const far = fromRows([[9, -9, 9, -9, 9]]);
    const [one] = await scores(far, {}, null);
    expect(one).toBeGreaterThan(Math.max(...(await scores(fresh, {}, null))));
  });

  test("the rule of two stages is refused", async () => {
    await expect(fit({ score: "two-stage" }, null)).rejects.toThrow(
      new InputError(
        "sculpting: score two-stage: expected known anomalous rows, got none; pass --label and --normal, with some rows of other labels, or another --score",
      ),
    );
  });
});

test("known rows of other columns are refused", async () => {
  await expect(fit({}, classed(gaussian(3, 4, 1), "narrow"))).rejects.toThrow(
    "sculpting: known anomalous rows: expected 5 columns as the normal rows have, got 4",
  );
});

test("a class is capped by key, and the notes say so", async () => {
  const { notes } = await fit({ maxPerClass: 50 });
  expect(notes).toContain("learned from 50 of 200 known anomalous rows, drawn by key");
});

test("a learning rate that is too high is said to diverge", async () => {
  await expect(fit({ learningRate: 10, decay: 100 })).rejects.toThrow(/^train: diverged: .*lower the learning rate/);
});

test("the nearest known class is that of the nearest known row, as a loop finds it", async () => {
  const two = {
    rows: stackRows(gaussian(30, 5, 12, [4, 4]), gaussian(30, 5, 13, [0, 0, 0, -4, -4])),
    classes: [...new Array<string>(30).fill("up"), ...new Array<string>(30).fill("down")],
  };
  const { nearestClass } = await fit({ steps: 5, flowSteps: 5, scaling: "none" }, two);
  expect(nearestClass!.classes).toEqual(["down", "up"]);
  const rows = gaussian(50, 5, 14);
  const places = await overRows((x) => cast(nearestClass!.of(x), "float64"), rows, { workers: 0 });
  const distance = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    Array.from(a, (x, j) => (x - b[j]) ** 2).reduce((s, x) => s + x);
  places.forEach((place, i) => {
    const all = two.classes.map((name, k) => [distance(rowOf(rows, i), rowOf(two.rows, k)), name] as const);
    expect(nearestClass!.classes[place]).toBe(all.reduce((a, b) => (b[0] < a[0] ? b : a))[1]);
  });
});

test("rows kept for the scale of ℓ take no part in training; with too few, the notes say that they do", async () => {
  const few = await fit({}, seen, gaussian(30, 5, 1));
  expect(few.notes).toContain("too few rows to hold some out: the scale of ℓ is that of the rows it was trained on");
  expect((await fit()).notes.join()).not.toContain("too few rows");
});
