import { fromNumbers, type NdArray, numbersOf, sizeOf } from "../nd-array.ts";
import { apply, describeTensor, type Primitive, type Tensor } from "../tensor.ts";
import {
  checkSliding,
  checkUnfolded,
  decodeSliding,
  encodeSliding,
  meetings,
  placesAlong,
  type Sliding,
  type SlidingOptions,
  slidingOver,
} from "./sliding.ts";

export const convPrimitive: Primitive<Sliding> = {
  name: "conv",
  arity: "any",
  infer: (inputs, sliding) => {
    const [x, w, bias] = inputs;
    if (inputs.length !== 2 && inputs.length !== 3)
      throw new Error(`conv: expected an array, kernels and perhaps a bias, got ${inputs.length} inputs`);
    const { channels, sizes, first, second, kernel } = checkSliding("conv", x, w, sliding);
    if (second * sliding.groups !== channels)
      throw new Error(`conv: expected kernels of ${channels / sliding.groups} channels, got ${describeTensor(w)}`);
    if (bias && (bias.dtype !== x.dtype || bias.shape.join() !== `${first}`))
      throw new Error(`conv: bias: expected ${x.dtype} [${first}], got ${describeTensor(bias)}`);
    const places = sizes.map((size, axis) => placesAlong(size, kernel[axis], sliding, axis).places);
    if (!places.every((n) => n >= 1))
      throw new Error(`conv: the kernel reaches beyond the padded array: ${describeTensor(x)}, ${describeTensor(w)}`);
    checkUnfolded("conv", channels, kernel, places);
    return { shape: [x.shape[0], first, ...places], dtype: x.dtype };
  },
  evaluate: ([x, w, bias], sliding) => evaluateConv(x, w, bias, sliding),
  onnx: {
    operator: "Conv",
    encode: (sliding) => ({ attributes: encodeSliding(sliding) }),
    decode: (parts) => ({ ...decodeSliding(parts) }),
  },
};

function evaluateConv(x: NdArray, w: NdArray, bias: NdArray | undefined, sliding: Sliding): NdArray {
  const { rows, channels, height, width } = planes(x);
  const { rows: kernels, channels: depth, height: tall, width: wide } = planes(w);
  const flat = flatten(sliding);
  const { places: high } = placesAlong(height, tall, flat, 0);
  const { places: broad } = placesAlong(width, wide, flat, 1);
  const [from, by, base] = [numbersOf(x), numbersOf(w), bias && numbersOf(bias)];
  const out = new Float64Array(rows * kernels * high * broad);
  const down = [...meetings(height, tall, high, flat, 0)];
  const across = [...meetings(width, wide, broad, flat, 1)];
  for (let row = 0; row < rows; row++)
    for (let m = 0; m < kernels; m++) {
      const group = Math.floor(m / (kernels / sliding.groups));
      const start = (row * kernels + m) * high * broad;
      if (base) out.fill(base[m], start, start + high * broad);
      for (let c = 0; c < depth; c++) {
        const plane = (row * channels + group * depth + c) * height;
        const face = (m * depth + c) * tall;
        for (const i of down)
          for (const j of across)
            out[start + i.place * broad + j.place] +=
              from[(plane + i.entry) * width + j.entry] * by[(face + i.tap) * wide + j.tap];
      }
    }
  return fromNumbers(x.dtype, [x.shape[0], kernels, ...(x.shape.length === 3 ? [broad] : [high, broad])], out);
}

/** The sizes of rows × channels × height × width; the height of rows × channels × width is 1. */
export function planes({ shape }: NdArray) {
  const [rows, channels, ...sizes] = shape;
  const width = sizes[sizes.length - 1];
  return { rows, channels, height: sizeOf(sizes) / width, width };
}

/** Sliding over one axis as sliding over two, of which the first has one entry. */
export function flatten(sliding: Sliding): Sliding {
  if (sliding.strides.length === 2) return sliding;
  const { strides, before, after, dilations, groups } = sliding;
  return {
    strides: [1, ...strides],
    before: [0, ...before],
    after: [0, ...after],
    dilations: [1, ...dilations],
    groups,
  };
}

/**
 * Kernels that slide over rows of one or two axes (cross-correlation, as in every neural network):
 * y[n, m, p] = bias[m] + Σ_c Σ_k x[n, c, stride p + dilation k − before] w[m, c, k], zeros beyond the edges.
 * N × C × L and M × C/groups × K → N × M × P, or N × C × H × W likewise, with P = ⌊(L + pads − dilation (K − 1) − 1) /
 * stride⌋ + 1. Throws where the sizes do not fit. N may be named. ONNX Runtime has it in float32 only: in float64 only the
 * interpreter runs it.
 */
export function conv(x: Tensor, w: Tensor, options: SlidingOptions & { readonly bias?: Tensor } = {}): Tensor {
  const inputs = options.bias ? [x, w, options.bias] : [x, w];
  return apply(convPrimitive, inputs, { ...slidingOver(x.shape.length - 2, options) });
}
