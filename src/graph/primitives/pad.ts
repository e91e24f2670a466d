import { fromNumbers, numbersOf, sizeOf, stridedPositions, stridesOf } from "../nd-array.ts";
import { knownSize, resolveAxis } from "../shape.ts";
import { apply, describeTensor, type Primitive, type Tensor } from "../tensor.ts";
import { axesConstant, expectOnly, intsOf } from "./onnx-parts.ts";

/** How many entries stand before and after those of each axis, and what they are. */
type Padding = { readonly before: readonly number[]; readonly after: readonly number[]; readonly value: number };

export const padPrimitive: Primitive<Padding> = {
  name: "pad",
  arity: 1,
  infer: ([x], { before, after, value }) => {
    if (x.dtype === "string") throw new Error(`pad: expected numbers, got ${describeTensor(x)}`);
    if (before.length !== x.shape.length || after.length !== x.shape.length)
      throw new Error(`pad: expected a pad for each axis of ${describeTensor(x)}, got ${before.length}`);
    if (![...before, ...after].every((n) => Number.isSafeInteger(n) && n >= 0))
      throw new Error(`pad: expected integers ≥ 0, got [${before}] before, [${after}] after; to remove entries, slice`);
    if (x.dtype === "int64" && !Number.isSafeInteger(value))
      throw new Error(`pad: value: expected an integer, got ${value}`);
    const shape = x.shape.map((size, axis) =>
      before[axis] + after[axis] === 0 ? size : before[axis] + knownSize("pad", size) + after[axis],
    );
    return { shape, dtype: x.dtype };
  },
  evaluate: ([x], { before, after, value }) => {
    const shape = x.shape.map((size, axis) => before[axis] + size + after[axis]);
    const strides = stridesOf(shape);
    const start = before.reduce((total, n, axis) => total + n * strides[axis], 0);
    const out = new Float64Array(sizeOf(shape)).fill(value);
    const numbers = numbersOf(x);
    stridedPositions(x.shape, strides).forEach((position, i) => {
      out[start + position] = numbers[i];
    });
    return fromNumbers(x.dtype, shape, out);
  },
  onnx: {
    operator: "Pad",
    encode: ({ before, after, value }, [x]) => ({
      attributes: { mode: { string: "constant" } },
      constants: [axesConstant([...before, ...after]), fromNumbers(x.dtype, [], [value])],
    }),
    decode: (parts, [x]) => {
      expectOnly(parts, ["mode"], 2);
      const mode = parts.attributes?.["mode"];
      const value = parts.constants?.[1];
      if (!mode || !("string" in mode) || mode.string !== "constant") throw new Error("Pad: expected constant mode");
      if (value?.dtype !== x.dtype || value.shape.length !== 0) throw new Error(`Pad: value: expected one ${x.dtype}`);
      const pads = intsOf(parts, 0);
      const rank = x.shape.length;
      if (pads.length !== 2 * rank) throw new Error(`Pad: expected ${2 * rank} pads, got ${pads.length}`);
      return { before: pads.slice(0, rank), after: pads.slice(rank), value: numbersOf(value)[0] };
    },
  },
};

/**
 * x with `value` before and after its entries: `pad(x, { 1: [2, 0] })` puts two zeros before the first entry of axis 1.
 * Axes that are padded have known sizes; negative ones count from the end. x itself if nothing is added. Throws on
 * negative pads: to remove entries, slice.
 */
export function pad(
  x: Tensor,
  axes: Readonly<Record<number, readonly [before: number, after: number]>>,
  value = 0,
): Tensor {
  const before = x.shape.map(() => 0);
  const after = x.shape.map(() => 0);
  for (const [axis, [first, last]] of Object.entries(axes)) {
    const at = resolveAxis("pad", Number(axis), x.shape.length);
    before[at] += first;
    after[at] += last;
  }
  if ([...before, ...after].every((n) => n === 0)) return x;
  return apply(padPrimitive, [x], { before, after, value: x.dtype === "float32" ? Math.fround(value) : value });
}
