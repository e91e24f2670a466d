import { expect, test } from "vitest";
import { InputError } from "../../errors/index.ts";
import { evaluate, input, ndArray } from "../../graph/index.ts";
import { asConstants, inference, initialize, packing } from "../../nn/index.ts";
import { key, normal } from "../../numeric/index.ts";
import { ENCODERS, encoder } from "./encoders.ts";

test("the convolutional transformer of 71 columns has 158,080 parameters", () => {
  expect(packing(encoder("conv-transformer", 71).parameters).size).toBe(158_080);
});

test("its fewest columns are 7", () => {
  expect(() => encoder("conv-transformer", 6)).toThrow(
    new InputError("sculpting: encoder conv-transformer: expected at least 7 columns, got 6; pass --encoder mlp"),
  );
});

test.each(ENCODERS)("%s: rows × d → rows × 32 in float64, each row by itself", (name) => {
  const network = encoder(name, 8);
  const values = asConstants(network.parameters, initialize(network.parameters, key(1)), "float64");
  const z = network.forward(values, input("x", "float64", ["rows", 8]), inference);
  const data = new Float64Array(24).map(normal(key(2)));
  const all = evaluate({ z }, { x: ndArray("float64", [3, 8], data) })["z"];
  const last = evaluate({ z }, { x: ndArray("float64", [1, 8], data.slice(16)) })["z"];
  expect(all.shape).toEqual([3, 32]);
  [...last.data].forEach((value, j) => {
    expect(value).toBeCloseTo(all.data[64 + j] as number, 12);
  });
});
