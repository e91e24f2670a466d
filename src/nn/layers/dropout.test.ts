import { expect, it } from "vitest";
import { evaluate, input } from "../../graph/index.ts";
import { key } from "../../numeric/index.ts";
import { inference } from "../layer.ts";
import { dropout, inputDropout } from "./dropout.ts";
import { numbersAs, trainingContext } from "./layer-laws.ts";

const [rows, columns] = [200, 50];
const x = input("x", "float32", [rows, columns]);
const feeds = { x: numbersAs("float32", [rows, columns], new Float32Array(rows * columns).fill(0.7)) };

const shares = (layer: ReturnType<typeof dropout>) => {
  const y = layer.forward({}, x, trainingContext(key(3)));
  const made = Array.from(evaluate({ y }, feeds).y.data as Float32Array);
  const kept = made.filter((value) => value !== 0);
  return { dropped: 1 - kept.length / made.length, kept: [...new Set(kept)] };
};

it("inference is the identity: the very tensor", () => {
  expect(dropout(0.5).forward({}, x, inference)).toBe(x);
  expect(inputDropout(0.5).forward({}, x, inference)).toBe(x);
  expect(dropout(0).forward({}, x, trainingContext(key(3)))).toBe(x);
});

it("training: a share `rate` is 0, within 5 standard errors, and the rest x / (1 − rate)", () => {
  const { dropped, kept } = shares(dropout(0.1));
  expect(Math.abs(dropped - 0.1)).toBeLessThan(5 * Math.sqrt((0.1 * 0.9) / (rows * columns)));
  expect(kept).toHaveLength(1);
  expect(kept[0]).toBeCloseTo(0.7 / 0.9, 6);
});

it("training: inputs that stay are as they were, bit for bit", () => {
  const { dropped, kept } = shares(inputDropout(0.05));
  expect(Math.abs(dropped - 0.05)).toBeLessThan(5 * Math.sqrt((0.05 * 0.95) / (rows * columns)));
  expect(kept).toEqual([Math.fround(0.7)]);
});

it("refuses a rate outside [0, 1) and a named size while training", () => {
  expect(() => dropout(1)).toThrow("dropout: rate: expected 0 ≤ rate < 1, got 1");
  const named = input("x", "float32", ["rows", 3]);
  expect(() => dropout(0.1).forward({}, named, trainingContext(key(1)))).toThrow(
    "dropout: expected known sizes while training, got [rows, 3]; fix the batch size",
  );
});
