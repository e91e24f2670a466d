import { describe, expect, it } from "vitest";
import { floatsOf } from "../../../test/graph/values.ts";
import { key, normal } from "../../numeric/index.ts";
import {
  absolute,
  add,
  affine,
  cast,
  constant,
  divide,
  evaluate,
  exponential,
  float64,
  gradient,
  input,
  less,
  logarithm,
  logSoftmax,
  logSumExp,
  max,
  maximum,
  mean,
  min,
  minimum,
  multiply,
  type NdArray,
  ndArray,
  rectifier,
  sine,
  softmax,
  square,
  squareRoot,
  stopGradient,
  subtract,
  sum,
  type Tensor,
  topK,
  topologicalOrder,
  where,
} from "../index.ts";

const x = input("x", "float64", [4]);
const numbers = (array: NdArray) => Array.from(array.data as Float64Array);
/** Values of an expression of x at given numbers. */
const at = (of: Tensor, values: readonly number[] = [0.3, -1.2, 2, 0.7]) =>
  numbers(evaluate({ of }, { x: floatsOf("float64", [values.length], values) }).of);
/** The gradient of Σ f(x). */
const slope = (f: (x: Tensor) => Tensor, values: readonly number[]): number[] => {
  const vector = input("x", "float64", [values.length]);
  return at(gradient(sum(add(f(vector), float64([0])), 0), [vector])[0], values);
};

describe("laws", () => {
  it("∇(a f + b g) = a ∇f + b ∇g", () => {
    const f = sum(multiply(sine(x), exponential(x)), 0);
    const g = mean(square(softmax(x)), 0);
    const [whole] = gradient(add(multiply(f, 2.5), multiply(g, -4)), [x]);
    const [[toF], [toG]] = [gradient(f, [x]), gradient(g, [x])];
    const apart = at(add(multiply(toF, 2.5), multiply(toG, -4)));
    at(whole).forEach((value, i) => {
      expect(value).toBeCloseTo(apart[i], 14);
    });
  });

  it("where nothing flows there are zeros of the tensor's shape and dtype", () => {
    const unused = input("unused", "float32", [2, 3]);
    const named = input("named", "float64", ["rows", 2]);
    const [toUnused, toNamed, toFloor] = gradient(sum(square(x), 0), [unused, named, float64([1, 2])]);
    expect(evaluate({ toUnused }, {}).toUnused).toEqual(ndArray("float32", [2, 3], new Float32Array(6)));
    expect(numbers(evaluate({ toFloor }, {}).toFloor)).toEqual([0, 0]);
    const rows = { named: floatsOf("float64", [3, 2], [1, 2, 3, 4, 5, 6]) };
    expect(evaluate({ toNamed }, rows).toNamed).toEqual(ndArray("float64", [3, 2], new Float64Array(6)));
  });

  it("∇ of x · stopGradient(x) = x, and nothing flows through comparisons and whole numbers", () => {
    expect(at(gradient(sum(multiply(x, stopGradient(x)), 0), [x])[0])).toEqual([0.3, -1.2, 2, 0.7]);
    expect(at(gradient(sum(cast(less(x, 1), "float64"), 0), [x])[0])).toEqual([0, 0, 0, 0]);
    expect(at(gradient(sum(cast(cast(x, "int64"), "float64"), 0), [x])[0])).toEqual([0, 0, 0, 0]);
  });

  it("through float32 and back flows what flows through the identity, rounded", () => {
    const weights = [0.1, 0.2, 0.3, 0.4];
    const rounded = multiply(cast(cast(x, "float32"), "float64"), float64(weights));
    expect(at(gradient(sum(rounded, 0), [x])[0])).toEqual(weights.map(Math.fround));
  });

  it("a shared tensor is visited once: 60 doublings have a gradient of 2⁶⁰ in some hundred nodes", () => {
    const doubled = Array.from({ length: 60 }).reduce((y: Tensor) => add(y, y), x);
    const [toX] = gradient(sum(doubled, 0), [x]);
    expect(at(toX)).toEqual([2 ** 60, 2 ** 60, 2 ** 60, 2 ** 60]);
    expect(topologicalOrder([toX]).length).toBeLessThan(130);
  });

  it("a diamond adds what arrives on both ways: d/dx (sin x · eˣ) = (cos x + sin x) eˣ", () => {
    const values = [0.3, -1.2, 2, 0.7];
    const found = slope((v) => multiply(sine(v), exponential(v)), values);
    found.forEach((value, i) => {
      const v = values[i];
      expect(value).toBeCloseTo((Math.cos(v) + Math.sin(v)) * Math.exp(v), 12);
    });
  });

  it("an inner tensor counts as free; a leaf before it still gets the whole derivative", () => {
    const inner = square(x);
    const of = sum(multiply(inner, add(inner, x)), 0); // x⁴ + x³
    const [toInner, toX] = gradient(of, [inner, x]);
    const values = [1, 2, 3, -1];
    expect(at(toInner, values)).toEqual(values.map((v) => 2 * v ** 2 + v));
    expect(at(toX, values)).toEqual(values.map((v) => 4 * v ** 3 + 3 * v ** 2));
    expect(at(gradient(of, [of])[0], values)).toEqual([1]);
  });

  it.each([
    ["a vector", () => gradient(x, [x]), "gradient: expected one float, got float64 [4]; take a sum or a mean first"],
    ["a whole number", () => gradient(cast(sum(x, 0), "int64"), [x]), "expected one float, got int64 []"],
  ])("refuses the gradient of %s", (_, make, message) => {
    expect(make).toThrow(message);
  });
});

describe("at equals, kinks and edges", () => {
  it("rectifier and absolute have slope 0 at 0", () => {
    expect(slope(rectifier, [-1, 0, 2])).toEqual([-0, 0, 1].map(Math.abs));
    expect(slope(absolute, [-1, 0, 2])).toEqual([-1, 0, 1]);
  });

  it("max and min share among all equals; maximum and minimum give to the first operand; topK to the lower place", () => {
    expect(slope((v) => max(v, 0), [3, 1, 3])).toEqual([0.5, 0, 0.5]);
    expect(slope((v) => min(v, 0), [3, 1, 1])).toEqual([0, 0.5, 0.5]);
    expect(slope((v) => maximum(v, multiply(v, 1)), [3, 1])).toEqual([1, 1]);
    expect(slope((v) => maximum(v, multiply(2, stopGradient(v))), [0])).toEqual([1]);
    expect(slope((v) => minimum(multiply(2, stopGradient(v)), v), [0])).toEqual([0]);
    expect(slope((v) => topK(v, 1), [3, 3, 1])).toEqual([1, 0, 0]);
  });

  it("√x at 0 has an infinite slope, as the limit says", () => {
    expect(slope(squareRoot, [0, 4])).toEqual([Number.POSITIVE_INFINITY, 0.25]);
  });

  it("where: a value not taken must still have a finite slope (0 · ∞ = NaN); guard what it is made of", () => {
    const positive = (v: Tensor) => less(0, v);
    expect(slope((v) => where(positive(v), logarithm(v), 0), [0, 2])).toEqual([Number.NaN, 0.5]);
    const guarded = (v: Tensor) => where(positive(v), logarithm(where(positive(v), v, 1)), 0);
    expect(slope(guarded, [0, 2])).toEqual([0, 0.5]);
  });

  it.each([
    ["logSumExp", (v: Tensor) => logSumExp(v, -1, { keep: true })],
    ["softmax", softmax],
    ["logSoftmax", logSoftmax],
  ] as const)("%s at ±1000: finite, with finite first and second derivatives", (_, f) => {
    for (const values of [
      [1000, -1000, 999],
      [-1000, -1000, -1000],
      [1000, 1000, 0],
    ]) {
      const vector = input("x", "float64", [3]);
      const weight = float64([0.5, -2, 3]);
      const [first] = gradient(sum(multiply(f(vector), weight), 0), [vector]);
      const [second] = gradient(sum(multiply(first, weight), 0), [vector]);
      for (const of of [f(vector), first, second]) expect(at(of, values).every(Number.isFinite)).toBe(true);
    }
    expect(slope((v) => logSumExp(v, -1, { keep: true }), [1000, -1000])).toEqual([1, 0]);
    expect(slope((v) => multiply(logSoftmax(v), float64([1, 0])), [1000, -1000])).toEqual([0, 0]);
  });
});

it("one step of Newton's method by two gradients ends at the minimum of a parabola", () => {
  const w = input("x", "float64", [1]);
  const loss = sum(multiply(3, square(subtract(w, 5))), 0);
  const [first] = gradient(loss, [w]);
  const [second] = gradient(sum(first, 0), [w]);
  expect(at(subtract(w, divide(first, second)), [-7])).toEqual([5]);
});

it("a gradient through a layer is that written by hand: ∇W = Xᵀ G, ∇b = Σ G, ∇X = G Wᵀ", () => {
  const draw = normal(key(3));
  const of = (shape: readonly number[]) => {
    const length = shape.reduce((a, b) => a * b, 1);
    return constant(floatsOf("float64", shape, Array.from({ length }, draw)));
  };
  const [a, w, b, g] = [of([3, 2]), of([2, 4]), of([4]), of([3, 4])];
  const found = gradient(sum(multiply(affine(a, w, b), g), [0, 1]), [a, w, b]);
  const [A, W, G] = [a, w, g].map((t) => numbers(evaluate({ t }, {}).t));
  const entries = (rows: number, columns: number, f: (i: number, j: number) => number) =>
    Array.from({ length: rows * columns }, (_, at) => f(Math.floor(at / columns), at % columns));
  const add = (n: number, f: (k: number) => number) =>
    Array.from({ length: n }, (_, k) => f(k)).reduce((p, q) => p + q, 0);
  const expected = [
    entries(3, 2, (i, j) => add(4, (k) => G[i * 4 + k] * W[j * 4 + k])),
    entries(2, 4, (i, j) => add(3, (k) => A[k * 2 + i] * G[k * 4 + j])),
    entries(1, 4, (_, j) => add(3, (k) => G[k * 4 + j])),
  ];
  found.forEach((gradient, i) => {
    numbers(evaluate({ gradient }, {}).gradient).forEach((value, j) => {
      expect(value).toBeCloseTo(expected[i][j], 12);
    });
  });
});
