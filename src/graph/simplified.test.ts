import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { key, normal } from "../numeric/index.ts";
import { evaluate } from "./evaluate.ts";
import { gradient } from "./gradient/gradient.ts";
import { type NdArray, ndArray } from "./nd-array.ts";
import { openGraph } from "./onnx/session.ts";
import { add, identity, multiply, square, subtract } from "./primitives/elementwise.ts";
import { concatenate, reshape, slice } from "./primitives/layout.ts";
import { constant, input } from "./primitives/leaf.ts";
import { affine, product } from "./primitives/product.ts";
import { mean, sum } from "./primitives/reduce.ts";
import { simplified } from "./simplified.ts";
import { sumOfRows } from "./sum-of-rows.ts";
import { type Tensor, topologicalOrder } from "./tensor.ts";
import { verify } from "./verify.ts";

const operators = (outputs: Readonly<Record<string, Tensor>>) =>
  topologicalOrder(Object.values(outputs)).flatMap(({ primitive }) => primitive.onnx?.operator ?? []);

const drawn = (shape: readonly number[], seed: string): NdArray =>
  ndArray("float32", shape, Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, normal(key(seed))));

/** Alike to rounding in float32, which is that of the largest entry: small ones may be differences of large terms. */
function expectAlike(a: Readonly<Record<string, NdArray>>, b: Readonly<Record<string, NdArray>>): void {
  expect(Object.keys(a)).toEqual(Object.keys(b));
  for (const [name, { shape, data }] of Object.entries(a)) {
    expect(b[name].shape).toEqual(shape);
    const [own, other] = [data as Float32Array, b[name].data as Float32Array];
    const largest = own.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    own.forEach((value, i) => {
      expect(Math.abs(value - other[i])).toBeLessThan(1e-5 * (1 + largest));
    });
  }
}

/** A linear layer with its loss, and the gradient in the row that holds its parameters. */
function layer(rows: number, inputs: number, outputs: number, factor: number) {
  const x = input("x", "float32", [rows, inputs]);
  const theta = input("theta", "float32", [1, (inputs + 1) * outputs]);
  const weight = identity(reshape(slice(theta, 1, 0, inputs * outputs), [inputs, outputs]));
  const offset = identity(reshape(slice(theta, 1, inputs * outputs, (inputs + 1) * outputs), [outputs]));
  const y = affine(multiply(x, factor), weight, offset);
  const loss = mean(square(subtract(y, 0.5)), [0, 1]);
  const [steep] = gradient(loss, [theta]);
  const [slope] = gradient(sum(square(steep), [0, 1]), [theta]);
  return {
    outputs: { loss: reshape(loss, [1]), steep: identity(steep), slope: identity(slope) },
    point: { x: drawn([rows, inputs], "x"), theta: drawn([1, (inputs + 1) * outputs], "theta") },
  };
}

describe("simplified outputs have the values of the outputs", () => {
  const sizes = fc.tuple(
    fc.integer({ min: 1, max: 5 }),
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ min: 1, max: 4 }),
  );

  it("of a layer, its gradient and the gradient of that, by the interpreter, from fewer nodes", () => {
    fc.assert(
      fc.property(sizes, fc.constantFrom(0, 1, -0.3, 7), ([rows, inputs, outputs], factor) => {
        const { outputs: whole, point } = layer(rows, inputs, outputs, factor);
        const fewer = simplified(whole);
        verify(Object.values(fewer));
        expect(operators(fewer).length).toBeLessThan(operators(whole).length);
        expectAlike(evaluate(fewer, point), evaluate(whole, point));
      }),
      { numRuns: 60 },
    );
  });

  it("and by ONNX Runtime", async () => {
    await fc.assert(
      fc.asyncProperty(sizes, async ([rows, inputs, outputs]) => {
        const { outputs: whole, point } = layer(rows, inputs, outputs, -0.3);
        const fewer = simplified(whole);
        using session = await openGraph(fewer);
        const found = await session.run(point);
        const expected = evaluate(whole, point);
        expectAlike(expected, Object.fromEntries(Object.keys(expected).map((name) => [name, found[name]])));
      }),
      { numRuns: 10 },
    );
  });
});

describe("what is left out", () => {
  const x = input("x", "float32", [4, 3]);
  const w = input("w", "float32", [3, 2]);
  const row = input("row", "float32", [1, 2]);

  it("a known factor of either operand, constants of constants included", () => {
    const half = multiply(constant(ndArray("float32", [1, 1], Float32Array.of(0.25))), 2);
    const y = product(multiply(half, x), multiply(w, 3));
    expect(operators({ y })).toContain("Mul");
    expect(operators(simplified({ y }))).toEqual(["Gemm"]);
    expect(simplified({ y })["y"].attributes["alpha"]).toBe(1.5);
  });

  it("the factor of a sum over rows", () => {
    expect(operators(simplified({ y: sumOfRows(multiply(x, 0.1)) }))).toEqual(["Gemm", "Reshape"]);
  });

  it("the square before a mean of everything, but not before a mean of some axes or of empty ones", () => {
    const y = (axes: number[], rows = 4) => ({ y: mean(square(input("x", "float32", [rows, 3])), axes) });
    expect(operators(simplified(y([0, 1])))).toEqual(["ReduceSumSquare", "Mul", "Reshape"]);
    expect(operators(simplified(y([1])))).toEqual(["Mul", "ReduceMean"]);
    expect(operators(simplified(y([0, 1], 0)))).toEqual(["Mul", "ReduceMean"]);
  });

  it("the shape of a row that is added", () => {
    expect(operators(simplified({ y: affine(x, w, reshape(row, [2])) }))).toEqual(["Gemm"]);
  });

  it("second names and first shapes, but no output", () => {
    const named = identity(reshape(identity(x), [12]));
    expect(operators(simplified({ named, y: add(reshape(named, [3, 4]), 1) }))).toEqual([
      "Reshape",
      "Identity",
      "Reshape",
      "Add",
    ]);
    const same = identity(x);
    expect(operators(simplified({ same }))).toEqual(["Identity"]);
  });
});

describe("what is left as it is", () => {
  it("a factor in float64, which a product would round", () => {
    const y = product(multiply(input("x", "float64", [4, 3]), 0.1), input("w", "float64", [3, 2]));
    expect(simplified({ y })["y"]).toBe(y);
  });

  it("a factor that is fed, one of another shape, and one that enlarges", () => {
    const x = input("x", "float32", [4, 3]);
    const fed = multiply(x, input("factor", "float32", [1, 1]));
    const perColumn = multiply(x, constant(ndArray("float32", [3], Float32Array.of(1, 2, 3))));
    const enlarged = multiply(
      input("z", "float32", [1, 3]),
      constant(ndArray("float32", [4, 1], Float32Array.of(1, 2, 3, 4))),
    );
    const w = input("w", "float32", [3, 2]);
    for (const operand of [fed, perColumn, enlarged]) {
      const y = product(operand, w);
      expect(simplified({ y })["y"]).toBe(y);
    }
  });

  it("what has nothing to simplify is the same tensor", () => {
    const y = concatenate([input("x", "float32", [2]), input("z", "float32", [3])], 0);
    expect(simplified({ y })["y"]).toBe(y);
  });
});
