import type { Sharp, SharpOptions } from "sharp";
import { InputError } from "../errors/index.ts";
import { entriesOf, type ImageShape, shapeText } from "../numeric/index.ts";

/** Larger pictures are refused before they are unpacked: a small file can hold billions of pixels. */
const MOST_PIXELS = 100_000_000;

/** An image, as its file says: gray or color, turned as its camera was held. Transparent parts are black. */
export interface FileImage {
  readonly shape: ImageShape;
  /** 0 to 255, row by row, channels last. */
  readonly pixels: Uint8Array;
}

export type ReadImage = (path: string) => Promise<FileImage>;

/**
 * What reads PNG and JPEG files, by libvips. With `size` each image is brought to that height and width, whatever its own
 * proportions. Throws an InputError for a file that is no whole image, and where the package `sharp` has none for this machine.
 */
export async function imageReader(size: Pick<ImageShape, "height" | "width"> | null): Promise<ReadImage> {
  const sharp = await loadSharp();
  return async (path) => {
    try {
      const image = sharp(path, { failOn: "error", limitInputPixels: MOST_PIXELS });
      const { channels, format } = await image.metadata();
      if (format !== "png" && format !== "jpeg") throw new Error(`the content is ${format}`);
      const isGray = channels < 3;
      const upright = image.autoOrient().flatten({ background: "#000" });
      const sized = size ? upright.resize({ ...size, fit: "fill" }) : upright;
      const colored = sized.toColourspace(isGray ? "b-w" : "srgb");
      const { data, info } = await colored.raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true });
      const wanted = isGray ? 1 : 3;
      return {
        shape: { height: info.height, width: info.width, channels: wanted },
        pixels: firstChannels(data, info.channels, wanted),
      };
    } catch (cause) {
      const reason = (cause as Error).message.split("\n", 1)[0].replace(/^Input file /, "");
      throw new InputError(
        `read: ${path}: expected a whole PNG or JPEG image, got one that cannot be read (${reason}); mend it, or move it out of the folder`,
        { cause },
      );
    }
  };
}

/** Throws an InputError unless an image has the shape that is expected, `of` another one or a model. */
export function requireShape(path: string, shape: ImageShape, expected: ImageShape, of: string): void {
  if (entriesOf(shape) === entriesOf(expected) && shape.height === expected.height && shape.width === expected.width)
    return;
  const remedy =
    shape.channels === expected.channels
      ? `bring all images to one size, or fit with --image-size ${expected.height}x${expected.width}, which does it as they are read`
      : `save all images in ${expected.channels === 1 ? "gray" : "color"}`;
  throw new InputError(`read: ${path}: expected ${shapeText(expected)}, as ${of}, got ${shapeText(shape)}; ${remedy}`);
}

function firstChannels(data: Uint8Array, channels: number, wanted: number): Uint8Array {
  if (channels === wanted) return data;
  const pixels = new Uint8Array((data.length / channels) * wanted);
  for (let at = 0; at < pixels.length; at++) pixels[at] = data[Math.floor(at / wanted) * channels + (at % wanted)];
  return pixels;
}

async function loadSharp(): Promise<(path: string, options: SharpOptions) => Sharp> {
  try {
    const { default: sharp } = await import("sharp");
    sharp.cache(false);
    return sharp;
  } catch (cause) {
    throw new InputError(
      "read: images: expected the package sharp with its binary for this machine, got none; run npm install sharp --include=optional, or pass pixels as a Parquet column of lists",
      { cause },
    );
  }
}
