import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { input, ndArray, openGraph } from "../../graph/index.ts";
import { asConstants, type Context, inference, packing } from "../../nn/index.ts";
import { eightLayerHead, resnet18 } from "./published-network.ts";

// From published-network.golden.py, which writes the network out in PyTorch, in float64; here float32 runs.
const golden = JSON.parse(readFileSync(new URL("published-network.golden.json", import.meta.url), "utf8")) as Record<
  "training" | "scoring",
  { feature: number[]; featureMean: number; projection: number[]; projectionSquares: number }
> & { parameters: number };

/** A number in [−1, 1) by its place: a hash in whole numbers, the same in every language. */
const draw = (place: number) => {
  // place · 2654435761 in two halves, so that doubles hold every step exactly.
  const product = place * 2654435761;
  const exact = Number.isSafeInteger(product) ? product : Number((BigInt(place) * 2654435761n) % 4294967296n);
  return ((exact + 40503) % 4294967296) / 2147483648 - 1;
};

const encoder = resnet18();
const head = eightLayerHead();
const tree = { encoder: encoder.parameters, head: head.parameters };
const places = packing(tree);

it("parameters: 11,168,832 and 6,961,152", () => {
  expect(packing(encoder.parameters).size).toBe(11_168_832);
  expect(packing(head.parameters).size).toBe(6_946_816 + 14_336);
  expect(golden.parameters).toBe(places.size);
});

it("stem 1,856, stages 147,968 + 525,568 + 2,099,712 + 8,393,728", () => {
  const { trained } = packing(encoder.parameters);
  const bounds = [0, 2, 4, 6, 8, 10].map((block) => (block === 0 ? 0 : block + 1));
  const within = (from: number, to: number) =>
    trained
      .filter(({ path }) => Number(path.split("/")[0]) >= from && Number(path.split("/")[0]) < to)
      .reduce((total, { from, to }) => total + to - from, 0);
  expect(bounds.map((from, i) => within(from, bounds[i + 1] ?? Number.POSITIVE_INFINITY))).toEqual([
    1856, 147_968, 525_568, 2_099_712, 8_393_728, 0,
  ]);
});

it("555,417,600 multiply-adds an image of 32 × 32", () => {
  // A convolution's weights are used at each place of its output: 32² in the first stage, a quarter in each further one.
  const places = (path: string) => {
    const block = Number(path.split("/")[0]);
    return (32 / 2 ** Math.max(0, Math.floor((block - 3) / 2))) ** 2;
  };
  const products = packing(encoder.parameters).trained.reduce(
    (total, { path, from, to, parameter }) => total + (parameter.shape.length === 4 ? (to - from) * places(path) : 0),
    0,
  );
  expect(products).toBe(555_417_600);
});

describe("as in PyTorch, 3 images of 32 × 32", () => {
  const trained = new Float32Array(places.size);
  for (const { path, from, to, parameter } of places.trained) {
    const [first, , ...kernel] = parameter.shape;
    const isScale = parameter.shape.length === 1;
    // Uniform with the variance of the first weights: fan-out of convolutions, fan-in of linear layers.
    const fan = kernel.length > 0 ? first * kernel.reduce((a, b) => a * b, 1) : first;
    for (let at = from; at < to; at++) {
      const u = draw(at);
      if (!isScale) trained[at] = Math.sqrt(6 / fan) * u;
      else trained[at] = path.endsWith("offset") ? 0.1 * u : 1 + 0.2 * u;
    }
  }
  const statistics = new Float32Array(places.statistics.at(-1)!.to);
  for (const { path, from, to } of places.statistics) if (path.endsWith("variance")) statistics.fill(1, from, to);
  const pixels = Float32Array.from({ length: 3 * 3 * 32 * 32 }, (_, i) => draw(places.size + i));
  const values = asConstants(tree, { trained, statistics });
  const training: Context = { ...inference, training: true, update: () => {} };

  const near = (got: number, expected: number, scale: number, most: number) =>
    expect(Math.abs(got - expected) / scale).toBeLessThan(most);
  const modes = [
    ["training", training],
    ["scoring", inference],
  ] as const;

  it.each(modes)("the encoder, %s: float32, which is all that convolutions run in", async (name, context) => {
    const x = input("x", "float32", [3, 3, 32, 32]);
    using session = await openGraph({ feature: encoder.forward(values.encoder, x, context) });
    const out = await session.run({ x: ndArray("float32", [3, 3, 32, 32], pixels) });
    const got = out["feature"].data as Float32Array;
    const { feature, featureMean } = golden[name];
    feature.forEach((value, i) => {
      near(got[64 * i], value, featureMean, 2e-3);
    });
    near(mean(got), featureMean, featureMean, 1e-4);
  });

  it.each(modes)("the head, %s: float64, 16 rows", async (name, context) => {
    const h = input("h", "float64", [16, 512]);
    const weights = asConstants(tree, { trained, statistics }, "float64").head;
    using session = await openGraph({ projection: head.forward(weights, h, context) });
    const rows = Float64Array.from({ length: 16 * 512 }, (_, i) =>
      Math.abs(Math.fround(draw(places.size + pixels.length + i))),
    );
    const out = await session.run({ h: ndArray("float64", [16, 512], rows) });
    const got = out["projection"].data as Float64Array;
    const { projection, projectionSquares } = golden[name];
    projection.forEach((value, i) => {
      near(got[16 * i], value, Math.sqrt(projectionSquares), 1e-6);
    });
    near(mean(got.map((value) => value * value)), projectionSquares, projectionSquares, 1e-6);
  });
});

function mean(values: Float32Array | Float64Array): number {
  return Array.from(values).reduce((a, b) => a + b, 0) / values.length;
}
