import { expect, it } from "vitest";
import { evaluate, expandDims, input, mean, ndArray, openGraph, rectifier, transpose } from "../../graph/index.ts";
import { key, normal } from "../../numeric/index.ts";
import { activation, inference, type Layer, sequence } from "../layer.ts";
import { asConstants, initialize, packing } from "../parameters.ts";
import { convolution, maxPooling } from "./convolution.ts";
import { dropout } from "./dropout.ts";
import { positions } from "./feature-tokenizer.ts";
import { largestGap } from "./layer-laws.ts";
import { layerNormalization } from "./layer-normalization.ts";
import { linear } from "./linear.ts";
import { transformerBlock } from "./transformer.ts";

/** The encoder of latent sculpting (arXiv 2512.22179, version 1, as in its code): rows × d → rows × 32. */
function convTransformer(d: number): Layer {
  const channels = [1, 32, 16, 16, 16, 16];
  const convolutions = channels
    .slice(1)
    .flatMap((outputs, i) => [convolution(channels[i], outputs, [2]), activation(rectifier)]);
  const block = () => transformerBlock(64, { heads: 4, feedForward: 256, dropout: 0.1 });
  return sequence(
    activation((x) => expandDims(x, 1)),
    ...convolutions,
    dropout(0.1),
    maxPooling(2),
    activation((x) => transpose(x, [0, 2, 1])),
    linear(16, 64),
    positions(Math.floor((d - 5) / 2), 64),
    block(),
    block(),
    block(),
    activation((h) => mean(h, 1)),
    layerNormalization(64),
    activation(rectifier),
    linear(64, 32),
  );
}

it("a block of width 64 with a feed-forward part of 256 has 49,984 parameters", () => {
  expect(packing(transformerBlock(64, { heads: 4, feedForward: 256 }).parameters).size).toBe(49_984);
});

it("the conv-transformer for 71 columns has 158,080 parameters", () => {
  expect(packing(convTransformer(71).parameters).size).toBe(158_080);
});

it("its first values: U(±1/√fanIn), attention U(±√(6/256)) and 0, positions N(0, 1), normalization 1 and 0", () => {
  const { parameters } = convTransformer(71);
  const { trained } = initialize(parameters, key(1));
  const largest = (path: string) => {
    const { from, to } = packing(parameters).trained.find((place) => place.path === path)!;
    return Math.max(...trained.slice(from, to).map(Math.abs));
  };
  const near = (path: string, bound: number) => {
    expect(largest(path)).toBeLessThanOrEqual(bound);
    expect(largest(path)).toBeGreaterThan(0.8 * bound);
  };
  near("3/weight", 1 / Math.sqrt(64)); // the second convolution: 32 channels × 2
  near("3/offset", 1 / Math.sqrt(64));
  near("14/weight", 1 / Math.sqrt(16)); // the projection
  near("16/0/part/0/weight", Math.sqrt(6 / 256));
  expect(largest("16/0/part/0/offset")).toBe(0);
  expect(largest("16/0/part/0/output/offset")).toBe(0);
  near("16/0/part/0/output/weight", 1 / 8);
  near("16/1/part/3/weight", 1 / 16);
  expect(largest("16/1/normalization/weight")).toBe(1);
  expect(largest("16/1/normalization/offset")).toBe(0);
  expect(largest("15/table")).toBeGreaterThan(2.5);
  near("22/weight", 1 / 8);
});

it("for scoring: named rows, ONNX Runtime = the interpreter, and a row does not depend on the others", async () => {
  const net = convTransformer(15);
  const values = asConstants(net.parameters, initialize(net.parameters, key(2)));
  const z = net.forward(values, input("x", "float32", ["rows", 15]), inference);
  const x = ndArray("float32", [3, 15], Float32Array.from({ length: 45 }, normal(key(3))));
  using session = await openGraph({ z });
  const made = (await session.run({ x }))["z"];
  expect(made.shape).toEqual([3, 32]);
  expect(largestGap(made, evaluate({ z }, { x }).z)).toBeLessThan(1e-5);
  const alone = await session.run({ x: ndArray("float32", [1, 15], x.data.slice(15, 30)) });
  expect(largestGap(alone["z"], { data: (made.data as Float32Array).slice(32, 64) })).toBeLessThan(1e-6);
});
