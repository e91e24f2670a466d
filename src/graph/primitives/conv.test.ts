import { describe, expect, it } from "vitest";
import { key, normal } from "../../numeric/index.ts";
import { slopesOf } from "../gradient/finite-differences.ts";
import {
  constant,
  conv,
  convTransposed,
  decode,
  encode,
  evaluate,
  gradient,
  input,
  ndArray,
  openGraph,
  sizeOf,
  square,
  sum,
  type Tensor,
} from "../index.ts";
import type { SlidingOptions } from "./sliding.ts";

type Case = readonly [name: string, x: number[], w: number[], options: SlidingOptions];

const cases: readonly Case[] = [
  ["one axis", [2, 3, 7], [4, 3, 3], {}],
  ["one axis, stride 2, pad 1", [2, 3, 8], [4, 3, 3], { strides: 2, pads: 1 }],
  ["one axis, dilation 2, uneven pads", [1, 2, 9], [3, 2, 3], { dilations: 2, pads: [[2, 0]] }],
  ["one axis, one entry", [3, 2, 1], [2, 2, 1], {}],
  ["one axis, entries left over and no pads", [2, 1, 9], [2, 1, 2], { strides: 3 }],
  ["one axis, more left over than the pad", [2, 1, 9], [2, 1, 2], { strides: 4, pads: [[0, 1]] }],
  ["two axes", [2, 3, 5, 6], [4, 3, 3, 2], {}],
  ["two axes, stride 2, pad 1", [2, 2, 6, 7], [3, 2, 3, 3], { strides: 2, pads: 1 }],
  ["two axes, each its own", [2, 2, 7, 6], [3, 2, 2, 3], { strides: [2, 1], pads: [0, [1, 2]], dilations: [1, 2] }],
  ["two axes of size 1", [1, 2, 1, 1], [2, 2, 3, 3], { pads: 1 }],
  ["two groups", [2, 4, 5, 5], [6, 2, 3, 3], { strides: 2, pads: 1, groups: 2 }],
  ["a group for each channel", [2, 3, 6], [3, 1, 3], { groups: 3, pads: 1 }],
  ["a group for each channel, two kernels each", [2, 3, 4, 4], [6, 1, 2, 2], { groups: 3 }],
];

const draw = (name: string, shape: readonly number[]) =>
  ndArray("float64", shape, Float64Array.from({ length: sizeOf(shape) }, normal(key(name))));
const value = (t: Tensor) => evaluate({ t }, {}).t;
const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a, (x, i) => x * b[i]).reduce((s, x) => s + x, 0);

describe.each(cases)("conv: %s", (_, shape, kernels, options) => {
  const [x, w, bias] = [draw("x", shape), draw("w", kernels), draw("bias", [kernels[0]])];
  const tensors = [x, w, bias].map(constant);
  const more = leftOver(shape, kernels, options);

  it("the interpreter = the sum of its definition", () => {
    const y = value(conv(tensors[0], tensors[1], { ...options, bias: tensors[2] }));
    const expected = byDefinition(x, w, bias, y.shape, options);
    for (let i = 0; i < expected.length; i++) expect(y.data[i]).toBeCloseTo(expected[i], 12);
  });

  it("⟨conv(x, w), y⟩ = ⟨x, convTransposed(y, w)⟩", () => {
    const once = value(conv(tensors[0], tensors[1], options));
    const y = draw("y", once.shape);
    const back = value(convTransposed(constant(y), tensors[1], { ...options, more }));
    expect(back.shape).toEqual(shape);
    expect(dot(once.data as Float64Array, y.data)).toBeCloseTo(dot(x.data, back.data as Float64Array), 10);
  });

  it.each([
    ["conv", (a: Tensor, b: Tensor) => conv(a, b, options)],
    ["convTransposed", (a: Tensor, b: Tensor) => convTransposed(conv(a, b, options), b, { ...options, more })],
  ])("%s: first and second derivative = central differences", (_, f) => {
    for (const { gradient, difference } of slopesOf(f, [shape, kernels], key("slopes")))
      expect(Math.abs(gradient - difference)).toBeLessThan(1e-6 * (1 + Math.abs(difference)));
  });

  it("ONNX Runtime = the interpreter, gradients and gradients of gradients too, and after decode", async () => {
    const [a, b, c] = [x, w, bias].map(({ shape: s }, i) => input("xwb"[i], "float32", s));
    const y = conv(a, b, { ...options, bias: c });
    const axes = shape.map((_, axis) => axis);
    const back = convTransposed(square(y), b, { ...options, more });
    const [toX, toW, toBias] = gradient(sum(square(back), axes), [a, b, c]);
    const [again] = gradient(sum(square(toW), axes), [b]);
    const graph = { y, back, toX, toW, toBias, again };
    const fed = Object.fromEntries(
      [x, w, bias].map((array, i) => [
        "xwb"[i],
        ndArray(
          "float32",
          array.shape,
          Float32Array.from(array.data, (v) => v / 2),
        ),
      ]),
    );
    const oracle = evaluate(graph, fed);
    for (const outputs of [graph, decode(encode(graph)).outputs]) {
      using session = await openGraph(outputs, { threads: 2 });
      const fast = await session.run(fed);
      for (const [name, { data }] of Object.entries(oracle)) {
        const size = Math.max(...Array.from(data as Float32Array, Math.abs), 1);
        for (let i = 0; i < data.length; i++)
          expect(Math.abs(Number(fast[name].data[i]) - Number(data[i]))).toBeLessThan(2e-5 * size);
      }
    }
    expect(encode(decode(encode(graph)).outputs)).toEqual(encode(graph));
  });
});

/** What no place covers at the end of each axis. */
function leftOver(shape: readonly number[], kernels: readonly number[], options: SlidingOptions): number[] {
  const at = axisOptions(options);
  return shape.slice(2).map((size, axis) => {
    const { stride, dilation, before, after } = at(axis);
    return (size + before + after - dilation * (kernels[axis + 2] - 1) - 1) % stride;
  });
}

function axisOptions({ strides = 1, pads = 0, dilations = 1 }: SlidingOptions) {
  const of = <T>(value: T | readonly T[], axis: number) => (Array.isArray(value) ? value[axis] : value) as T;
  return (axis: number) => {
    const pad = typeof pads === "number" ? pads : pads[axis];
    const [before, after] = typeof pad === "number" ? [pad, pad] : pad;
    return { stride: of(strides, axis), dilation: of(dilations, axis), before, after };
  };
}

/** Every entry of the result as the sum that defines it, from any position at all. */
function byDefinition(
  x: { shape: readonly number[]; data: Float64Array },
  w: { shape: readonly number[]; data: Float64Array },
  bias: { data: Float64Array },
  shape: readonly number[],
  options: SlidingOptions,
): number[] {
  const at = axisOptions(options);
  const entry = (array: { shape: readonly number[]; data: Float64Array }, index: readonly number[]) =>
    index.every((i, axis) => i >= 0 && i < array.shape[axis])
      ? array.data[index.reduce((position, i, axis) => position * array.shape[axis] + i, 0)]
      : 0;
  const [, depth, ...kernel] = w.shape;
  const perGroup = w.shape[0] / (options.groups ?? 1);
  return indicesOf(shape).map(([n, m, ...place]) =>
    indicesOf([depth, ...kernel])
      .map(([c, ...tap]) => {
        const under = place.map((p, axis) => {
          const { stride, dilation, before } = at(axis);
          return stride * p + dilation * tap[axis] - before;
        });
        return entry(x, [n, Math.floor(m / perGroup) * depth + c, ...under]) * entry(w, [m, c, ...tap]);
      })
      .reduce((total, product) => total + product, bias.data[m]),
  );
}

function indicesOf(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (all, size) => all.flatMap((index) => Array.from({ length: size }, (_, i) => [...index, i])),
    [[]],
  );
}

it("rows may be named: a convolution scores any number of them", async () => {
  const rows = input("x", "float32", ["rows", 2, 5]);
  const out = conv(rows, constant(ndArray("float32", [1, 2, 3], Float32Array.of(1, 0, -1, 2, 2, 2))), { pads: 1 });
  expect(out.shape).toEqual(["rows", 1, 5]);
  using session = await openGraph({ out });
  for (const n of [1, 3]) {
    const x = ndArray(
      "float32",
      [n, 2, 5],
      Float32Array.from({ length: n * 10 }, (_, i) => i % 7),
    );
    expect((await session.run({ x })).out).toEqual(evaluate({ out }, { x }).out);
  }
});

const x = input("x", "float32", [2, 4, 6]);
const kernels = (...shape: number[]) => input("w", "float32", shape);

it.each([
  ["kernels of other channels", () => conv(x, kernels(2, 3, 3)), "conv: expected kernels of 4 channels"],
  ["groups that do not divide", () => conv(x, kernels(3, 2, 3), { groups: 2 }), "groups: expected a divisor of 4"],
  ["a kernel beyond the array", () => conv(x, kernels(2, 4, 7)), "reaches beyond the padded array"],
  ["a stride of 0", () => conv(x, kernels(2, 4, 3), { strides: 0 }), "strides: expected 1 integers ≥ 1, got [0]"],
  ["negative pads", () => conv(x, kernels(2, 4, 3), { pads: -1 }), "before: expected 1 integers ≥ 0, got [-1]"],
  ["half a dilation", () => conv(x, kernels(2, 4, 3), { dilations: 0.5 }), "dilations: expected 1 integers ≥ 1"],
  ["options for too many axes", () => conv(x, kernels(2, 4, 3), { strides: [1, 1] }), "strides: expected 1 integers"],
  ["two dtypes", () => conv(x, input("w", "float64", [2, 4, 3])), "conv: expected floats of one dtype"],
  ["matrices", () => conv(input("x", "float32", [2, 4]), kernels(2, 4)), "expected rows × channels × one or two axes"],
  ["a bias for other kernels", () => conv(x, kernels(2, 4, 3), { bias: kernels(3) }), "bias: expected float32 [2]"],
  [
    "rows that unfold beyond memory",
    () => conv(input("x", "float32", [1, 64, 4000, 4000]), kernels(1, 64, 9, 9)),
    "one row unfolds to",
  ],
  ["a transpose of other channels", () => convTransposed(x, kernels(2, 4, 3)), "expected 4 kernels, one a channel"],
  ["more than a stride", () => convTransposed(x, kernels(4, 2, 3), { more: 1 }), "more: expected 1 integers from 0"],
  ["pads beyond the result", () => convTransposed(x, kernels(4, 2, 1), { pads: 3 }), "nothing is left within the pads"],
  [
    "the gradient to kernels over named rows",
    () => {
      const w = kernels(2, 4, 3);
      return gradient(sum(conv(input("x", "float32", ["rows", 4, 6]), w), [0, 1, 2]), [w]);
    },
    "expected a known size",
  ],
])("refuses %s", (_, make, message) => {
  expect(make).toThrow(message);
});
