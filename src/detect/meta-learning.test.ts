import { describe, expect, test } from "vitest";
import { seenThreshold } from "../../bench/meta-learning-measures.ts";
import { InputError } from "../errors/index.ts";
import {
  absolute,
  add,
  evaluate,
  float64,
  maximum,
  multiply,
  overRows,
  slice,
  subtract,
  sum,
  type Tensor,
} from "../graph/index.ts";
import { initialize } from "../nn/index.ts";
import { f1, key, type Matrix, matrix, normal, stackRows } from "../numeric/index.ts";
import { type OptionsGiven, parseOptions } from "../options/index.ts";
import { fitTail } from "./auto/tail.ts";
import type { Known } from "./detector.ts";
import { separationOf } from "./meta-learning/average.ts";
import type { Snapshot } from "./meta-learning/carried.ts";
import { isCollapsed } from "./meta-learning/collapse.ts";
import { networks } from "./meta-learning/networks.ts";
import { judged } from "./meta-learning/scores.ts";
import { metaLearning } from "./meta-learning.ts";
import { scoreRows } from "./score-rows.ts";

const gaussian = (n: number, d: number, seed: number, shift: readonly number[] = []): Matrix =>
  matrix(
    n,
    d,
    new Float64Array(n * d).map(normal(key(seed))).map((x, at) => x + (shift[at % d] ?? 0)),
  );
const train = gaussian(300, 5, 1);
const known: Known = {
  rows: stackRows(gaussian(40, 5, 2, [4, 4]), gaussian(40, 5, 3, [0, 0, -5])),
  classes: Array.from({ length: 80 }, (_, i) => (i < 40 ? "first two high" : "third low")),
};
const fit = (given: OptionsGiven<typeof metaLearning.options> = {}, classes: Known | null = known) =>
  metaLearning.fit(
    train,
    parseOptions("meta-learning", metaLearning.options, { episodes: 4, steps: 10, scaling: "standard", ...given }),
    { key: key(7), workers: 0, ...(classes && { known: classes }) },
  );
const fitting = fit();

/** A network with first parameters. */
const untrained = (columns: number, t: number): Snapshot => {
  const parts = networks(columns);
  const first = (tree: typeof parts.encoder.parameters) => initialize(tree, key(5)).trained;
  return { encoder: first(parts.encoder.parameters), classifier: first(parts.classifier.parameters), t };
};

// Check 5 of the specification.
test("seen-f1: of thresholds .1, .35, .4 and .8 the one at .35 has the best F1, .8", () => {
  const [scores, labels] = [
    [0.1, 0.4, 0.35, 0.8],
    [0, 0, 1, 1],
  ];
  const at = (threshold: number) =>
    f1(
      labels,
      scores.map((s) => (s >= threshold ? 1 : 0)),
    );
  expect([0.1, 0.35, 0.4, 0.8].map((t) => Number(at(t).toFixed(6)))).toEqual([0.666667, 0.8, 0.5, 0.666667]);
  expect(seenThreshold(Float64Array.of(0.1, 0.4), Float64Array.of(0.35, 0.8))).toBe(0.35);
});

// Check 6.
describe("fusion of tails", () => {
  const g = fitTail([1, 2, 2, 3, 5]);
  const of = (values: readonly number[]) =>
    Array.from(evaluate({ g: g(float64(values)) }, {})["g"].data as Float64Array);

  test("the tail of (1, 2, 2, 3, 5) at 2, 2.5, 5 and 8", () => {
    of([2, 2.5, 5, 8]).forEach((value, i) => {
      expect(value).toBeCloseTo([0.510826, 0.798508, 2.302585, 3.993282][i], 6);
    });
  });

  test("max 3 and sum 5 of g = 3 and 2; neither falls when a part rises", () => {
    const fused = (a: number, b: number) => {
      const [x, y] = [float64([a]), float64([b])];
      const out = evaluate({ max: maximum(x, y), sum: add(x, y) }, {});
      return [out["max"].data[0], out["sum"].data[0]] as number[];
    };
    expect(fused(3, 2)).toEqual([3, 5]);
    for (const [a, b] of [
      [3.5, 2],
      [3, 2.5],
      [3, 9],
    ]) {
      const [max, total] = fused(a, b);
      expect(max >= 3 && total > 5).toBe(true);
    }
    const rising = of([0, 1, 1.5, 2, 2.1, 3, 4, 5, 6, 1e9]);
    expect(rising).toEqual(rising.toSorted((a, b) => a - b));
  });
});

test("tripling T keeps the order of s: it is a third", async () => {
  const rows = gaussian(40, 5, 8);
  const [plain, cooled] = [untrained(5, 0.2), untrained(5, 0.2 + Math.log(3))];
  const of = (network: Snapshot) => overRows(judged(network, 5).score, rows, { workers: 0 });
  const [s, third] = [await of(plain), await of(cooled)];
  s.forEach((value, i) => {
    expect(third[i]).toBeCloseTo(value / 3, 9);
  });
});

test("the input step raises the confidence of a network: |l(x̃)| is |l(x)| or more", async () => {
  const rows = gaussian(40, 5, 8);
  const network = untrained(5, 0);
  const [on, off] = [
    await overRows(judged(network, 5, "on").score, rows, { workers: 0 }),
    await overRows(judged(network, 5, "off").score, rows, { workers: 0 }),
  ];
  expect(on.filter((s, i) => Math.abs(s) >= Math.abs(off[i])).length).toBe(40);
});

describe("what it learns", () => {
  test("known and unknown anomalies stand out", async () => {
    const of = async (rows: Matrix) => scoreRows(await fitting, rows, { workers: 0 });
    const fresh = await of(gaussian(200, 5, 4));
    expect(separationOf(fresh, await of(gaussian(60, 5, 5, [4, 4])))).toBeGreaterThan(0.97);
    expect(separationOf(fresh, await of(gaussian(60, 5, 6, [0, 0, 0, 5, -5])))).toBeGreaterThan(0.97);
  });

  test("notes tell the episodes, and the share of outer steps without the margin", async () => {
    const { notes } = await fitting;
    expect(notes[0]).toMatch(/^trained for 4 episodes: 40 inner steps and 20 outer ones, in [\d.]+ % of which/);
  });

  test("with too few rows to hold some out, notes say so", async () => {
    const few: Known = { rows: stackRows(gaussian(4, 5, 2, [4]), gaussian(4, 5, 3, [-4])), classes: [..."aaaabbbb"] };
    const { notes } = await metaLearning.fit(
      gaussian(30, 5, 1),
      parseOptions("meta-learning", metaLearning.options, { episodes: 2, steps: 2 }),
      { key: key(1), workers: 0, known: few },
    );
    expect(notes.join()).toContain("too few normal rows to hold some out");
  });
});

test("a network that answers normal whatever the columns say together has collapsed; one that looks at them together has not", async () => {
  const pairs = gaussian(200, 1, 9);
  const equal = matrix(
    200,
    2,
    Float64Array.from({ length: 400 }, (_, i) => pairs.values[i >> 1]),
  );
  const of = (logit: (x: Tensor) => Tensor) => isCollapsed(logit, equal, 512, key(1), { workers: 0 });
  expect(await of((x) => add(sum(x, 1), 3))).toBe(true);
  const apart = (x: Tensor) => sum(absolute(subtract(slice(x, 1, 0, 1), slice(x, 1, 1, 2))), 1);
  expect(await of((x) => multiply(apart(x), -1))).toBe(false);
});

describe("refused by name", () => {
  test.each<[string, Known | null, string]>([
    [
      "no known rows",
      null,
      "meta-learning: known anomalous rows: expected rows of at least two classes, got none; pass --label and --normal, with rows of other labels, or use --detector auto, which needs none",
    ],
    [
      "one class",
      { rows: known.rows, classes: known.classes.map(() => "odd") },
      'meta-learning: classes of known anomalous rows: expected at least two, got one ("odd"), and nothing to play the unknown; fit on normal rows and give these to unseen tune, or use --detector known-or-new',
    ],
    [
      "other columns",
      { rows: gaussian(2, 4, 1), classes: ["a", "b"] },
      "meta-learning: known anomalous rows: expected 5 columns as the normal rows have, got 4",
    ],
  ])("%s", async (_, classes, message) => {
    await expect(fit({}, classes)).rejects.toThrow(new InputError(message));
  });
});
