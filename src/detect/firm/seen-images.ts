import { float64, matmul, multiply, reshape, subtract, type Tensor } from "../../graph/index.ts";
import type { ImageShape, Matrix } from "../../numeric/index.ts";
import type { Square } from "./image.ts";

/** Pixels of rows that are images as a network for images takes them. */
export interface SeenImages {
  /**
   * As scored: 4 pixels larger each way, the middle of it (a square of that, at the size of the whole, where one is given),
   * standardized by channel. float64 rows × (H W C) → rows × H × W × C.
   */
  readonly plain: (x: Tensor, crop?: Square) => Tensor;
  /** (x − mean) / deviation in place, for views in training. */
  standardize(pixels: Float32Array): void;
}

/** Fits mean and deviation of each channel to training images in [0, 1], n × (H W C). */
export function seenImages(rows: Matrix, shape: ImageShape): SeenImages {
  const { height, width, channels } = shape;
  const { mean, deviation } = channelScales(rows, channels);
  const [middleDown, middleAcross] = [middleOfLarger(height), middleOfLarger(width)];
  const plainDown = float64(middleDown, [height, height]);
  const plainAcross = float64(middleAcross, [width, width]);
  return {
    plain(x, crop) {
      const n = x.shape[0];
      const part = (from: number, middle: readonly number[], size: number) =>
        float64(after(stretched(from, crop?.side ?? size, size), middle, size), [size, size]);
      const down = crop ? part(crop.top, middleDown, height) : plainDown;
      const across = crop ? part(crop.left, middleAcross, width) : plainAcross;
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
  return bilinear(size, 0, size, (at) => ((at + 2.5) * size) / (size + 4) - 0.5);
}

/** The same of the pixels from one on, so many, at the size of the whole. */
function stretched(from: number, length: number, size: number): number[] {
  return bilinear(size, from, length, (at) => ((at + 0.5) * length) / size - 0.5);
}

/** The weights of old pixels in new ones, size × size, of which each lies at a place among `length` from `from` on. */
function bilinear(size: number, from: number, length: number, placeOf: (at: number) => number): number[] {
  const weights = new Array<number>(size * size).fill(0);
  for (let at = 0; at < size; at++) {
    const place = Math.min(Math.max(placeOf(at), 0), length - 1);
    const low = Math.floor(place);
    weights[at * size + from + low] += 1 - (place - low);
    weights[at * size + from + Math.min(low + 1, length - 1)] += place - low;
  }
  return weights;
}

/** Weights of one step after those of another, size × size each. */
function after(second: readonly number[], first: readonly number[], size: number): number[] {
  const product = new Array<number>(size * size).fill(0);
  for (let i = 0; i < size; i++)
    for (let k = 0; k < size; k++) {
      const weight = second[i * size + k];
      if (weight !== 0) for (let j = 0; j < size; j++) product[i * size + j] += weight * first[k * size + j];
    }
  return product;
}
