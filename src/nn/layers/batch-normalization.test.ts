import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { constant, evaluate, input, type Tensor, topologicalOrder } from "../../graph/index.ts";
import { key, normal } from "../../numeric/index.ts";
import { inference } from "../layer.ts";
import { asConstants, initialize } from "../parameters.ts";
import { batchNormalization } from "./batch-normalization.ts";
import { largestGap, numbersAs, trainingContext } from "./layer-laws.ts";

interface Golden {
  readonly name: string;
  readonly shape: number[];
  readonly x: number[];
  readonly trained: number[];
  readonly statistics: number[];
  readonly inference: number[];
}
const { cases } = JSON.parse(readFileSync(new URL("layers.golden.json", import.meta.url), "utf8")) as {
  cases: Golden[];
};
const goldens = cases.filter(({ statistics }) => statistics);

it.each(goldens)("$name: stored statistics and inference = PyTorch (layers.golden.py)", (golden) => {
  const channels = golden.shape[1];
  const layer = batchNormalization(channels);
  const x = input("x", "float64", golden.shape);
  const feeds = { x: numbersAs("float64", golden.shape, golden.x) };
  const vector = (numbers: number[]) => constant(numbersAs("float64", [numbers.length], numbers));
  const trained = {
    weight: vector(golden.trained.slice(0, channels)),
    offset: vector(golden.trained.slice(channels)),
  };
  const first = { mean: vector(new Array(channels).fill(0)), variance: vector(new Array(channels).fill(1)) };
  const context = trainingContext(key(1));
  layer.forward({ ...trained, ...first } as never, x, context);
  const mean = context.updates.get(first.mean)!;
  const variance = context.updates.get(first.variance)!;
  const made = evaluate({ mean, variance }, feeds);
  expect(largestGap(made.mean, { data: golden.statistics.slice(0, channels) })).toBeLessThan(1e-9);
  expect(largestGap(made.variance, { data: golden.statistics.slice(channels) })).toBeLessThan(1e-9);

  const output = layer.forward({ ...trained, mean, variance } as never, x, inference);
  expect(largestGap(evaluate({ output }, feeds).output, { data: golden.inference })).toBeLessThan(1e-8);
});

it("inference is one multiplication and one addition of what depends on rows", () => {
  const layer = batchNormalization(4);
  const x = input("x", "float32", ["rows", 4, 5]);
  const output = layer.forward(
    asConstants(layer.parameters, initialize(layer.parameters, key(1))) as never,
    x,
    inference,
  );
  const onRows = topologicalOrder([output]).filter((tensor) => rests(tensor, x) && tensor !== x);
  expect(onRows.map(({ primitive }) => primitive.name)).toEqual(["multiply", "add"]);
});

it("a trained batch has mean 0 and variance 1 in each channel; other batches do not change that", () => {
  const layer = batchNormalization(3, { affine: false });
  const x = input("x", "float64", [50, 3]);
  const z = normal(key(2));
  const statistics = asConstants(layer.parameters, initialize(layer.parameters, key(1)), "float64");
  const y = layer.forward(statistics, x, trainingContext(key(1)));
  const made = evaluate(
    { y },
    {
      x: numbersAs(
        "float64",
        [50, 3],
        Float64Array.from({ length: 150 }, (_, i) => 10 * (i % 3) + (1 + (i % 3)) * z()),
      ),
    },
  ).y.data as Float64Array;
  for (let channel = 0; channel < 3; channel++) {
    const entries = Array.from({ length: 50 }, (_, row) => made[3 * row + channel]);
    const mean = entries.reduce((a, b) => a + b, 0) / 50;
    expect(Math.abs(mean)).toBeLessThan(1e-12);
    expect(Math.abs(entries.reduce((a, b) => a + (b - mean) ** 2, 0) / 50 - 1)).toBeLessThan(1e-4);
  }
});

it("refuses to train on one entry a channel", () => {
  const layer = batchNormalization(3);
  const values = asConstants(layer.parameters, initialize(layer.parameters, key(1)));
  expect(() => layer.forward(values, input("x", "float32", [1, 3]), trainingContext(key(1)))).toThrow(
    "batchNormalization: expected at least 2 entries a channel while training, got 1",
  );
});

function rests(tensor: Tensor, on: Tensor): boolean {
  return tensor === on || tensor.inputs.some((input) => rests(input, on));
}
