import { fromNumbers, type NdArray } from "../nd-array.ts";
import type { OnnxParts } from "../tensor.ts";

/** An int64 vector, as ONNX takes axes, shapes and bounds. */
export function axesConstant(axes: readonly number[]): NdArray {
  return fromNumbers("int64", [axes.length], axes);
}

/** The integers of the i-th constant input. */
export function intsOf(parts: OnnxParts, i: number): number[] {
  const value = parts.constants?.[i];
  if (value?.dtype !== "int64") throw new Error(`expected an int64 constant as further input ${i}`);
  return Array.from(value.data, Number);
}

/** An integer attribute, or the value that ONNX takes when it is left out. */
export function intAttribute(parts: OnnxParts, name: string, missing: number): number {
  const attribute = parts.attributes?.[name];
  if (attribute === undefined) return missing;
  if (!("int" in attribute)) throw new Error(`attribute ${name}: expected an integer`);
  return attribute.int;
}

/** A list of integers as an attribute. */
export function intsAttribute(parts: OnnxParts, name: string): number[] {
  const attribute = parts.attributes?.[name];
  if (!attribute || !("ints" in attribute)) throw new Error(`attribute ${name}: expected integers`);
  return Array.from(attribute.ints);
}

/** An integer attribute that stands for true or false. */
export function flag(parts: OnnxParts, name: string, missing: 0 | 1): boolean {
  return intAttribute(parts, name, missing) !== 0;
}

/** Throws when a node has attributes other than those named, or not as many constants. */
export function expectOnly(parts: OnnxParts, names: readonly string[], constants = 0): void {
  const other = Object.keys(parts.attributes ?? {}).find((name) => !names.includes(name));
  if (other !== undefined) throw new Error(`attribute ${other}: expected none but ${names.join(", ") || "none"}`);
  const count = parts.constants?.length ?? 0;
  if (count !== constants) throw new Error(`expected ${constants} constants as further inputs, got ${count}`);
}
