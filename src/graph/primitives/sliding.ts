import { knownSize } from "../shape.ts";
import { describeTensor, type OnnxAttribute, type OnnxParts, type Tensor } from "../tensor.ts";
import { expectOnly, intAttribute, intsAttribute } from "./onnx-parts.ts";

/** 1 GiB of doubles: what a convolution may unfold for one row. */
const MOST_ENTRIES = 2 ** 27;

/** How a kernel slides over an array: one entry for each of its one or two axes. */
export type Sliding = {
  readonly strides: readonly number[];
  /** Zeros before the first entry and after the last. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  /** The step between entries under neighbors of the kernel. */
  readonly dilations: readonly number[];
  /** Into how many groups the channels fall, each with kernels of its own. */
  readonly groups: number;
};

export interface SlidingOptions {
  /** 1 when left out; one number stands for every axis. */
  readonly strides?: number | readonly number[];
  /** Zeros at both ends, or before and after; none when left out. */
  readonly pads?: number | readonly (number | readonly [before: number, after: number])[];
  readonly dilations?: number | readonly number[];
  readonly groups?: number;
}

/** The options for so many axes, whatever is left out filled in. */
export function slidingOver(axes: number, options: SlidingOptions): Sliding {
  const each = <T>(value: T | readonly T[] | undefined, missing: T): readonly T[] =>
    Array.isArray(value) ? value : new Array<T>(axes).fill((value as T | undefined) ?? missing);
  const pads = each<number | readonly [number, number]>(
    options.pads as number | readonly (number | readonly [number, number])[] | undefined,
    0,
  ).map((pad) => (typeof pad === "number" ? ([pad, pad] as const) : pad));
  return {
    strides: each(options.strides, 1),
    before: pads.map(([first]) => first),
    after: pads.map(([, last]) => last),
    dilations: each(options.dilations, 1),
    groups: options.groups ?? 1,
  };
}

/** From the first entry under a dilated kernel to its last. */
export function reach(kernel: number, dilation: number): number {
  return dilation * (kernel - 1) + 1;
}

/** How many places a dilated kernel takes along an axis, and how many entries are left over behind the last. */
export function placesAlong(size: number, kernel: number, sliding: Sliding, axis: number) {
  const free = sliding.before[axis] + size + sliding.after[axis] - reach(kernel, sliding.dilations[axis]);
  return { places: Math.floor(free / sliding.strides[axis]) + 1, left: free % sliding.strides[axis] };
}

/** The sizes of x (rows × channels × …) and of the kernels beyond the first axis. Throws on what no convolution takes. */
export function checkSliding(who: string, x: Tensor, w: Tensor, sliding: Sliding) {
  const axes = x.shape.length - 2;
  if ((axes !== 1 && axes !== 2) || w.shape.length !== axes + 2)
    throw new Error(
      `${who}: expected rows × channels × one or two axes and kernels alike, got ${describeTensor(x)}, ${describeTensor(w)}`,
    );
  if ((x.dtype !== "float32" && x.dtype !== "float64") || x.dtype !== w.dtype)
    throw new Error(`${who}: expected floats of one dtype, got ${describeTensor(x)}, ${describeTensor(w)}`);
  const expect = (name: "strides" | "before" | "after" | "dilations", least: number) => {
    const values = sliding[name];
    if (values.length !== axes || !values.every((n) => Number.isSafeInteger(n) && n >= least && n < 2 ** 31))
      throw new Error(`${who}: ${name}: expected ${axes} integers ≥ ${least}, got [${values}]`);
  };
  expect("strides", 1);
  expect("before", 0);
  expect("after", 0);
  expect("dilations", 1);
  const [channels, ...sizes] = x.shape.slice(1).map((size) => knownSize(who, size));
  const [first, second, ...kernel] = w.shape.map((size) => knownSize(who, size));
  const { groups } = sliding;
  if (!(Number.isSafeInteger(groups) && groups >= 1) || channels % groups !== 0 || first % groups !== 0)
    throw new Error(`${who}: groups: expected a divisor of ${channels} channels and ${first} kernels, got ${groups}`);
  return { axes, channels, sizes, first, second, kernel };
}

/** Throws when one row unfolds to more than fits in memory. */
export function checkUnfolded(who: string, channels: number, kernel: readonly number[], places: readonly number[]) {
  const entries = [...kernel, ...places].reduce((product, size) => product * size, channels);
  if (!(entries <= MOST_ENTRIES))
    throw new Error(`${who}: one row unfolds to ${entries} entries, expected at most ${MOST_ENTRIES}`);
}

export function encodeSliding({ strides, before, after, dilations, groups }: Sliding): Record<string, OnnxAttribute> {
  return {
    strides: { ints: strides },
    pads: { ints: [...before, ...after] },
    dilations: { ints: dilations },
    group: { int: groups },
  };
}

export function decodeSliding(parts: OnnxParts, further: readonly string[] = []): Sliding {
  expectOnly(parts, ["strides", "pads", "dilations", "group", ...further]);
  const pads = intsAttribute(parts, "pads");
  return {
    strides: intsAttribute(parts, "strides"),
    before: pads.slice(0, pads.length / 2),
    after: pads.slice(pads.length / 2),
    dilations: intsAttribute(parts, "dilations"),
    groups: intAttribute(parts, "group", 1),
  };
}

/** Every (entry of the array, entry of the kernel, place) that meet, along one axis. */
export function* meetings(size: number, kernel: number, places: number, sliding: Sliding, axis: number) {
  for (let place = 0; place < places; place++)
    for (let tap = 0; tap < kernel; tap++) {
      const entry = place * sliding.strides[axis] + tap * sliding.dilations[axis] - sliding.before[axis];
      if (entry >= 0 && entry < size) yield { entry, tap, place };
    }
}
