import { expect, it } from "vitest";
import { evaluate } from "./evaluate.ts";
import { gradient } from "./gradient/gradient.ts";
import { ndArray } from "./nd-array.ts";
import { openGraph } from "./onnx/session.ts";
import { identity, square } from "./primitives/elementwise.ts";
import { input } from "./primitives/leaf.ts";
import { sum } from "./primitives/reduce.ts";
import { scaledPlus } from "./scaled-plus.ts";

const row = (...entries: number[]) => ndArray("float32", [1, entries.length], Float32Array.from(entries));
const x = input("x", "float32", [1, 3]);
const c = input("c", "float32", [1, 3]);
const point = { x: row(1, -2, 3), c: row(10, 20, 30), factor: row(0.5) };

it("factor · x + c, the factor known or fed, by the interpreter and ONNX Runtime", async () => {
  const outputs = { known: scaledPlus(-2, x, c), fed: scaledPlus(input("factor", "float32", [1, 1]), x, c) };
  const expected = { known: [8, 24, 24], fed: [10.5, 19, 31.5] };
  using session = await openGraph(outputs);
  for (const found of [evaluate(outputs, point), await session.run(point)]) {
    expect(Array.from(found["known"].data as Float32Array)).toEqual(expected.known);
    expect(Array.from(found["fed"].data as Float32Array)).toEqual(expected.fed);
  }
});

it("its gradient: factor for x, 1 for c, x for the factor", () => {
  const factor = input("factor", "float32", [1, 1]);
  const y = scaledPlus(factor, x, c);
  const [byX, byC, byFactor] = gradient(sum(square(y), [0, 1]), [x, c, factor]).map(identity);
  const found = evaluate({ byX, byC, byFactor }, point);
  expect(Array.from(found["byX"].data as Float32Array)).toEqual([10.5, 19, 31.5]);
  expect(Array.from(found["byC"].data as Float32Array)).toEqual([21, 38, 63]);
  expect(Array.from(found["byFactor"].data as Float32Array)).toEqual([21 - 76 + 189]);
});
