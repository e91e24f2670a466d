import { describe, expect, it } from "vitest";
import { key, normal } from "../../numeric/index.ts";
import { slopesOf } from "../gradient/finite-differences.ts";
import {
  averagePool,
  constant,
  evaluate,
  gradient,
  input,
  maxPool,
  ndArray,
  openGraph,
  type PoolOptions,
  sizeOf,
  square,
  sum,
} from "../index.ts";

type Case = readonly [name: string, x: number[], kernel: number[], strides: number[], pads: [number, number][]];

const cases: readonly Case[] = [
  ["one axis, side by side", [2, 3, 6], [2], [2], [[0, 0]]],
  ["one axis, overlapping, padded", [2, 1, 7], [3], [2], [[1, 1]]],
  ["one axis of one entry", [2, 2, 1], [1], [1], [[0, 0]]],
  ["one axis, too long for a product", [1, 2, 300], [3], [2], [[1, 2]]],
  ["one axis, apart", [1, 1, 8], [2], [3], [[0, 0]]],
  [
    "two axes, side by side",
    [2, 2, 4, 6],
    [2, 2],
    [2, 2],
    [
      [0, 0],
      [0, 0],
    ],
  ],
  [
    "two axes, each its own",
    [1, 2, 5, 6],
    [3, 2],
    [2, 1],
    [
      [1, 1],
      [0, 1],
    ],
  ],
];

const pools = { maxPool, averagePool };
const draw = (shape: readonly number[]) =>
  ndArray("float64", shape, Float64Array.from({ length: sizeOf(shape) }, normal(key("pool"))));

describe.each(cases)("%s", (_, shape, kernel, strides, pads) => {
  const options: PoolOptions = { kernel, strides, pads };

  it.each(["maxPool", "averagePool"] as const)("%s = the loop over windows", (name) => {
    const x = draw(shape);
    const y = evaluate({ y: pools[name](constant(x), options) }, {}).y;
    const fold = {
      maxPool: (entries: number[]) => Math.max(...entries),
      averagePool: (entries: number[]) => entries.reduce((a, b) => a + b, 0) / entries.length,
    }[name];
    // One axis is two, the first of size 1.
    const flat = <T>(list: readonly T[], one: T): readonly T[] => (list.length === 2 ? list : [one, ...list]);
    const [height, width] = flat(shape.slice(2), 1);
    const [[top], [left]] = flat(pads, [0, 0]);
    const [down, across] = flat(strides, 1);
    const [tall, wide] = flat(kernel, 1);
    const [high, broad] = flat(y.shape.slice(2), 1);
    let at = 0;
    for (let plane = 0; plane < shape[0] * shape[1]; plane++)
      for (let i = 0; i < high; i++)
        for (let j = 0; j < broad; j++) {
          const entries: number[] = [];
          for (let a = i * down - top; a < i * down - top + tall; a++)
            for (let b = j * across - left; b < j * across - left + wide; b++)
              if (a >= 0 && a < height && b >= 0 && b < width) entries.push(x.data[(plane * height + a) * width + b]);
          expect(y.data[at++]).toBeCloseTo(fold(entries), 12);
        }
    expect(at).toBe(y.data.length);
  });

  it.each(["maxPool", "averagePool"] as const)("%s: first and second derivative = central differences", (name) => {
    // A key whose points have no near ties, where a maximum has its kinks.
    for (const { gradient, difference } of slopesOf((x) => pools[name](x, options), [shape], key("a")))
      expect(Math.abs(gradient - difference)).toBeLessThan(1e-6 * (1 + Math.abs(difference)));
  });

  it.each(["maxPool", "averagePool"] as const)("%s: ONNX Runtime = the interpreter, the gradient too", async (name) => {
    const x = input("x", "float64", shape);
    const y = pools[name](x, options);
    const loss = sum(
      square(y),
      shape.map((_, axis) => axis),
    );
    const graph = { y, toX: gradient(loss, [x])[0] };
    using session = await openGraph(graph);
    const fast = await session.run({ x: draw(shape) });
    const slow = evaluate(graph, { x: draw(shape) });
    for (const part of ["y", "toX"] as const)
      for (let i = 0; i < slow[part].data.length; i++)
        expect(fast[part].data[i]).toBeCloseTo(Number(slow[part].data[i]), 12);
  });
});

it("the gradient of the largest entry goes to one of equals", () => {
  const x = input("x", "float64", [1, 1, 4]);
  const [toX] = gradient(sum(maxPool(x, { kernel: 2 }), [0, 1, 2]), [x]);
  const value = evaluate({ toX }, { x: ndArray("float64", [1, 1, 4], Float64Array.of(5, 5, 1, 2)) }).toX;
  expect(value.data).toEqual(Float64Array.of(1, 0, 0, 1));
});

const x = input("x", "float32", ["rows", 2, 6]);

it.each([
  ["a window that touches nothing", () => maxPool(x, { kernel: 1, pads: 1 }), "expected windows that touch 6 entries"],
  ["a window larger than the array", () => averagePool(x, { kernel: 7 }), "averagePool: axis 2: expected windows"],
  ["a stride of 0", () => maxPool(x, { kernel: 2, strides: 0 }), "maxPool: strides: expected 1 integers ≥ 1, got [0]"],
  ["half an entry", () => maxPool(x, { kernel: 1.5 }), "maxPool: kernel: expected 1 integers ≥ 1, got [1.5]"],
  ["matrices", () => maxPool(input("x", "float32", [4, 4]), { kernel: 2 }), "expected floats of rows × channels"],
])("refuses %s", (_, make, message) => {
  expect(make).toThrow(message);
});
