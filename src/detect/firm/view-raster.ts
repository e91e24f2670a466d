import { entriesOf, type ImageShape, type Key, permutation, uniform } from "../../numeric/index.ts";
import { BLURRED, GRAY, JITTERS, type ViewOptions } from "./image-views.ts";

/** Draws views of images of one shape, each into its place. */
export interface ViewRaster {
  /** The random view of an image that `randomView` gives, to rounding; what comes out is not standardized. */
  draw(image: Float32Array, key: Key, out: Float32Array): void;
}

/**
 * `randomView` as loops over pixels, with room of its own: a training step takes 256 views, some 20 µs each at 28 × 28, and
 * functions of pixels take ten times as long.
 */
export function viewRaster(shape: ImageShape, { leastArea }: ViewOptions): ViewRaster {
  const { height, width, channels } = shape;
  const kinds = channels === 3 ? JITTERS : JITTERS.slice(0, 2);
  const down = sampling(height);
  const across = sampling(width);
  const room = new Float32Array(entriesOf(shape));
  return {
    draw(image, key, out) {
      const u = uniform(key.for("view"));
      const between = (low: number, high: number) => low + (high - low) * u();
      const wanted = Math.round(Math.sqrt(between(leastArea, 1) * height * width));
      const side = Math.max(1, Math.min(wanted, height, width));
      const top = Math.floor(u() * (height - side + 1));
      const left = Math.floor(u() * (width - side + 1));
      crop(image, shape, place(down, top, side), place(across, left, side), out);
      for (const i of permutation(key.for("order"), kinds.length)) {
        const kind = kinds[i];
        const f = kind === "hue" ? between(-0.4, 0.4) : between(0.6, 1.4);
        if (kind === "brightness") affine(out, f, 0);
        else if (kind === "contrast") affine(out, f, (1 - f) * meanGray(out, channels));
        else if (kind === "saturation") saturate(out, f);
        else turnHue(out, f);
      }
      if (u() < BLURRED) blur(out, shape, between(0.1, 2), room);
    },
  };
}

/** For each pixel of a row or column: the two pixels that it lies between, and how far. */
interface Sampling {
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly share: Float64Array;
}

function sampling(size: number): Sampling {
  return { low: new Int32Array(size), high: new Int32Array(size), share: new Float64Array(size) };
}

/** Pixels of a part of `length` from `from` on, at the size of the whole. */
function place(along: Sampling, from: number, length: number): Sampling {
  const size = along.low.length;
  for (let at = 0; at < size; at++) {
    const x = Math.min(Math.max(((at + 0.5) * length) / size - 0.5, 0), length - 1);
    const low = Math.floor(x);
    along.low[at] = from + low;
    along.high[at] = from + Math.min(low + 1, length - 1);
    along.share[at] = x - low;
  }
  return along;
}

function crop(image: Float32Array, shape: ImageShape, down: Sampling, across: Sampling, out: Float32Array): void {
  const { height, width, channels } = shape;
  let at = 0;
  for (let y = 0; y < height; y++) {
    const [upper, lower, v] = [down.low[y] * width, down.high[y] * width, down.share[y]];
    for (let x = 0; x < width; x++) {
      const [low, high, h] = [across.low[x], across.high[x], across.share[x]];
      for (let c = 0; c < channels; c++) {
        const above = (1 - h) * image[(upper + low) * channels + c] + h * image[(upper + high) * channels + c];
        const below = (1 - h) * image[(lower + low) * channels + c] + h * image[(lower + high) * channels + c];
        out[at++] = (1 - v) * above + v * below;
      }
    }
  }
}

/** f x + shift, cut to [0, 1]. */
function affine(out: Float32Array, f: number, shift: number): void {
  for (let i = 0; i < out.length; i++) {
    const x = f * out[i] + shift;
    out[i] = Math.min(Math.max(x, 0), 1);
  }
}

function meanGray(pixels: Float32Array, channels: number): number {
  let total = 0;
  if (channels !== 3) {
    for (let i = 0; i < pixels.length; i += channels) total += pixels[i];
    return total / (pixels.length / channels);
  }
  for (let i = 0; i < pixels.length; i += 3)
    total += GRAY[0] * pixels[i] + GRAY[1] * pixels[i + 1] + GRAY[2] * pixels[i + 2];
  return total / (pixels.length / 3);
}

function saturate(out: Float32Array, f: number): void {
  for (let i = 0; i < out.length; i += 3) {
    const gray = (1 - f) * (GRAY[0] * out[i] + GRAY[1] * out[i + 1] + GRAY[2] * out[i + 2]);
    for (let c = i; c < i + 3; c++) out[c] = Math.min(Math.max(f * out[c] + gray, 0), 1);
  }
}

/** What the jitter of the hue does, without an array a pixel. */
function turnHue(out: Float32Array, f: number): void {
  for (let i = 0; i < out.length; i += 3) {
    const [r, g, b] = [out[i], out[i + 1], out[i + 2]];
    const most = Math.max(r, g, b);
    const least = Math.min(r, g, b);
    const range = most - least;
    if (range === 0) continue;
    const sixth = most === r ? (g - b) / range : most === g ? 2 + (b - r) / range : 4 + (r - g) / range;
    const hue = (((sixth + 6 * f) % 6) + 6) % 6;
    out[i] = lit(hue, least, range);
    out[i + 1] = lit(hue < 2 ? hue + 4 : hue - 2, least, range);
    out[i + 2] = lit(hue < 4 ? hue + 2 : hue - 4, least, range);
  }
}

/** A channel at so many sixths of the circle from its own hue. */
function lit(hue: number, least: number, range: number): number {
  const away = hue < 3 ? hue : 6 - hue;
  const value = least + range * (away >= 2 ? 0 : away <= 1 ? 1 : 2 - away);
  return Math.min(Math.max(value, 0), 1);
}

/** 3 × 3, the border mirrored without its last pixel repeated. */
function blur(out: Float32Array, { height, width, channels }: ImageShape, sigma: number, room: Float32Array): void {
  const beside = Math.exp(-1 / (2 * sigma * sigma));
  const [side, middle] = [beside / (1 + 2 * beside), 1 / (1 + 2 * beside)];
  const row = width * channels;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = y * row + x * channels;
      const before = x > 0 ? -channels : width > 1 ? channels : 0;
      const after = x < width - 1 ? channels : width > 1 ? -channels : 0;
      for (let c = at; c < at + channels; c++)
        room[c] = side * out[c + before] + middle * out[c] + side * out[c + after];
    }
  for (let y = 0; y < height; y++) {
    const before = y > 0 ? -row : height > 1 ? row : 0;
    const after = y < height - 1 ? row : height > 1 ? -row : 0;
    for (let c = y * row; c < (y + 1) * row; c++)
      out[c] = side * room[c + before] + middle * room[c] + side * room[c + after];
  }
}
