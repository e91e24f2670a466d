import { fromNumbers, type NdArray, numbersOf } from "../nd-array.ts";
import { apply, describeTensor, type Primitive, type Tensor } from "../tensor.ts";
import { flatten, planes } from "./conv.ts";
import { intsAttribute } from "./onnx-parts.ts";
import {
  checkSliding,
  checkUnfolded,
  decodeSliding,
  encodeSliding,
  meetings,
  reach,
  type Sliding,
  type SlidingOptions,
  slidingOver,
} from "./sliding.ts";

/** Sliding, and how many entries more the result has at the end of each axis. */
type Transposed = Sliding & { readonly more: readonly number[] };

export const convTransposedPrimitive: Primitive<Transposed> = {
  name: "convTransposed",
  arity: 2,
  infer: ([x, w], sliding) => {
    const { axes, channels, sizes, first, second, kernel } = checkSliding("convTransposed", x, w, sliding);
    if (first !== channels)
      throw new Error(`convTransposed: expected ${channels} kernels, one a channel, got ${describeTensor(w)}`);
    const { more, strides } = sliding;
    const fits = more.length === axes && more.every((n, axis) => n >= 0 && n < strides[axis]);
    if (!fits || !more.every(Number.isSafeInteger))
      throw new Error(`convTransposed: more: expected ${axes} integers from 0 to below the stride, got [${more}]`);
    const results = sizes.map((size, axis) => covered(size, kernel[axis], sliding, axis));
    if (!results.every((size) => size >= 1))
      throw new Error(`convTransposed: nothing is left within the pads: ${describeTensor(x)}, ${describeTensor(w)}`);
    checkUnfolded("convTransposed", second * sliding.groups, kernel, sizes);
    return { shape: [x.shape[0], second * sliding.groups, ...results], dtype: x.dtype };
  },
  evaluate: ([x, w], sliding) => evaluateTransposed(x, w, sliding),
  onnx: {
    operator: "ConvTranspose",
    encode: (sliding) => ({ attributes: { ...encodeSliding(sliding), output_padding: { ints: sliding.more } } }),
    decode: (parts) => ({
      ...decodeSliding(parts, ["output_padding"]),
      more: intsAttribute(parts, "output_padding"),
    }),
  },
};

/** How many entries the kernels cover when placed so often. */
function covered(places: number, kernel: number, sliding: Transposed, axis: number): number {
  const { strides, before, after, dilations, more } = sliding;
  return strides[axis] * (places - 1) + reach(kernel, dilations[axis]) + more[axis] - before[axis] - after[axis];
}

function evaluateTransposed(x: NdArray, w: NdArray, sliding: Transposed): NdArray {
  const { rows, channels, height, width } = planes(x);
  const { channels: depth, height: tall, width: wide } = planes(w);
  const more = sliding.more.length === 2 ? sliding.more : [0, ...sliding.more];
  const flat = { ...flatten(sliding), more };
  const high = covered(height, tall, flat, 0);
  const broad = covered(width, wide, flat, 1);
  const [from, by] = [numbersOf(x), numbersOf(w)];
  const out = new Float64Array(rows * depth * sliding.groups * high * broad);
  const down = [...meetings(high, tall, height, flat, 0)];
  const across = [...meetings(broad, wide, width, flat, 1)];
  for (let row = 0; row < rows; row++)
    for (let c = 0; c < channels; c++) {
      const group = Math.floor(c / (channels / sliding.groups));
      const plane = (row * channels + c) * height;
      for (let d = 0; d < depth; d++) {
        const start = (row * sliding.groups + group) * depth + d;
        const face = (c * depth + d) * tall;
        for (const i of down)
          for (const j of across)
            out[(start * high + i.entry) * broad + j.entry] +=
              from[(plane + i.place) * width + j.place] * by[(face + i.tap) * wide + j.tap];
      }
    }
  const sizes = x.shape.length === 3 ? [broad] : [high, broad];
  return fromNumbers(x.dtype, [rows, depth * sliding.groups, ...sizes], out);
}

/**
 * The transpose of `conv` in its first operand: ⟨conv(x, w), y⟩ = ⟨x, convTransposed(y, w)⟩ with the same options.
 * N × M × P and M × C/groups × K → N × C × L with L = stride (P − 1) + dilation (K − 1) + 1 + more − pads. Entries that
 * strides leave over behind the last place are `more`, below the stride; they get zeros. Throws where the sizes do not
 * fit. N may be named. ONNX Runtime has it in float32 only: in float64 only the interpreter runs it.
 */
export function convTransposed(
  x: Tensor,
  w: Tensor,
  options: SlidingOptions & { readonly more?: number | readonly number[] } = {},
): Tensor {
  const axes = x.shape.length - 2;
  const { more = 0 } = options;
  const sliding = slidingOver(axes, options);
  return apply(convTransposedPrimitive, [x, w], {
    ...sliding,
    more: typeof more === "number" ? new Array<number>(axes).fill(more) : more,
  });
}
