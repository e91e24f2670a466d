import { type Key, permutation, uniform } from "../../numeric/index.ts";
import { cropped, drawn, type Image, pixelAt } from "./image.ts";

/** Weights of red, green and blue in gray. */
export const GRAY = [0.299, 0.587, 0.114];

export const JITTERS = ["brightness", "contrast", "saturation", "hue"] as const;
export type Jitter = (typeof JITTERS)[number];

export interface ViewOptions {
  /** The share of the area that a crop takes at least: .25, or .7 for digits, a quarter of which is none. */
  readonly leastArea: number;
}

/** How often a view is blurred. */
export const BLURRED = 0.75;

/**
 * A random view as the authors' code makes it: a square crop, jitter in random order (brightness and contrast alone where
 * there is one channel), now and then a blur. Not standardized. Equal keys, equal views.
 */
export function randomView(image: Image, { leastArea }: ViewOptions, key: Key): Image {
  const u = uniform(key.for("view"));
  const between = (low: number, high: number) => low + (high - low) * u();
  const { height, width, channels } = image;
  const wanted = Math.round(Math.sqrt(between(leastArea, 1) * height * width));
  const side = Math.max(1, Math.min(wanted, height, width));
  const anyBelow = (n: number) => Math.floor(u() * n);
  const crop = cropped(image, { top: anyBelow(height - side + 1), left: anyBelow(width - side + 1), side });
  const kinds = channels === 3 ? JITTERS : JITTERS.slice(0, 2);
  const order = permutation(key.for("order"), kinds.length);
  const jittered = Array.from(order).reduce(
    (view, i) => jitter(view, kinds[i], kinds[i] === "hue" ? between(-0.4, 0.4) : between(0.6, 1.4)),
    crop,
  );
  return u() < BLURRED ? blurred(jittered, between(0.1, 2)) : jittered;
}

/**
 * f x; f x + (1 − f) mean gray; f x + (1 − f) gray; or the hue turned by f of the circle; cut to [0, 1]. The last two
 * need three channels.
 */
export function jitter(image: Image, kind: Jitter, f: number): Image {
  const cut = (value: number) => Math.min(Math.max(value, 0), 1);
  switch (kind) {
    case "brightness":
      return drawn(image, (y, x, c) => cut(f * pixelAt(image, y, x, c)));
    case "contrast": {
      const gray = meanGray(image);
      return drawn(image, (y, x, c) => cut(f * pixelAt(image, y, x, c) + (1 - f) * gray));
    }
    case "saturation":
      return drawn(image, (y, x, c) => cut(f * pixelAt(image, y, x, c) + (1 - f) * grayAt(image, y, x)));
    case "hue":
      return drawn(image, (y, x, c) => cut(withHueTurned(colorAt(image, y, x), f)[c]));
  }
}

/** A Gaussian blur of 3 × 3, the border mirrored without its last pixel repeated. */
export function blurred(image: Image, sigma: number): Image {
  const beside = Math.exp(-1 / (2 * sigma * sigma));
  const weights = [beside, 1, beside].map((w) => w / (1 + 2 * beside));
  const mirrored = (at: number, size: number) => (size === 1 ? 0 : at < 0 ? -at : at >= size ? 2 * size - 2 - at : at);
  const { height, width } = image;
  const across = drawn(image, (y, x, c) =>
    weights.reduce((sum, w, i) => sum + w * pixelAt(image, y, mirrored(x + i - 1, width), c), 0),
  );
  return drawn(image, (y, x, c) =>
    weights.reduce((sum, w, i) => sum + w * pixelAt(across, mirrored(y + i - 1, height), x, c), 0),
  );
}

function grayAt(image: Image, y: number, x: number): number {
  if (image.channels !== 3) return pixelAt(image, y, x, 0);
  return GRAY.reduce((sum, weight, c) => sum + weight * pixelAt(image, y, x, c), 0);
}

function meanGray(image: Image): number {
  let total = 0;
  for (let y = 0; y < image.height; y++) for (let x = 0; x < image.width; x++) total += grayAt(image, y, x);
  return total / (image.height * image.width);
}

type Color = readonly [number, number, number];

function colorAt(image: Image, y: number, x: number): Color {
  return [pixelAt(image, y, x, 0), pixelAt(image, y, x, 1), pixelAt(image, y, x, 2)];
}

/** The same lightest and darkest channel, another hue: in parts of six from red over green and blue. */
function withHueTurned([r, g, b]: Color, turn: number): Color {
  const [most, least] = [Math.max(r, g, b), Math.min(r, g, b)];
  const range = most - least;
  if (range === 0) return [r, g, b];
  const sixth = most === r ? (g - b) / range : most === g ? 2 + (b - r) / range : 4 + (r - g) / range;
  const hue = (((sixth + 6 * turn) % 6) + 6) % 6;
  // A channel is full within one sixth of its own hue and gone beyond two.
  const channel = (own: number) => {
    const away = Math.min(Math.abs(hue - own), 6 - Math.abs(hue - own));
    return least + range * Math.min(Math.max(2 - away, 0), 1);
  };
  return [channel(0), channel(2), channel(4)];
}
