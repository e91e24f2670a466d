import type { ImageShape } from "../../numeric/index.ts";

/** An image: pixels row by row, channels last, in [0, 1] until they are standardized. Never written to. */
export interface Image extends ImageShape {
  readonly pixels: Float32Array;
}

/** A square part: the upper left pixel and the side. */
export interface Square {
  readonly top: number;
  readonly left: number;
  readonly side: number;
}

/** An image whose pixel (y, x, c) is what a function says. */
export function drawn(shape: ImageShape, pixel: (y: number, x: number, channel: number) => number): Image {
  const { height, width, channels } = shape;
  const pixels = new Float32Array(height * width * channels);
  let at = 0;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) for (let c = 0; c < channels; c++) pixels[at++] = pixel(y, x, c);
  return { height, width, channels, pixels };
}

/** The pixel at (y, x, c); within the image. */
export function pixelAt({ width, channels, pixels }: Image, y: number, x: number, channel: number): number {
  return pixels[(y * width + x) * channels + channel];
}

/** A part of an image in another size: bilinear, pixels are squares around their centers, the border goes on outwards. */
export function resized(
  image: Image,
  part: { top: number; left: number; height: number; width: number },
  to: { height: number; width: number },
): Image {
  const along = (at: number, size: number, from: number, length: number) => {
    const place = Math.min(Math.max(((at + 0.5) * length) / size - 0.5, 0), length - 1);
    const low = Math.floor(place);
    return { low: from + low, high: from + Math.min(low + 1, length - 1), share: place - low };
  };
  return drawn({ ...to, channels: image.channels }, (y, x, c) => {
    const [v, h] = [along(y, to.height, part.top, part.height), along(x, to.width, part.left, part.width)];
    const upper = (1 - h.share) * pixelAt(image, v.low, h.low, c) + h.share * pixelAt(image, v.low, h.high, c);
    const lower = (1 - h.share) * pixelAt(image, v.high, h.low, c) + h.share * pixelAt(image, v.high, h.high, c);
    return (1 - v.share) * upper + v.share * lower;
  });
}

/** A square of an image at the size of the whole. */
export function cropped(image: Image, { top, left, side }: Square): Image {
  return resized(image, { top, left, height: side, width: side }, image);
}

/** Turned by quarter turns, counterclockwise; height and width change places at odd ones. */
export function turned(image: Image, quarters: number): Image {
  const times = ((quarters % 4) + 4) % 4;
  const { height, width, channels } = image;
  switch (times) {
    case 1:
      return drawn({ height: width, width: height, channels }, (y, x, c) => pixelAt(image, x, width - 1 - y, c));
    case 2:
      return drawn(image, (y, x, c) => pixelAt(image, height - 1 - y, width - 1 - x, c));
    case 3:
      return drawn({ height: width, width: height, channels }, (y, x, c) => pixelAt(image, height - 1 - x, y, c));
    default:
      return image;
  }
}

/** As the network sees an image that is not augmented: 9/8 (32 → 36) or 8/7 (28 → 32) the size, and the middle of it. */
export function plainView(image: Image): Image {
  const { height, width } = image;
  const larger = { height: height + 4, width: width + 4 };
  const whole = resized(image, { top: 0, left: 0, height, width }, larger);
  return drawn(image, (y, x, c) => pixelAt(whole, y + 2, x + 2, c));
}

/** (x − mean) / deviation, channel by channel. */
export function standardized(image: Image, mean: readonly number[], deviation: readonly number[]): Image {
  return drawn(image, (y, x, c) => (pixelAt(image, y, x, c) - mean[c]) / deviation[c]);
}
