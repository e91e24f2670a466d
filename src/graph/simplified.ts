import { fromNumbers, type NdArray } from "./nd-array.ts";
import { elementwisePrimitives, multiply } from "./primitives/elementwise.ts";
import { reshape, reshapePrimitive } from "./primitives/layout.ts";
import { constant, constantValue } from "./primitives/leaf.ts";
import { affinePrimitive } from "./primitives/product.ts";
import { reductionPrimitives, sumOfSquares } from "./primitives/reduce.ts";
import { apply, type Primitive, type Tensor, topologicalOrder } from "./tensor.ts";

/**
 * Outputs of the same values, to rounding, from fewer nodes, under their names. For graphs that run very often: a node
 * of ONNX Runtime takes a fifth of a microsecond before it does anything. Gradients are taken before, for values on the
 * way may not be there afterwards.
 *
 * - A second name of a value is that value, and a value reshaped twice is reshaped once.
 * - A known number that scales an operand of a matrix product goes into the product, which scales for nothing.
 * - A mean of squares over all axes squares and adds in one pass.
 * - A row of numbers that is added to a product is taken as the 1 × n that it was before.
 *
 * O(nodes).
 */
export function simplified(outputs: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  const ends = new Set(Object.values(outputs));
  const done = new Map<Tensor, Tensor>();
  for (const tensor of topologicalOrder(Object.values(outputs))) {
    const inputs = tensor.inputs.map((input) => done.get(input)!);
    const same = inputs.every((input, i) => input === tensor.inputs[i]);
    const renewed = same ? tensor : apply(tensor.primitive, inputs, tensor.attributes);
    done.set(tensor, simpler(renewed, ends.has(tensor)));
  }
  return Object.fromEntries(Object.entries(outputs).map(([name, output]) => [name, done.get(output)!]));
}

/** The same value; an output stays a node of its own. */
function simpler(tensor: Tensor, isOutput: boolean): Tensor {
  if (tensor.primitive === (affinePrimitive as Primitive)) return simplerProduct(tensor);
  if (tensor.primitive === (reductionPrimitives.mean as Primitive)) return simplerMean(tensor);
  if (tensor.primitive === elementwisePrimitives.identity && !isOutput) return tensor.inputs[0];
  if (tensor.primitive === (reshapePrimitive as Primitive) && !isOutput) return reshape(tensor.inputs[0], tensor.shape);
  return tensor;
}

/** The mean of the squares of all entries: squared and added in one pass. */
function simplerMean(tensor: Tensor): Tensor {
  const [squares] = tensor.inputs;
  const axes = tensor.attributes["axes"] as readonly number[];
  const squared = squares.primitive === elementwisePrimitives.multiply && squares.inputs[0] === squares.inputs[1];
  const known = squares.shape.every((size) => typeof size === "number" && size > 0);
  if (!squared || !known || axes.length !== squares.shape.length || squares.dtype !== "float32") return tensor;
  const count = squares.shape.reduce<number>((n, size) => n * Number(size), 1);
  const total = sumOfSquares(squares.inputs[0], axes, { keep: true });
  return reshape(multiply(total, 1 / count), tensor.shape);
}

function simplerProduct(tensor: Tensor): Tensor {
  const [a, b, c] = tensor.inputs;
  const [left, right] = [scaleOf(a), scaleOf(b)];
  const scale = left.scale * right.scale;
  const added = c && unflattened(c);
  if (scale === 1 && added === c) return tensor;
  const weights = left.scale === 1 && !added ? constantRow(a) : null;
  const { alpha } = tensor.attributes as { readonly alpha: number };
  // A constant row takes the scale itself, for the product of a row is fastest without one.
  const operands = weights
    ? [scaledRow(weights, scale), right.rest]
    : [left.rest, right.rest, ...(added ? [added] : [])];
  return apply(tensor.primitive, operands, {
    ...tensor.attributes,
    alpha: weights ? alpha : Math.fround(alpha * scale),
  });
}

/**
 * The known number that a tensor is a multiple of, and the rest: 1 and the tensor itself where there is none. Products
 * scale by a float32: other dtypes are left as they are.
 */
function scaleOf(x: Tensor): { readonly scale: number; readonly rest: Tensor } {
  if (x.primitive !== elementwisePrimitives.multiply || x.dtype !== "float32") return { scale: 1, rest: x };
  const [a, b] = x.inputs;
  for (const [factor, rest] of [[a, b] as const, [b, a] as const]) {
    const known = rest.shape.join() === x.shape.join() ? knownNumber(factor) : null;
    if (known) return { scale: Number(known.data[0]), rest };
  }
  return { scale: 1, rest: x };
}

/** The value of one entry that rests on constants of one entry alone; null for any other. */
function knownNumber(x: Tensor): NdArray | null {
  if (x.shape.some((size) => size !== 1)) return null;
  if (x.inputs.length === 0) return constantValue(x);
  const inputs: NdArray[] = [];
  for (const input of x.inputs) {
    const known = knownNumber(input);
    if (!known) return null;
    inputs.push(known);
  }
  return x.primitive.evaluate(inputs, x.attributes);
}

/** A constant of one row, as in a sum over rows; null for any other. */
function constantRow(x: Tensor): NdArray | null {
  const value = constantValue(x);
  return value?.dtype === "float32" && value.shape.length === 2 && value.shape[0] === 1 ? value : null;
}

function scaledRow({ shape, data }: NdArray, scale: number): Tensor {
  return constant(
    fromNumbers(
      "float32",
      shape,
      Array.from(data as Float32Array, (x) => x * scale),
    ),
  );
}

/** A row as the 1 × n that it was reshaped from, if it was. */
function unflattened(c: Tensor): Tensor {
  if (c.primitive !== (reshapePrimitive as Primitive) || c.shape.length !== 1) return c;
  const [before] = c.inputs;
  return before.shape.join() === [1, c.shape[0]].join() ? before : c;
}
