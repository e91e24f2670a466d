import { type DType, input, type NdArray, ndArray, sizeOf, type Tensor } from "../../src/graph/index.ts";
import { type Key, key, permutation, uniform } from "../../src/numeric/index.ts";
import type { Example, Operand } from "./examples.ts";

const WORDS = ["a", "b", "c", "ü"];

/** The dtype of an operand where numbers are of the given one. */
export function dtypeOf({ holds }: Operand, floats: DType): DType {
  if (holds === "text") return "string";
  if (holds === "bool") return "bool";
  return typeof holds === "object" ? "int64" : floats;
}

/** Inputs a0, a1, … for the operands of an example. */
export function inputsOf(example: Example, floats: DType = "float64"): Tensor[] {
  return example.operands.map((operand, i) => input(`a${i}`, dtypeOf(operand, floats), operand.shape));
}

/**
 * Values for operands. All numbers of one draw differ from each other, in size too, and from 0: a grid over ±2 in
 * random order, so that no kink (0, or equal numbers) lies within reach of a small step.
 */
export function valuesOf(operands: readonly Operand[], seed: number, floats: DType = "float64"): NdArray[] {
  const k = key(seed);
  const total = operands.reduce((count, { shape }) => count + sizeOf(shape), 0);
  const order = permutation(k.for("grid"), total);
  let next = 0;
  return operands.map((operand, i) => {
    const length = sizeOf(operand.shape);
    const start = next;
    next += length;
    const grid = (j: number) => ((order[start + j] + 0.3) / total) * 4 - 2;
    return arrayOf(operand, dtypeOf(operand, floats), length, grid, k.for(i));
  });
}

function arrayOf(operand: Operand, dtype: DType, length: number, grid: (j: number) => number, k: Key): NdArray {
  const { holds, shape } = operand;
  const draw = uniform(k);
  const whole = (below: number) => Math.floor(draw() * below);
  if (dtype === "string")
    return ndArray(
      "string",
      shape,
      Array.from({ length }, () => WORDS[whole(WORDS.length)]),
    );
  if (dtype === "bool")
    return ndArray(
      "bool",
      shape,
      Uint8Array.from({ length }, () => whole(2)),
    );
  if (typeof holds === "object")
    return ndArray(
      "int64",
      shape,
      BigInt64Array.from({ length }, () => BigInt(whole(holds.below))),
    );
  const number = (_: unknown, j: number) => (holds === "positive" ? Math.abs(grid(j)) + 0.5 : grid(j));
  return floatsOf(dtype, shape, Array.from({ length }, number));
}

/** Numbers in a float dtype. */
export function floatsOf(dtype: DType, shape: readonly number[], numbers: ArrayLike<number>): NdArray {
  if (dtype === "float32") return ndArray("float32", shape, Float32Array.from(numbers));
  return ndArray("float64", shape, Float64Array.from(numbers));
}

/** Arrays as feeds a0, a1, … */
export function fed(arrays: readonly NdArray[]): Record<string, NdArray> {
  return Object.fromEntries(arrays.map((array, i) => [`a${i}`, array]));
}
