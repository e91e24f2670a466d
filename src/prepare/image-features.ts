import { InputError } from "../errors/index.ts";
import { cast, divide, identity, input, reshape, type Tensor } from "../graph/index.ts";
import { entriesOf, type ImageShape, type Images, shapeText } from "../numeric/index.ts";
import type { Features } from "./features.ts";

/** The graph's input of images: float32 rows × H × W × C, pixels as they were read. */
export function imageInput(name: string, { height, width, channels }: ImageShape): Tensor {
  return input(name, "float32", ["rows", height, width, channels]);
}

/**
 * Images as prepared rows: pixels row by row, channels last, in [0, 1]. They are divided by 255, or by 1 where none of these
 * images has a pixel above 1. Throws an InputError for pixels below 0 or above 255. O(n H W C).
 */
export function fitImages({ name, shape, values }: Images): Features {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  if (least < 0 || most > 255)
    throw new InputError(
      `prepare: ${JSON.stringify(name)}: expected pixels from 0 to 255 or from 0 to 1, got ${least} to ${most}; scale them first`,
    );
  const scale = most > 1 ? 255 : 1;
  const raw = imageInput(name, shape);
  const entries = entriesOf(shape);
  return {
    inputs: [raw],
    matrix: identity(divide(cast(reshape(raw, [raw.shape[0], entries]), "float64"), scale)),
    names: Array.from({ length: entries }, (_, i) => placeName(i, shape)),
    facts: [{ name, facts: [`${shapeText(shape)}, values from 0 to ${scale}`] }],
  };
}

/** Where an entry stands: "row 3, column 5", and the channel where there are several. */
function placeName(entry: number, { width, channels }: ImageShape): string {
  const pixel = Math.floor(entry / channels);
  const channel = channels === 3 ? `, ${["red", "green", "blue"][entry % 3]}` : "";
  return `row ${Math.floor(pixel / width) + 1}, column ${(pixel % width) + 1}${channel}`;
}
