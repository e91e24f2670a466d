import { add, gather, int64, matmul, pad, product, reshape, type Size, sum, transpose } from "../../graph/index.ts";
import { fanInUniform, type Initializer } from "../initializers.ts";
import type { Layer } from "../layer.ts";
import type { Parameter } from "../parameters.ts";

export interface UpsampledConvolutionOptions {
  /** First weights; U(±1/√(9 inputs)), like the offset, when left out. */
  readonly initialize?: Initializer;
  /** First offset. */
  readonly initializeOffset?: Initializer;
}

/** Entries of the kernel along each side. */
const SIDE = 3;

/**
 * Every place becomes a square of 2 × 2 equal ones (nearest neighbor), over which kernels of 3 × 3 slide, with a border of one
 * zero; channels stand last: rows × H × W × inputs → rows × 2 H × 2 W × outputs. Weights are 3 × 3 × inputs × outputs.
 *
 * The same numbers as doubling and then `convolution`, to rounding, with a quarter of the operations: kernels are multiplied
 * with the places before these are doubled, y[2 p + a] = Σ_k (x w_k)[⌊(2 p + a + k) / 2⌋], k = −1, 0, 1, along each side.
 */
export function upsampledConvolution(
  inputs: number,
  outputs: number,
  options: UpsampledConvolutionOptions = {},
): Layer<{ readonly weight: Parameter; readonly offset: Parameter }> {
  const first = fanInUniform(SIDE * SIDE * inputs);
  const { initialize = first, initializeOffset = first } = options;
  return {
    parameters: {
      weight: { shape: [SIDE, SIDE, inputs, outputs], initialize, role: "weight" },
      offset: { shape: [outputs], initialize: initializeOffset, role: "offset" },
    },
    forward({ weight, offset }, x) {
      const [rows, height, width] = x.shape as readonly [Size, number, number, number];
      const taps = SIDE * SIDE * outputs;
      const kernels = reshape(transpose(weight, [2, 0, 1, 3]), [inputs, taps]);
      // A known number of rows: one product of two matrices.
      const places =
        typeof rows === "number"
          ? product(reshape(x, [rows * height * width, inputs]), kernels)
          : matmul(reshape(x, [rows, height * width, inputs]), kernels);
      const bordered = pad(reshape(places, [rows, height, width, taps]), { 1: [1, 1], 2: [1, 1] });
      const each = reshape(bordered, [rows, (height + 2) * (width + 2) * SIDE * SIDE, outputs]);
      const seen = gather(each, int64(underKernels(height, width)), 1);
      const summed = sum(reshape(seen, [rows, 4 * height * width, SIDE * SIDE, outputs]), 2);
      return add(reshape(summed, [rows, 2 * height, 2 * width, outputs]), offset);
    },
  };
}

/** For each doubled place, where the products that it is the sum of stand: place by place within its border, then tap by tap. */
function underKernels(height: number, width: number): readonly number[] {
  const along = (at: number, tap: number) => Math.floor((at + tap - 1) / 2) + 1;
  const under: number[] = [];
  for (let y = 0; y < 2 * height; y++)
    for (let x = 0; x < 2 * width; x++)
      for (let i = 0; i < SIDE; i++)
        for (let j = 0; j < SIDE; j++)
          under.push((along(y, i) * (width + 2) + along(x, j)) * SIDE * SIDE + i * SIDE + j);
  return under;
}
