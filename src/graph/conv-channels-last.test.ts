import { describe, expect, it } from "vitest";
import { key, normal } from "../numeric/index.ts";
import { slopesOf } from "./gradient/finite-differences.ts";
import {
  constant,
  conv,
  convChannelsLast,
  evaluate,
  gradient,
  input,
  ndArray,
  openGraph,
  sizeOf,
  square,
  sum,
  transpose,
  unfold,
} from "./index.ts";
import type { SlidingOptions } from "./primitives/sliding.ts";

const cases: readonly [name: string, x: number[], w: number[], options: SlidingOptions][] = [
  ["one axis", [2, 7, 3], [3, 3, 4], {}],
  ["one axis, stride 2, pad 1", [2, 8, 3], [3, 3, 2], { strides: 2, pads: 1 }],
  ["one axis, dilation 2, uneven pads", [1, 9, 2], [3, 2, 3], { dilations: 2, pads: [[2, 0]] }],
  ["one axis, one entry", [3, 1, 2], [1, 2, 2], {}],
  ["one axis, more left over than the pad", [2, 9, 1], [2, 1, 2], { strides: 4, pads: [[0, 1]] }],
  ["two axes, stride 2, pad 1", [2, 6, 7, 2], [3, 3, 2, 3], { strides: 2, pads: 1 }],
  ["two axes, each its own", [2, 7, 6, 2], [2, 3, 2, 3], { strides: [2, 1], pads: [0, [1, 2]], dilations: [1, 2] }],
  ["two axes of size 1", [1, 1, 1, 2], [3, 3, 2, 2], { pads: 1 }],
  ["a kernel that takes entries too often to gather back", [1, 12, 12, 1], [7, 7, 1, 1], {}],
];

const draw = (name: string, shape: readonly number[]) =>
  ndArray("float64", shape, Float64Array.from({ length: sizeOf(shape) }, normal(key(name))));

describe.each(cases)("%s", (_, shape, kernels, options) => {
  const [x, w, bias] = [draw("x", shape), draw("w", kernels), draw("bias", [kernels[kernels.length - 1]])];
  const last = shape.length - 1;
  const middle = shape.slice(2).map((_, axis) => axis + 1);

  it("convChannelsLast = conv with the axes in its order, also for named rows", () => {
    const [a, b, c] = [x, w, bias].map(constant);
    const expected = transpose(
      conv(transpose(a, [0, last, ...middle]), transpose(b, [last, last - 1, ...middle.map((axis) => axis - 1)]), {
        ...options,
        bias: c,
      }),
      [0, ...middle.map((axis) => axis + 1), 1],
    );
    const named = input("x", "float64", ["rows", ...shape.slice(1)]);
    const graph = {
      expected,
      y: convChannelsLast(a, b, { ...options, bias: c }),
      ofNamed: convChannelsLast(named, b, { ...options, bias: c }),
    };
    expect(graph.ofNamed.shape).toEqual(["rows", ...graph.y.shape.slice(1)]);
    const values = evaluate(graph, { x });
    for (const { shape: found, data } of [values.y, values.ofNamed]) {
      expect(found).toEqual(values.expected.shape);
      for (let i = 0; i < data.length; i++) expect(data[i]).toBeCloseTo(Number(values.expected.data[i]), 12);
    }
  });

  it("first and second derivative = central differences", () => {
    const slopes = slopesOf((a, b) => convChannelsLast(a, b, options), [shape, kernels], key("slopes"));
    for (const { gradient, difference } of slopes)
      expect(Math.abs(gradient - difference)).toBeLessThan(1e-6 * (1 + Math.abs(difference)));
  });

  it("ONNX Runtime = the interpreter in float64, gradients too", async () => {
    const [a, b, c] = [x, w, bias].map(({ shape: s }, i) => input("xwb"[i], "float64", s));
    const y = convChannelsLast(a, b, { ...options, bias: c });
    const [toX, toW, toBias] = gradient(
      sum(
        square(y),
        shape.map((_, axis) => axis),
      ),
      [a, b, c],
    );
    const graph = { y, toX, toW, toBias };
    using session = await openGraph(graph, { threads: 2 });
    const fast = await session.run({ x, w, b: bias });
    for (const [name, { data }] of Object.entries(evaluate(graph, { x, w, b: bias }))) {
      const size = Math.max(...Array.from(data as Float64Array, Math.abs), 1);
      for (let i = 0; i < data.length; i++)
        expect(Math.abs(Number(fast[name].data[i]) - Number(data[i]))).toBeLessThan(1e-12 * size);
    }
  });
});

const x = input("x", "float32", ["rows", 6, 4]);

it.each([
  ["kernels of other channels", () => convChannelsLast(x, input("w", "float32", [3, 3, 2])), "expected rows × … ×"],
  ["a kernel beyond the array", () => unfold(x, [7]), "unfold: the kernel [7] reaches beyond the padded array"],
  ["a stride of 0", () => unfold(x, [2], { strides: 0 }), "unfold: strides: expected 1 integers ≥ 1, got [0]"],
  ["negative pads", () => unfold(x, [2], { pads: -1 }), "unfold: pads: expected 1 integers ≥ 0, got [-1]"],
  ["a kernel of too many axes", () => unfold(x, [2, 2]), "unfold: expected rows × one or two axes × channels"],
])("refuses %s", (_, make, message) => {
  expect(make).toThrow(message);
});
