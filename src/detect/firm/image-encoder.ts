import { reshape, type Tensor } from "../../graph/index.ts";
import type { ImageShape } from "../../numeric/index.ts";
import { FEATURE, type Part } from "./encoder.ts";

const CHANNELS = [32, 64, 128];

/**
 * E for small images: three convolutions of 3 × 3 with stride 2, C → 32 → 64 → 128, then all entries to 128. For 28 × 28
 * and 32 × 32 what comes out of the convolutions is 4 × 4 × 128. A forward pass takes 4.8 million operations at 28 × 28 × 1.
 */
export function imageParts({ height, width, channels }: ImageShape): readonly Part[] {
  const inputs = [channels, ...CHANNELS];
  const halved = (size: number) => CHANNELS.reduce((length) => Math.ceil(length / 2), size);
  const convolutions = CHANNELS.map((outputs, i) => ({ map: "convolution", inputs: inputs[i], outputs }) as const);
  const entries = halved(height) * halved(width) * CHANNELS[CHANNELS.length - 1];
  return [...convolutions, { map: "linear", inputs: entries, outputs: FEATURE }];
}

/** Rows of pixels, row by row and channels last, as images: rows × (H W C) → rows × H × W × C. */
export function asImages(x: Tensor, { height, width, channels }: ImageShape): Tensor {
  return reshape(x, [x.shape[0], height, width, channels]);
}
