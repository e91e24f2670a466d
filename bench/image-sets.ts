import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import sharp from "sharp";
import { type ImageShape, type Matrix, matrix } from "../src/numeric/index.ts";
import { resultsFolder } from "./results.ts";

export const IMAGE_SETS = ["mnist", "fashion-mnist", "cifar-10"] as const;
export type ImageSetName = (typeof IMAGE_SETS)[number];

/** Labelled images as bytes, image after image, channels last. */
export interface Labelled {
  readonly pixels: Uint8Array;
  readonly labels: Uint8Array;
}

export interface ImageSet {
  readonly shape: ImageShape;
  readonly train: Labelled;
  readonly test: Labelled;
}

/** Where `bench/fetch-images.ts` keeps the sets. */
export function imageCache(): string {
  return process.env["UNSEEN_IMAGES"] ?? join(resultsFolder, "images");
}

/** A set of images from the cache; null where it was not fetched. */
export async function readImageSet(name: ImageSetName): Promise<ImageSet | null> {
  const folder = join(imageCache(), name);
  if (!existsSync(folder)) return null;
  if (name === "cifar-10") {
    const batches = await Promise.all([1, 2, 3, 4, 5].map((i) => rowsOfPicture(join(folder, `data_batch_${i}.png`))));
    return {
      shape: { height: 32, width: 32, channels: 3 },
      train: { pixels: Buffer.concat(batches), labels: labelList(join(folder, "train_lables.json")) },
      test: {
        pixels: await rowsOfPicture(join(folder, "test_batch.png")),
        labels: labelList(join(folder, "test_lables.json")),
      },
    };
  }
  const part = (which: string): Labelled => ({
    pixels: idx(join(folder, `${which}-images-idx3-ubyte`), 16),
    labels: idx(join(folder, `${which}-labels-idx1-ubyte`), 8),
  });
  return { shape: { height: 28, width: 28, channels: 1 }, train: part("train"), test: part("t10k") };
}

/** The named images as rows in [0, 1]. */
export function imageRows(
  { pixels }: Labelled,
  { height, width, channels }: ImageShape,
  rows: readonly number[],
): Matrix {
  const size = height * width * channels;
  const out = matrix(rows.length, size);
  rows.forEach((row, i) => {
    for (let j = 0; j < size; j++) out.values[i * size + j] = pixels[row * size + j] / 255;
  });
  return out;
}

/** A file of the MNIST format without its head, packed or not. */
function idx(path: string, head: number): Uint8Array {
  const bytes = existsSync(path) ? readFileSync(path) : gunzipSync(readFileSync(`${path}.gz`));
  return bytes.subarray(head);
}

/** A picture each row of which is an image. */
async function rowsOfPicture(path: string): Promise<Uint8Array> {
  const { data, info } = await sharp(path, { limitInputPixels: false })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  if (info.width * info.channels !== 3072) throw new Error(`${path}: expected 1,024 pixels a row, got ${info.width}`);
  return data;
}

function labelList(path: string): Uint8Array {
  return Uint8Array.from(JSON.parse(readFileSync(path, "utf8")) as number[]);
}
