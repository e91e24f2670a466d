import { conv, convPrimitive } from "../primitives/conv.ts";
import { convTransposed, convTransposedPrimitive } from "../primitives/conv-transposed.ts";
import { reshape, slice, transpose } from "../primitives/layout.ts";
import { sum } from "../primitives/reduce.ts";
import { placesAlong, type Sliding } from "../primitives/sliding.ts";
import { knownSize } from "../shape.ts";
import type { Primitive, Tensor } from "../tensor.ts";
import type { Rules } from "./rule.ts";

/** Symbols: y = conv(x, w) + bias or convTransposed(x, w), g arrives at y. */
export const convRules: Rules = [
  [
    convPrimitive as Primitive,
    ({ inputs: [x, w, bias], attributes }, g, [, wantsKernels]) => {
      const sliding = attributes as Sliding;
      const kernel = w.shape.slice(2) as number[];
      const more = kernel.map((size, axis) => placesAlong(x.shape[axis + 2] as number, size, sliding, axis).left);
      const toX = convTransposed(g, w, { ...optionsOf(sliding), more });
      // Kernels get a sum over rows, which must be known: where they are fixed, rows may be named.
      const toW = wantsKernels ? toKernels(x, g, sliding, w) : null;
      return bias ? [toX, toW, sum(g, [0, ...kernel.map((_, axis) => axis + 2)])] : [toX, toW];
    },
  ],
  [
    convTransposedPrimitive as Primitive,
    ({ inputs: [x, w], attributes }, g, [, wantsKernels]) => {
      const sliding = attributes as Sliding;
      return [conv(g, w, optionsOf(sliding)), wantsKernels ? toKernels(g, x, sliding, w) : null];
    },
  ],
];

/**
 * What arrives at kernels w that slide over x, where `arriving` stands at their places:
 * w'[m, c, k] = Σ_n Σ_p x[n, c, stride p + dilation k − before] arriving[n, m, p]. That is again a convolution, of rows
 * as channels and channels as rows, with stride and dilation exchanged.
 */
function toKernels(x: Tensor, arriving: Tensor, sliding: Sliding, w: Tensor): Tensor {
  const { strides, dilations, groups } = sliding;
  const rows = knownSize("gradient of conv", x.shape[0]);
  const [, channels, ...sizes] = x.shape as readonly number[];
  const spatial = sizes.map((_, axis) => axis + 2);
  const depth = channels / groups;
  const asRows =
    groups === 1
      ? transpose(x, [1, 0, ...spatial])
      : reshape(transpose(reshape(x, [rows, groups, depth, ...sizes]), [2, 1, 0, ...spatial.map((axis) => axis + 1)]), [
          depth,
          groups * rows,
          ...sizes,
        ]);
  const kernel = w.shape.slice(2) as number[];
  // Entries left over behind the last place would make kernels larger than w: they are zeros first of all, or cut off.
  const after = kernel.map((size, axis) => {
    const { left } = placesAlong(sizes[axis], size, sliding, axis);
    return sliding.after[axis] - Math.min(left, sliding.after[axis]);
  });
  const found = conv(asRows, transpose(arriving, [1, 0, ...spatial]), {
    ...optionsOf({ ...sliding, after }),
    strides: dilations,
    dilations: strides,
  });
  const kernels = transpose(found, [1, 0, ...spatial]);
  return spatial.reduce((cut, axis) => {
    const size = w.shape[axis] as number;
    return cut.shape[axis] === size ? cut : slice(cut, axis, 0, size);
  }, kernels);
}

function optionsOf({ strides, before, after, dilations, groups }: Sliding) {
  return { strides, dilations, groups, pads: before.map((first, axis) => [first, after[axis]] as const) };
}
