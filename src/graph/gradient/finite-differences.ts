import { type Key, normal } from "../../numeric/index.ts";
import { evaluate } from "../evaluate.ts";
import { type NdArray, ndArray, sizeOf } from "../nd-array.ts";
import { add, multiply, square } from "../primitives/elementwise.ts";
import { constant, input } from "../primitives/leaf.ts";
import { sum } from "../primitives/reduce.ts";
import type { Tensor } from "../tensor.ts";
import { gradient } from "./gradient.ts";

/** A derivative along a direction: by `gradient`, and as a central difference of the interpreter's values. */
export interface Slope {
  readonly gradient: number;
  readonly difference: number;
}

/**
 * For the tests of gradient rules: the first and second derivative of an expression at a random point along a random
 * direction of all its operands at once, both ways. Shapes of the operands → float64 expression. The expression is made
 * a scalar as Σ c (y + 0.3 y²) with random c, so that second derivatives do not vanish. The difference errs by about
 * 1e-8 of the values; points where the expression has a kink are the caller's to avoid.
 */
export function slopesOf(
  expression: (...operands: Tensor[]) => Tensor,
  shapes: readonly (readonly number[])[],
  key: Key,
): readonly [first: Slope, second: Slope] {
  const draw = (name: string, shape: readonly number[]) =>
    ndArray("float64", shape, Float64Array.from({ length: sizeOf(shape) }, normal(key.for(name))));
  const operands = shapes.map((shape, i) => input(`x${i}`, "float64", shape));
  const point = shapes.map((shape, i) => draw(`point ${i}`, shape));
  const direction = shapes.map((shape, i) => draw(`direction ${i}`, shape));
  const y = expression(...operands);
  const weights = constant(draw("weights", y.shape as number[]));
  const scalar = total(multiply(weights, add(y, multiply(0.3, square(y)))));
  const slope = along(scalar, operands, direction);
  const curvature = along(slope, operands, direction);
  const compare = (of: Tensor, derivative: Tensor): Slope => ({
    gradient: at(derivative, point),
    difference: (at(of, moved(point, direction, STEP)) - at(of, moved(point, direction, -STEP))) / (2 * STEP),
  });
  return [compare(scalar, slope), compare(slope, curvature)];
}

const STEP = 1e-5;

function along(scalar: Tensor, operands: readonly Tensor[], direction: readonly NdArray[]): Tensor {
  const slopes = gradient(scalar, operands).map((g, i) => total(multiply(g, constant(direction[i]))));
  return slopes.reduce((a, b) => add(a, b));
}

function total(x: Tensor): Tensor {
  return sum(
    x,
    x.shape.map((_, axis) => axis),
  );
}

function at(scalar: Tensor, point: readonly NdArray[]): number {
  const feeds = Object.fromEntries(point.map((array, i) => [`x${i}`, array]));
  return Number(evaluate({ scalar }, feeds).scalar.data[0]);
}

function moved(point: readonly NdArray<"float64">[], direction: readonly NdArray<"float64">[], step: number) {
  return point.map(({ shape, data }, i) =>
    ndArray(
      "float64",
      shape,
      data.map((x, j) => x + step * direction[i].data[j]),
    ),
  );
}
