import type { DuckDBListValue } from "@duckdb/node-api";
import { duckdb } from "./duckdb.ts";
import type { ImageStack } from "./source-options.ts";

/** What a list of numbers looks like in memory: an array, a typed array, arrays of these, or an array and its shape. */
export type MemoryList = ArrayLike<unknown> | ImageStack;

/** More levels than those of an image of several channels are not read as lists. */
const MOST_LEVELS = 3;

/** Whether a value is an array with its shape: as many numbers as the shape says. */
export function isStack(value: unknown): value is ImageStack {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const { shape, data } = value as Partial<ImageStack>;
  return Array.isArray(shape) && shape.every((n) => Number.isInteger(n) && n >= 0) && isList(data);
}

export function isList(value: unknown): value is ArrayLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as ArrayLike<unknown>).length === "number";
}

/** The parts of a stack along its first axis, which share its numbers. */
export function partsOf({ shape: [count, ...shape], data }: ImageStack): readonly ImageStack[] {
  const size = shape.reduce((product, n) => product * n, 1);
  const part = (from: number, to: number) =>
    ArrayBuffer.isView(data) ? (data as Float64Array).subarray(from, to) : Array.from(data).slice(from, to);
  return Array.from({ length: count }, (_, i) => ({ shape, data: part(i * size, (i + 1) * size) }));
}

/** How deep the lists of a column are, 1 for lists of numbers; null unless all are equally deep, to 3 levels, and hold only numbers. */
export function listLevelsOf(values: ArrayLike<unknown>): number | null {
  let levels: number | null = null;
  for (let i = 0; i < values.length; i++) {
    if (values[i] === null || values[i] === undefined) continue;
    const own = levelsOf(values[i]);
    if (own === null || (levels !== null && own !== levels)) return null;
    levels = own;
  }
  return levels !== null && levels <= MOST_LEVELS ? levels : null;
}

/** Whether every number of a column is one in single precision as well: those of small typed arrays are. */
export function isSingle(values: ArrayLike<unknown>): boolean {
  return Array.from(values).every((value) => {
    const data = isStack(value) ? value.data : value;
    return (
      data === null ||
      data === undefined ||
      data instanceof Float32Array ||
      data instanceof Uint8Array ||
      data instanceof Uint8ClampedArray
    );
  });
}

function levelsOf(value: unknown): number | null {
  if (isStack(value)) return value.shape.length;
  if (ArrayBuffer.isView(value)) return isNumbers(value) ? 1 : null;
  if (!Array.isArray(value) || value.length === 0) return null;
  let levels: number | null = null;
  for (const inner of value) {
    const own = inner === null || typeof inner === "number" ? 0 : levelsOf(inner);
    if (own === null || (levels !== null && own !== levels)) return null;
    levels = own;
  }
  return levels === null ? null : levels + 1;
}

function isNumbers(view: ArrayBufferView): boolean {
  return !(view instanceof DataView || view instanceof BigInt64Array || view instanceof BigUint64Array);
}

/** A list as DuckDB takes it; numbers that are not there are NaN. */
export function listValue(value: unknown): DuckDBListValue {
  if (isStack(value)) {
    if (value.shape.length <= 1) return listValue(value.data);
    return duckdb().listValue(partsOf(value).map(listValue));
  }
  return duckdb().listValue(
    Array.from(value as ArrayLike<unknown>, (inner) =>
      typeof inner === "object" && inner !== null ? listValue(inner) : typeof inner === "number" ? inner : Number.NaN,
    ),
  );
}

/** How many numbers a list holds. */
export function numbersIn(value: unknown): number {
  if (isStack(value)) return value.data.length;
  if (!isList(value)) return 1;
  return ArrayBuffer.isView(value) || value.length === 0 ? value.length : value.length * numbersIn(value[0]);
}
