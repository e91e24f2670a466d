import { cast } from "../primitives/cast.ts";
import { lessOrEqual } from "../primitives/compare.ts";
import {
  add,
  divide,
  exponential,
  multiply,
  negate,
  elementwisePrimitives as p,
  sign,
  sine,
  square,
  subtract,
} from "../primitives/elementwise.ts";
import { expandLike, expandPrimitive } from "../primitives/expand.ts";
import { unitStep } from "../primitives/unit-step.ts";
import type { Shape, Tensor } from "../tensor.ts";
import type { Rules } from "./rule.ts";
import { total } from "./total.ts";
import { unexpanded } from "./unexpanded.ts";

const TWO_OVER_ROOT_PI = 2 / Math.sqrt(Math.PI);

/** Symbols: y the result, g what arrives at it, x or a, b the inputs. */
export const elementwiseRules: Rules = [
  [p.identity, (_, g) => [g]],
  [p.negate, (_, g) => [negate(g)]],
  [p.absolute, ({ inputs: [x] }, g) => [times(g, sign(x))]],
  [p.exponential, (y, g) => [times(g, y)]],
  [p.logarithm, ({ inputs: [x] }, g) => [divide(g, x)]],
  [p.squareRoot, (y, g) => [divide(multiply(g, 0.5), y)]],
  [p.sine, ({ inputs: [x] }, g) => [times(g, sine(add(x, Math.PI / 2)))]],
  [p.tangentHyperbolic, (y, g) => [times(g, subtract(1, square(y)))]],
  [p.sigmoid, (y, g) => [times(g, multiply(y, subtract(1, y)))]],
  [p.rectifier, (y, g) => [times(g, unitStep(y))]],
  [p.errorFunction, ({ inputs: [x] }, g) => [times(g, multiply(exponential(negate(square(x))), TWO_OVER_ROOT_PI))]],
  [p.add, ({ inputs: [a, b] }, g) => [total(g, a.shape), total(g, b.shape)]],
  [p.subtract, ({ inputs: [a, b] }, g) => [total(g, a.shape), total(negate(g), b.shape)]],
  [
    p.multiply,
    ({ inputs: [a, b] }, g) =>
      // A square: one product, not the sum of two.
      a === b ? [times(doubled(g), a), null] : [total(times(g, b), a.shape), total(times(g, a), b.shape)],
  ],
  [
    p.divide,
    (y, g) => {
      const [a, b] = y.inputs;
      const toA = divide(g, b);
      return [total(toA, a.shape), total(negate(multiply(toA, y)), b.shape)];
    },
  ],
  // Among equals the gradient goes to the first.
  [p.minimum, ({ inputs: [a, b] }, g) => share(g, cast(lessOrEqual(a, b), g.dtype), a.shape, b.shape)],
  [p.maximum, ({ inputs: [a, b] }, g) => share(g, cast(lessOrEqual(b, a), g.dtype), a.shape, b.shape)],
];

/** 2 g, small where g is a small value repeated. */
function doubled(g: Tensor): Tensor {
  return g.primitive === expandPrimitive ? expandLike(multiply(g.inputs[0], 2), g) : multiply(g, 2);
}

/**
 * g · x, where g need not have been repeated to the shape of x for it: the gradient of a sum or mean is one number in every
 * place.
 */
function times(g: Tensor, x: Tensor): Tensor {
  return multiply(unexpanded(g, x), x);
}

/** `first`: 1 where the first operand is the result, else 0. */
function share(g: Tensor, first: Tensor, a: Shape, b: Shape): Tensor[] {
  const toA = times(g, first);
  return [total(toA, a), total(subtract(g, toA), b)];
}
