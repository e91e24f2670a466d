import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { constantAlmostEverywhere, type Example, smooth } from "../../../test/graph/examples.ts";
import { fed, floatsOf, inputsOf, valuesOf } from "../../../test/graph/values.ts";
import { key, normal } from "../../numeric/index.ts";
import {
  add,
  constant,
  type DType,
  decode,
  encode,
  evaluate,
  gradient,
  identity,
  multiply,
  type NdArray,
  openGraph,
  primitives,
  sizeOf,
  square,
  sum,
  type Tensor,
  topologicalOrder,
} from "../index.ts";
import { ruleOf } from "./rules.ts";

/** Conv and its transpose, and Erf: what ONNX Runtime has in float32 only. */
const SINGLE = /^conv|^errorFunction/;

/** Primitives that are used by others' gradients, or where sizes are named, and have no example of their own. */
const ELSEWHERE = ["shapeOf", "unitStep"];

const cases = Object.entries(smooth);
const axis = { size: fc.integer({ min: 1, max: 3 }), some: fc.integer({ min: 1, max: 3 }) };
const emptyToo = { size: fc.integer({ min: 0, max: 2 }), some: axis.some };
const seed = fc.nat(1e6);

describe("completeness", () => {
  const named = (name: string) => primitives.find((primitive) => primitive.name === name.split(",")[0]);
  const constantNames = new Set([...Object.keys(constantAlmostEverywhere), ...ELSEWHERE]);

  it("every primitive has a rule, or is listed as constant almost everywhere", () => {
    const neither = primitives.filter((p) => !ruleOf(p) && !constantNames.has(p.name));
    expect(neither.map((p) => p.name)).toEqual([]);
    const both = primitives.filter((p) => ruleOf(p) && constantNames.has(p.name));
    expect(both.map((p) => p.name)).toEqual([]);
  });

  it("every rule has an example, and every example shows the primitive that it is named after", () => {
    const shown = new Set(Object.keys(smooth).map(named));
    expect(primitives.filter((p) => ruleOf(p) && !shown.has(p)).map((p) => p.name)).toEqual([]);
    for (const [name, draw] of Object.entries({ ...smooth, ...constantAlmostEverywhere })) {
      const used = fc.sample(draw(axis.size, axis.some), 30).flatMap((example) => {
        const made = example.make(...inputsOf(example, SINGLE.test(name) ? "float32" : "float64"));
        return topologicalOrder([made]).map(({ primitive }) => primitive);
      });
      expect(used, name).toContain(named(name));
    }
  });
});

/** w · (y + 0.3 y²) summed, with w drawn: a loss whose second derivative is not 0 where that of y is. */
function lossOf(y: Tensor, random: number): Tensor {
  const shape = y.shape as number[];
  const w = constant(floatsOf(y.dtype, shape, drawn(sizeOf(shape), random)));
  return total(multiply(w, add(y, multiply(0.3, square(y)))));
}

const drawn = (length: number, random: number) => Array.from({ length }, normal(key(random).for("drawn")));

function total(x: Tensor): Tensor {
  return x.shape.length === 0
    ? x
    : sum(
        x,
        x.shape.map((_, i) => i),
      );
}

interface Slopes {
  readonly inputs: readonly Tensor[];
  readonly values: readonly NdArray[];
  /** A direction for each float input; null for the others. */
  readonly directions: readonly (readonly number[] | null)[];
  readonly loss: Tensor;
  readonly gradients: readonly Tensor[];
  readonly slope: Tensor;
  readonly secondGradients: readonly Tensor[];
  readonly slopeOfSlope: Tensor;
}

/** The loss of an example, its derivative along a random direction, and the derivative of that. */
function slopesOf(example: Example, random: number, floats: DType = "float64"): Slopes {
  const inputs = inputsOf(example, floats);
  const values = valuesOf(example.operands, random, floats);
  const isFloat = (i: number) => inputs[i].dtype === floats;
  const directions = inputs.map((x, i) => (isFloat(i) ? drawn(sizeOf(x.shape as number[]), random + i + 1) : null));
  const wrt = inputs.filter((_, i) => isFloat(i));
  const loss = lossOf(example.make(...inputs), random);
  const along = (gradients: readonly Tensor[]) => {
    const used = directions.filter((direction) => direction !== null);
    const parts = gradients.map((g, i) => total(multiply(g, constant(floatsOf(floats, g.shape as number[], used[i])))));
    return parts.reduce((a, b) => add(a, b));
  };
  const gradients = gradient(loss, wrt);
  const slope = along(gradients);
  const secondGradients = gradient(slope, wrt);
  return { inputs, values, directions, loss, gradients, slope, secondGradients, slopeOfSlope: along(secondGradients) };
}

const one = (of: Tensor, values: readonly NdArray[]) => evaluate({ of }, fed(values)).of.data[0] as number;

/** The derivative along the directions by central differences of order 4: error O(h⁴), and rounding 1e-16 / h. */
function difference(of: Tensor, { values, directions }: Slopes): number {
  const h = 2e-4;
  const at = (t: number) =>
    one(
      of,
      values.map((value, i) => {
        const direction = directions[i];
        if (direction === null) return value;
        return floatsOf(
          value.dtype,
          value.shape,
          (value.data as Float64Array).map((x, j) => x + t * direction[j]),
        );
      }),
    );
  return (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
}

/** A finite difference is right to about 1e-11 of the values that it is made of, up to some hundreds here. */
const DIFFERENCE = 1e-7;

function expectDerivative(of: Tensor, derivative: Tensor, slopes: Slopes): void {
  const [value, expected] = [one(of, slopes.values), difference(of, slopes)];
  if (!Number.isFinite(value)) return; // the mean or the maximum of nothing
  const error = Math.abs(one(derivative, slopes.values) - expected);
  expect(error).toBeLessThan(DIFFERENCE * (1 + Math.abs(value) + Math.abs(expected)));
}

describe.each(cases)("%s", (name, draw) => {
  // Rounding to float32 is a staircase in small steps: its derivative is that of the identity.
  it.skipIf(name === "cast")("first and second derivative = finite differences", () => {
    fc.assert(
      fc.property(draw(axis.size, axis.some), seed, (example, random) => {
        const slopes = slopesOf(example, random);
        expectDerivative(slopes.loss, slopes.slope, slopes);
        expectDerivative(slopes.slope, slopes.slopeOfSlope, slopes);
      }),
      { numRuns: 20 },
    );
  });

  it.skipIf(name === "cast")("with empty axes: gradients of the inputs' shapes, derivatives as above", () => {
    fc.assert(
      fc.property(draw(emptyToo.size, emptyToo.some), seed, (example, random) => {
        const slopes = slopesOf(example, random);
        const found = evaluate(Object.fromEntries(slopes.gradients.map((g, i) => [i, g])), fed(slopes.values));
        const wrt = slopes.inputs.filter((_, i) => slopes.directions[i] !== null);
        expect(Object.values(found).map(({ shape }) => shape)).toEqual(wrt.map(({ shape }) => shape));
        expectDerivative(slopes.loss, slopes.slope, slopes);
        expectDerivative(slopes.slope, slopes.slopeOfSlope, slopes);
      }),
      { numRuns: 15 },
    );
  });

  const floats = SINGLE.test(name) ? "float32" : "float64";
  // Sums of up to some 300 products: 300 roundings, of 6e-8 in float32 and of 1e-16 in float64. A number that scales a
  // matrix product is rounded to float32 by ONNX Runtime, which makes both one node (MatMulScaleFusion), in float64 too.
  const tolerance = floats === "float32" ? 2e-5 : name === "matmul" ? 1e-6 : 1e-13;

  it(`ONNX Runtime = the interpreter, in ${floats}; decode ∘ encode = the same bytes and values`, async () => {
    await fc.assert(
      fc.asyncProperty(draw(axis.size, axis.some), seed, async (example, random) => {
        const slopes = slopesOf(example, random, floats);
        const outputs = Object.fromEntries(
          [slopes.loss, ...slopes.gradients, slopes.slope, ...slopes.secondGradients, slopes.slopeOfSlope].map(
            (tensor, i) => [`out${i}`, identity(tensor)],
          ),
        );
        const used = new Set(topologicalOrder(Object.values(outputs)));
        const feeds = fed(slopes.values);
        const needed = Object.fromEntries(
          slopes.inputs.flatMap((x, i) => (used.has(x) ? [[`a${i}`, feeds[`a${i}`]]] : [])),
        );
        const slow = evaluate(outputs, needed);

        const bytes = encode(outputs);
        const decoded = decode(bytes);
        expect(encode(decoded.outputs)).toEqual(bytes);
        expect(evaluate(decoded.outputs, needed)).toEqual(slow);

        using session = await openGraph(outputs);
        const fast = await session.run(needed);
        for (const [out, expected] of Object.entries(slow)) {
          expect(fast[out].shape).toEqual(expected.shape);
          const [a, b] = [fast[out].data as Float64Array, expected.data as Float64Array];
          const scale = b.reduce((largest: number, y) => Math.max(largest, Math.abs(y)), 1);
          a.forEach((x, i) => {
            expect(Math.abs(x - b[i])).toBeLessThanOrEqual(tolerance * scale);
          });
        }
      }),
      { numRuns: 5 },
    );
  });
});
