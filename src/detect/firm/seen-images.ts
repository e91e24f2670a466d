import { float64, matmul, multiply, reshape, subtract, type Tensor } from "../../graph/index.ts";
import type { ImageShape, Matrix } from "../../numeric/index.ts";

/** Pixels of rows that are images as a network for images takes them. */
export interface SeenImages {
  /**
   * As scored: 4 pixels larger each way, the middle of it, standardized by channel. float64 rows × (H W C) → rows × H × W × C.
   */
  readonly plain: (x: Tensor) => Tensor;
  /** (x − mean) / deviation in place, for views in training. */
  standardize(pixels: Float32Array): void;
}

/** Fits mean and deviation of each channel to training images in [0, 1], n × (H W C). */
export function seenImages(rows: Matrix, shape: ImageShape): SeenImages {
  const { height, width, channels } = shape;
  const { mean, deviation } = channelScales(rows, channels);
  const down = float64(middleOfLarger(height), [height, height]);
  const across = float64(middleOfLarger(width), [width, width]);
  return {
    plain(x) {
      const n = x.shape[0];
      const high = matmul(down, reshape(x, [n, height, width * channels]));
      const whole = matmul(across, reshape(high, [n, height, width, channels]));
      return multiply(subtract(whole, float64(mean)), float64(mean.map((_, c) => 1 / deviation[c])));
    },
    standardize(pixels) {
      for (let i = 0; i < pixels.length; i++) {
        const c = i % channels;
        pixels[i] = (pixels[i] - mean[c]) / deviation[c];
      }
    },
  };
}

/** Channels that do not vary are only centered. */
const LEAST_DEVIATION = 1e-4;

function channelScales({ values }: Matrix, channels: number) {
  const count = values.length / channels;
  const mean = new Array<number>(channels).fill(0);
  const squares = new Array<number>(channels).fill(0);
  for (let i = 0; i < values.length; i++) mean[i % channels] += values[i] / count;
  for (let i = 0; i < values.length; i++) squares[i % channels] += (values[i] - mean[i % channels]) ** 2 / count;
  return {
    mean,
    deviation: squares.map((square) => (Math.sqrt(square) < LEAST_DEVIATION ? 1 : Math.sqrt(square))),
  };
}

/** The weights of old pixels in those of the plain view, size × size: bilinear at size + 4, without two pixels at each end. */
function middleOfLarger(size: number): number[] {
  const weights = new Array<number>(size * size).fill(0);
  for (let at = 0; at < size; at++) {
    const place = Math.min(Math.max(((at + 2.5) * size) / (size + 4) - 0.5, 0), size - 1);
    const low = Math.floor(place);
    weights[at * size + low] += 1 - (place - low);
    weights[at * size + Math.min(low + 1, size - 1)] += place - low;
  }
  return weights;
}
