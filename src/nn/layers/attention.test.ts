import { expect, it } from "vitest";
import { evaluate, input } from "../../graph/index.ts";
import { key, normal } from "../../numeric/index.ts";
import { inference } from "../layer.ts";
import { asConstants, initialize, packing } from "../parameters.ts";
import { selfAttention } from "./attention.ts";
import { numbersAs } from "./layer-laws.ts";

const [rows, tokens, width, heads] = [2, 5, 6, 3];
const layer = selfAttention(width, { heads });
const packed = initialize(layer.parameters, key(4));
const output = layer.forward(
  asConstants(layer.parameters, packed, "float64"),
  input("x", "float64", ["rows", tokens, width]),
  inference,
);
const run = (data: Float64Array) =>
  evaluate({ output }, { x: numbersAs("float64", [rows, tokens, width], data) }).output.data as Float64Array;
const x = Float64Array.from({ length: rows * tokens * width }, normal(key(5)));

it("= a naive twin: loops over rows, heads and pairs of tokens", () => {
  const places = new Map(
    packing(layer.parameters).trained.map(({ path, from, to }) => [path, packed.trained.slice(from, to)]),
  );
  const [w, b] = [places.get("weight")!, places.get("offset")!];
  const [wo, bo] = [places.get("output/weight")!, places.get("output/offset")!];
  const d = width / heads;
  const projected = (part: number, row: number, token: number, j: number) => {
    let sum = b[part * width + j];
    for (let i = 0; i < width; i++) sum += x[(row * tokens + token) * width + i] * w[(part * width + i) * width + j];
    return sum;
  };
  const made = run(x);
  for (let row = 0; row < rows; row++)
    for (let t = 0; t < tokens; t++) {
      const seen = new Float64Array(width);
      for (let head = 0; head < heads; head++) {
        const weights = Array.from({ length: tokens }, (_, s) => {
          let dot = 0;
          for (let j = head * d; j < (head + 1) * d; j++) dot += projected(0, row, t, j) * projected(1, row, s, j);
          return Math.exp(dot / Math.sqrt(d));
        });
        const whole = weights.reduce((a, c) => a + c, 0);
        for (let j = head * d; j < (head + 1) * d; j++)
          for (let s = 0; s < tokens; s++) seen[j] += (weights[s] / whole) * projected(2, row, s, j);
      }
      for (let j = 0; j < width; j++) {
        let expected = bo[j];
        for (let i = 0; i < width; i++) expected += seen[i] * wo[i * width + j];
        expect(Math.abs(made[(row * tokens + t) * width + j] - expected)).toBeLessThan(1e-10);
      }
    }
});

it("tokens in another order give results in that order", () => {
  const order = [3, 1, 4, 0, 2];
  const moved = x.map((_, i) => {
    const [row, token, j] = [Math.floor(i / (tokens * width)), Math.floor(i / width) % tokens, i % width];
    return x[(row * tokens + order[token]) * width + j];
  });
  const [straight, permuted] = [run(x), run(moved)];
  permuted.forEach((value, i) => {
    const [row, token, j] = [Math.floor(i / (tokens * width)), Math.floor(i / width) % tokens, i % width];
    expect(Math.abs(value - straight[(row * tokens + order[token]) * width + j])).toBeLessThan(1e-12);
  });
});

it("first values: weights within ±√(6 / (4 width)), offsets 0", () => {
  for (const { path, from, to } of packing(layer.parameters).trained) {
    const largest = Math.max(...packed.trained.slice(from, to).map(Math.abs));
    if (path.endsWith("offset")) expect(largest).toBe(0);
    else expect(largest).toBeLessThanOrEqual(path === "weight" ? Math.sqrt(6 / (4 * width)) : 1 / Math.sqrt(width));
  }
});

it("refuses heads that do not divide the width", () => {
  expect(() => selfAttention(6, { heads: 4 })).toThrow("selfAttention: heads: expected a divisor of 6, got 4");
});
