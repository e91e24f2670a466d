import { incompleteGamma } from "../../numeric/index.ts";
import { broadcastPositions, type DType, fromNumbers, type NdArray, numbersOf } from "../nd-array.ts";
import { broadcastShapes } from "../shape.ts";
import { apply, describeTensor, type Primitive, type Tensor } from "../tensor.ts";
import { scalar } from "./leaf.ts";

/** A tensor, or a number that becomes a constant of the other operand's dtype. */
export type Operand = Tensor | number;

const FLOATS: readonly DType[] = ["float32", "float64"];
const NUMBERS: readonly DType[] = ["float32", "float64", "int64"];

/** A primitive of one operand, entry by entry. `result` is the dtype of the result; the operand's when left out. */
export function unary(
  name: string,
  operator: string,
  allowed: readonly DType[],
  f: (x: number) => number,
  result?: DType,
): Primitive {
  return {
    name,
    arity: 1,
    infer: ([x]) => {
      requireDType(name, x, allowed);
      return { shape: x.shape, dtype: result ?? x.dtype };
    },
    evaluate: ([x]) => fromNumbers(result ?? x.dtype, x.shape, Array.from(numbersOf(x), f)),
    onnx: { operator },
  };
}

/** A primitive of two operands of one dtype, broadcast, entry by entry. */
export function binary(
  name: string,
  operator: string,
  allowed: readonly DType[],
  f: (a: number, b: number) => number,
  result?: DType,
): Primitive {
  return {
    name,
    arity: 2,
    infer: ([a, b]) => {
      requireDType(name, a, allowed);
      requireDType(name, b, [a.dtype]);
      return { shape: broadcastShapes(name, a.shape, b.shape), dtype: result ?? a.dtype };
    },
    evaluate: ([a, b]) => broadcastMap(name, a, b, result ?? a.dtype, f),
    onnx: { operator },
  };
}

function broadcastMap(name: string, a: NdArray, b: NdArray, dtype: DType, f: (a: number, b: number) => number) {
  const shape = broadcastShapes(name, a.shape, b.shape) as number[];
  const [left, right] = [numbersOf(a), numbersOf(b)];
  const [atLeft, atRight] = [broadcastPositions(a.shape, shape), broadcastPositions(b.shape, shape)];
  return fromNumbers(
    dtype,
    shape,
    Array.from(atLeft, (position, i) => f(left[position], right[atRight[i]])),
  );
}

function requireDType(name: string, tensor: Tensor, allowed: readonly DType[]): void {
  if (!allowed.includes(tensor.dtype))
    throw new Error(`${name}: expected ${allowed.join(" or ")}, got ${describeTensor(tensor)}`);
}

/** Two operands as tensors: a number takes the other's dtype. */
export function operands(a: Operand, b: Operand): [Tensor, Tensor] {
  if (typeof a === "number" && typeof b === "number") return [scalar(a, "float64"), scalar(b, "float64")];
  if (typeof a === "number") return [scalar(a, (b as Tensor).dtype), b as Tensor];
  return [a, typeof b === "number" ? scalar(b, a.dtype) : b];
}

const one = (primitive: Primitive) => (x: Tensor) => apply(primitive, [x], {});
const two = (primitive: Primitive) => (a: Operand, b: Operand) => apply(primitive, operands(a, b), {});

export const elementwisePrimitives = {
  identity: unary("identity", "Identity", [...NUMBERS, "bool"], (x) => x),
  negate: unary("negate", "Neg", NUMBERS, (x) => -x),
  absolute: unary("absolute", "Abs", NUMBERS, Math.abs),
  exponential: unary("exponential", "Exp", FLOATS, Math.exp),
  logarithm: unary("logarithm", "Log", FLOATS, Math.log),
  squareRoot: unary("squareRoot", "Sqrt", FLOATS, Math.sqrt),
  sine: unary("sine", "Sin", FLOATS, Math.sin),
  tangentHyperbolic: unary("tangentHyperbolic", "Tanh", FLOATS, Math.tanh),
  sigmoid: unary("sigmoid", "Sigmoid", FLOATS, (x) => 1 / (1 + Math.exp(-x))),
  rectifier: unary("rectifier", "Relu", FLOATS, (x) => Math.max(x, 0)),
  errorFunction: unary("errorFunction", "Erf", FLOATS, (x) => Math.sign(x) * incompleteGamma(0.5, x * x)),
  sign: unary("sign", "Sign", NUMBERS, Math.sign),
  floor: unary("floor", "Floor", FLOATS, Math.floor),
  isNaN: unary("isNaN", "IsNaN", FLOATS, (x) => (Number.isNaN(x) ? 1 : 0), "bool"),
  add: binary("add", "Add", NUMBERS, (a, b) => a + b),
  subtract: binary("subtract", "Sub", NUMBERS, (a, b) => a - b),
  multiply: binary("multiply", "Mul", NUMBERS, (a, b) => a * b),
  divide: binary("divide", "Div", FLOATS, (a, b) => a / b),
  minimum: binary("minimum", "Min", NUMBERS, Math.min),
  maximum: binary("maximum", "Max", NUMBERS, Math.max),
};

/** Every elementwise primitive, for decoding. */
export const elementwise: readonly Primitive[] = Object.values(elementwisePrimitives);

/** x as it is: a second name for an output. */
export const identity = one(elementwisePrimitives.identity);
export const negate = one(elementwisePrimitives.negate);
export const absolute = one(elementwisePrimitives.absolute);
/** e to the x. */
export const exponential = one(elementwisePrimitives.exponential);
/** The natural logarithm; −∞ at 0, NaN below. */
export const logarithm = one(elementwisePrimitives.logarithm);
export const squareRoot = one(elementwisePrimitives.squareRoot);
/** The sine of x in radians. */
export const sine = one(elementwisePrimitives.sine);
/** The cosine of x in radians: a shifted sine. */
export const cosine = (x: Tensor): Tensor => sine(add(x, Math.PI / 2));
export const tangentHyperbolic = one(elementwisePrimitives.tangentHyperbolic);
/** 1 / (1 + e^−x). */
export const sigmoid = one(elementwisePrimitives.sigmoid);
/** max(x, 0), whose gradient at 0 is 0 (ReLU). */
export const rectifier = one(elementwisePrimitives.rectifier);
/** 2/√π ∫₀ˣ e^(−t²) dt. ONNX Runtime has it in float32 only. */
export const errorFunction = one(elementwisePrimitives.errorFunction);
/** −1, 0 or 1. */
export const sign = one(elementwisePrimitives.sign);
/** The largest integer not above x. */
export const floor = one(elementwisePrimitives.floor);
/** Whether x is NaN, the missing value. */
export const isMissing = one(elementwisePrimitives.isNaN);
export const add = two(elementwisePrimitives.add);
export const subtract = two(elementwisePrimitives.subtract);
export const multiply = two(elementwisePrimitives.multiply);
export const divide = two(elementwisePrimitives.divide);
/** The smaller of two, entry by entry. */
export const minimum = two(elementwisePrimitives.minimum);
/** The larger of two, entry by entry. */
export const maximum = two(elementwisePrimitives.maximum);
/** x · x. */
export const square = (x: Tensor): Tensor => multiply(x, x);
