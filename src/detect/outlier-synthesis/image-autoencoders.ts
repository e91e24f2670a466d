import { rectifier, reshape, sigmoid, slice, type Tensor } from "../../graph/index.ts";
import {
  activation,
  convolution,
  filled,
  heNormal,
  type Layer,
  linear,
  sequence,
  upsampledConvolution,
} from "../../nn/index.ts";
import { entriesOf, type ImageShape } from "../../numeric/index.ts";
import { asImages } from "../firm/image-encoder.ts";
import type { Autoencoder } from "./autoencoders.ts";

/** Entries of the codes, and the deviation of the noise on what each sees. */
const [CODES, NOISES] = [
  [64, 32],
  [0, 0.2],
] as const;

/** Images in a step, of so many pixels at most; of larger ones fewer, for memory, but not less than the last. */
const [BATCH, PIXELS, LEAST_BATCH] = [128, 64 * 64, 16] as const;

/** Pixels of images in one call: networks hold some eighty numbers for each on the way. */
const PIXELS_IN_CALL = 150_000;

/** Channels after the first and the second convolution. */
const [FIRST, SECOND] = [16, 32] as const;

/**
 * The two of images: rows × (H W C) → rows × k and back, to pixels in [0, 1]. Down: convolutions of 3 × 3 with stride 2 to 16
 * and 32 channels, ReLU after each, then all entries to k. Up: k to 32 ⌈H/4⌉ ⌈W/4⌉, ReLU, twice as large, a convolution of
 * 3 × 3 to 16 channels, ReLU, twice as large, one to C, sigmoid. What sides that four does not divide leave over is cut
 * off at the end.
 */
export function imageAutoencoders(shape: ImageShape): readonly Autoencoder[] {
  return CODES.map((code, m) => ({ code, noise: NOISES[m], ...imageAutoencoder(shape, code) }));
}

/** How they are trained and called: on all cores, and few at once where they are large, for memory. */
export function howToDescribeImages({ height, width }: ImageShape) {
  const pixels = height * width;
  return {
    batch: Math.max(LEAST_BATCH, Math.min(BATCH, Math.floor((BATCH * PIXELS) / pixels))),
    onAllCores: true,
    chunk: Math.max(1, Math.floor(PIXELS_IN_CALL / pixels)),
  } as const;
}

function imageAutoencoder(shape: ImageShape, code: number): Pick<Autoencoder, "encode" | "decode"> {
  const { height, width, channels } = shape;
  const [high, wide] = [Math.ceil(height / 4), Math.ceil(width / 4)];
  const entries = high * wide * SECOND;
  return {
    encode: sequence(
      reshaped((x) => asImages(x, shape)),
      smaller(channels, FIRST),
      relu,
      smaller(FIRST, SECOND),
      relu,
      reshaped((x) => reshape(x, [x.shape[0], entries])),
      whole(entries, code),
    ),
    decode: sequence(
      whole(code, entries),
      relu,
      reshaped((x) => asImages(x, { height: high, width: wide, channels: SECOND })),
      larger(SECOND, FIRST),
      relu,
      larger(FIRST, channels),
      reshaped((x) => {
        const cut = slice(slice(x, 1, 0, height), 2, 0, width);
        return sigmoid(reshape(cut, [x.shape[0], entriesOf(shape)]));
      }),
    ),
  };
}

function reshaped(f: (x: Tensor) => Tensor): Layer {
  return activation(f) as Layer;
}

const relu = reshaped(rectifier);

function smaller(inputs: number, outputs: number): Layer {
  const first = { initialize: heNormal, initializeOffset: filled(0) };
  return convolution(inputs, outputs, [3, 3], { ...first, strides: 2, pads: 1, channels: "last" }) as Layer;
}

function larger(inputs: number, outputs: number): Layer {
  return upsampledConvolution(inputs, outputs, {
    initialize: heNormal(9 * inputs),
    initializeOffset: filled(0),
  }) as Layer;
}

function whole(inputs: number, outputs: number): Layer {
  return linear(inputs, outputs, { initialize: heNormal(inputs), initializeOffset: filled(0) }) as Layer;
}
