import { expect, test } from "vitest";
import { constant, evaluate, float64, ndArray } from "../graph/index.ts";
import { fromRows, key, type Matrix, matrix, median, normal } from "../numeric/index.ts";
import { type OptionsGiven, parseOptions } from "../options/index.ts";
import { centerOf, deepSvdd, softBoundary, squaredDistance } from "./deep-svdd.ts";
import { scoreRows } from "./score-rows.ts";

type Given = OptionsGiven<typeof deepSvdd.options>;

const fit = (train: Matrix, given: Given = {}, seed = 1) =>
  deepSvdd.fit(train, parseOptions("deep-svdd", deepSvdd.options, given), { key: key(seed), workers: 0 });

const scores = async (train: Matrix, rows: Matrix, given: Given = {}) =>
  scoreRows(await fit(train, given), rows, { workers: 0 });

const gaussian = (n: number, d: number, seed: number) => matrix(n, d, new Float64Array(n * d).map(normal(key(seed))));

const average = (values: Float64Array) => values.reduce((a, b) => a + b, 0) / values.length;

test("the objectives by hand: distances 1, 4 and 9 to the center; a ball of R² = 4 that leaves out a half", () => {
  const embeddings = constant(ndArray("float64", [3, 2], Float64Array.of(2, 1, 1, 3, 4, 1)));
  const distances = squaredDistance(embeddings, float64([1, 1]));
  const losses = softBoundary(distances, float64([4]), 0.5);
  const values = evaluate({ distances, losses }, {});
  expect([...values["distances"].data]).toEqual([1, 4, 9]);
  expect([...values["losses"].data]).toEqual([4, 4, 4 + 5 / 0.5]);
});

test("the center is the mean embedding, its entries moved away from 0", () => {
  const embeddings = fromRows([
    [1, 0.02, -0.05, -3],
    [2, 0.04, -0.01, -1],
  ]);
  expect([...centerOf(embeddings)]).toEqual([1.5, 0.1, -0.1, -2]);
});

test.each([0, 500])("without offsets φ(t x) = t φ(x): the score along a ray is a parabola, steps %d", async (steps) => {
  const ray = fromRows([0, 1, 2, 3].map((t) => [0.3 * t, -0.5 * t, 0.8 * t]));
  const [zero, one, two, three] = await scores(gaussian(300, 3, 2), ray, { scaling: "none", steps });
  expect(three).toBeCloseTo(3 * two - 3 * one + zero, 10);
});

test.each(["one-class", "soft-boundary"] as const)(
  "training draws fresh normal rows to the center, %s",
  async (objective) => {
    const shifted = (n: number, seed: number) =>
      matrix(
        n,
        4,
        gaussian(n, 4, seed).values.map((x) => 5 + x),
      );
    const [train, fresh] = [shifted(600, 2), shifted(300, 3)];
    const given: Given = { objective, scaling: "min-max" };
    const before = average(await scores(train, fresh, { ...given, steps: 0 }));
    expect(average(await scores(train, fresh, given))).toBeLessThan(before / 3);
  },
);

test("an autoencoder's first parameters are others than drawn ones, and follow the key", async () => {
  const train = gaussian(200, 4, 2);
  const given: Given = { steps: 0, pretrainSteps: 200 };
  const [pretrained, again] = [await scores(train, train, given), await scores(train, train, given)];
  expect(again).toEqual(pretrained);
  expect(await scores(train, train, { steps: 0 })).not.toEqual(pretrained);
});

test("collapse by offsets and weight decay is caught: the best parameters before it are kept", async () => {
  const train = gaussian(400, 4, 2);
  const given: Given = { offsets: "all", decay: 1, patience: 1000 };
  const fitted = await fit(train, given);
  expect(fitted.notes).toEqual([
    expect.stringMatching(/^trained for \d+ steps.*; the best on rows held out was step \d+$/),
    "the embedding collapsed in training (it no longer told unlike rows apart); the best parameters before that are kept",
  ]);
  const middle = median(await scoreRows(fitted, train, { workers: 0 }));
  const [far] = await scoreRows(fitted, fromRows([[8, -8, 8, -8]]), { workers: 0 });
  expect(far).toBeGreaterThan(10 * middle);
});

test("collapse before the first look: the untrained network is kept, and said to be", async () => {
  const train = gaussian(400, 4, 2);
  const fitted = await fit(train, { learningRate: 0.01, decay: 100, offsets: "all", steps: 500 });
  expect(fitted.notes[1]).toBe(
    "the embedding collapsed in training (it no longer told unlike rows apart) before the first look; the network from before training is kept",
  );
  const rows = gaussian(50, 4, 3);
  expect(await scoreRows(fitted, rows, { workers: 0 })).toEqual(
    await scores(train, rows, { offsets: "all", steps: 0 }),
  );
});

test("without offsets long training does not collapse (propositions 2 and 3)", async () => {
  const { notes } = await fit(gaussian(400, 4, 2), { steps: 5000, learningRate: 0.01, patience: 1000 });
  expect(notes).toHaveLength(1);
});
