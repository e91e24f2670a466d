/** What the images of a set have in common: pixels in each direction, and 1 channel (gray) or 3 (red, green, blue). */
export interface ImageShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** How many numbers an image is. */
export function entriesOf({ height, width, channels }: ImageShape): number {
  return height * width * channels;
}

/** "28 × 28 pixels, gray": a shape as people read it. */
export function shapeText({ height, width, channels }: ImageShape): string {
  return `${height} × ${width} pixels, ${channels === 1 ? "gray" : channels === 3 ? "color" : `${channels} channels`}`;
}
