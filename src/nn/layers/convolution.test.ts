import { expect, it } from "vitest";
import { evaluate, input } from "../../graph/index.ts";
import { key, normal } from "../../numeric/index.ts";
import { heNormal } from "../initializers.ts";
import { inference } from "../layer.ts";
import { initialize, packing } from "../parameters.ts";
import { convolution, maxPooling, meanPooling } from "./convolution.ts";
import { numbersAs } from "./layer-laws.ts";

const pooled = (layer: ReturnType<typeof maxPooling>, shape: number[], data: Float64Array) => {
  const output = layer.forward({}, input("x", "float64", ["rows", ...shape.slice(1)]), inference);
  return evaluate({ output }, { x: numbersAs("float64", shape, data) }).output;
};

it("pooling = loops over blocks of planes; the rest beyond whole blocks is left out", () => {
  const data = Float64Array.from({ length: 2 * 3 * 5 * 7 }, normal(key(2)));
  const [largest, average] = [
    pooled(maxPooling(2, 3), [2, 3, 5, 7], data),
    pooled(meanPooling(2, 3), [2, 3, 5, 7], data),
  ];
  expect(largest.shape).toEqual([2, 3, 2, 2]);
  let at = 0;
  for (let plane = 0; plane < 6; plane++)
    for (let i = 0; i < 2; i++)
      for (let j = 0; j < 2; j++, at++) {
        const block = [0, 1].flatMap((a) => [0, 1, 2].map((b) => data[(plane * 5 + 2 * i + a) * 7 + 3 * j + b]));
        expect(largest.data[at]).toBe(Math.max(...block));
        expect(average.data[at]).toBeCloseTo(block.reduce((a, b) => a + b, 0) / 6, 12);
      }
});

it("first weights lie within ±1/√fanIn, or have variance 2/fanIn", () => {
  const uniform = convolution(8, 16, [3, 3], { groups: 2 });
  expect(uniform.parameters.weight.shape).toEqual([16, 4, 3, 3]);
  const { trained } = initialize(uniform.parameters, key(1));
  expect(Math.max(...trained.map(Math.abs))).toBeLessThanOrEqual(1 / 6);
  expect(Math.max(...trained.map(Math.abs))).toBeGreaterThan(0.95 / 6);

  const rectified = convolution(64, 64, [3], { initialize: heNormal, offset: false });
  const drawn = initialize(rectified.parameters, key(1)).trained;
  const variance = drawn.reduce((a, b) => a + b * b, 0) / drawn.length;
  const expected = 2 / (64 * 3);
  // A normal's squares have standard deviation √2 · variance.
  expect(Math.abs(variance - expected)).toBeLessThan(5 * expected * Math.sqrt(2 / drawn.length));
});

it("parameters: (inputs/groups · kernel + 1) outputs", () => {
  expect(packing(convolution(1, 32, [2]).parameters).size).toBe(96);
  expect(packing(convolution(32, 16, [2]).parameters).size).toBe(1040);
});

it("refuses blocks larger than the array", () => {
  const x = input("x", "float64", ["rows", 3, 4]);
  expect(() => maxPooling(5).forward({}, x, inference)).toThrow(
    "pooling: expected blocks within rows × channels × [4], got [5]",
  );
});
