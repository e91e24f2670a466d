import { conv, convChannelsLast, max, mean, reshape, type Size, slice, type Tensor } from "../../graph/index.ts";
import { fanInUniform, type Initializer } from "../initializers.ts";
import { activation, type Layer } from "../layer.ts";
import type { Parameter } from "../parameters.ts";

export interface ConvolutionOptions {
  /** Steps of the kernel along each axis; 1 when left out. */
  readonly strides?: number | readonly number[];
  /** Zeros at both ends of each axis; none when left out. */
  readonly pads?: number | readonly number[];
  readonly dilations?: number | readonly number[];
  /** Into how many groups the channels fall, each with kernels of its own; 1 when left out. */
  readonly groups?: number;
  /**
   * Where channels stand: rows × channels × places (when left out), or rows × places × channels, which trains faster; groups
   * need the first.
   */
  readonly channels?: "first" | "last";
  /** Whether an offset a channel is added; true when left out. */
  readonly offset?: boolean;
  /** First weights, from the number of entries under a kernel: `fanInUniform`, or `heNormal` before rectifiers. */
  readonly initialize?: (fanIn: number) => Initializer;
  /** First offset. */
  readonly initializeOffset?: Initializer;
}

type ConvolutionParameters = { readonly weight: Parameter; readonly offset?: Parameter };

/**
 * Kernels that slide over one axis or two, as many as `kernel` has sizes: rows × inputs × L → rows × outputs × L′, or
 * rows × inputs × H × W likewise. Weights are outputs × inputs/groups × kernel, first U(±1/√fanIn), like the offset, with
 * fanIn = inputs/groups · kernel entries (PyTorch's default). ONNX Runtime: float32 only.
 *
 * @example convolution(1, 32, [2]) // 96 parameters
 */
export function convolution(
  inputs: number,
  outputs: number,
  kernel: readonly number[],
  options: ConvolutionOptions = {},
): Layer<ConvolutionParameters & {}> {
  const { offset = true, initialize = fanInUniform, initializeOffset, channels = "first", ...sliding } = options;
  const depth = inputs / (options.groups ?? 1);
  const fanIn = kernel.reduce((entries, size) => entries * size, depth);
  const shape = channels === "first" ? [outputs, depth, ...kernel] : [...kernel, depth, outputs];
  const weight: Parameter = { shape, initialize: initialize(fanIn), role: "weight" };
  const slide = channels === "first" ? conv : convChannelsLast;
  return {
    parameters: offset
      ? { weight, offset: { shape: [outputs], initialize: initializeOffset ?? fanInUniform(fanIn), role: "offset" } }
      : { weight },
    forward: (values, x) =>
      slide(x, values.weight, { ...sliding, ...(values.offset && { bias: values.offset as Tensor }) }),
  };
}

/** The largest entry of each block of the given sizes; entries beyond the last whole block are left out. */
export function maxPooling(...block: readonly number[]): Layer<Record<never, never>> {
  return activation((x) => pooled(max, x, block));
}

/** The mean of each block. */
export function meanPooling(...block: readonly number[]): Layer<Record<never, never>> {
  return activation((x) => pooled(mean, x, block));
}

/** Folds blocks of the axes from the third on: rows × channels × L → rows × channels × ⌊L / block⌋. */
function pooled(fold: typeof max, x: Tensor, block: readonly number[]): Tensor {
  const sizes = x.shape.slice(2) as readonly number[];
  if (sizes.length !== block.length || !block.every((size, i) => size <= sizes[i]))
    throw new Error(
      `pooling: expected blocks within rows × channels × [${sizes.join(", ")}], got [${block.join(", ")}]`,
    );
  const whole = block.map((size, i) => Math.floor(sizes[i] / size));
  const cut = block.reduce(
    (rest, size, i) => (whole[i] * size === sizes[i] ? rest : slice(rest, i + 2, 0, whole[i] * size)),
    x,
  );
  const split: Size[] = [...x.shape.slice(0, 2), ...whole.flatMap((places, i) => [places, block[i]])];
  const axes = block.map((_, i) => 3 + 2 * i);
  return fold(reshape(cut, split), axes);
}
