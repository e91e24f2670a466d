import { overRows } from "../../graph/index.ts";
import { type ImageShape, type Key, type Matrix, matrix, permutation, uniform } from "../../numeric/index.ts";
import { rowsAtOnce } from "../nearest.ts";
import { drawn, type Image, pixelAt, turned } from "./image.ts";
import { nearestTo, toldApart } from "./watch.ts";

export const TURNS = [1, 2, 3] as const;
export const IMAGE_FAMILIES = ["turned-90", "turned-180", "turned-270", "scramble", "cut-paste", "mixup"] as const;
export type ImageFamily = (typeof IMAGE_FAMILIES)[number];

/** Generators that are used at once. */
const GENERATORS = 3;

/** Turned images must be told from plain ones so well to count as outliers. */
const LEAST_TOLD = 0.95;

/** Cells along each side of a scrambled image. */
const CELLS = 4;

/** A turn, and how well the nearest pixels tell it from images as they are. */
export interface TriedTurn {
  readonly family: ImageFamily;
  readonly auroc: number;
  readonly accepted: boolean;
}

/**
 * Which quarter turns make outliers of normal images, without labels: 0, 1 and 8 upside down stay what they are. Each turn
 * is applied to watch images, which are then told from the plain ones by the distance to the nearest reference image; it
 * is accepted where AUROC is .95 at least (at .9 an 8 of 28 × 28 pixels upside down would count as an outlier). Both matrices: images × pixels. Images that are not square have no quarter turns of
 * the same shape: NaN, not accepted.
 */
export async function triedTurns(watch: Matrix, reference: Matrix, shape: ImageShape): Promise<readonly TriedTurn[]> {
  const nearest = nearestTo(reference, "double");
  const chunk = rowsAtOnce(reference.rows);
  const distances = (rows: Matrix) => overRows(nearest, rows, { chunk });
  const plain = await distances(watch);
  const tried: TriedTurn[] = [];
  for (const quarters of TURNS) {
    if (quarters !== 2 && shape.height !== shape.width) {
      tried.push({ family: IMAGE_FAMILIES[quarters - 1], auroc: Number.NaN, accepted: false });
      continue;
    }
    const auroc = toldApart(plain, await distances(eachImage(watch, shape, (image) => turned(image, quarters))));
    tried.push({ family: IMAGE_FAMILIES[quarters - 1], auroc, accepted: auroc >= LEAST_TOLD });
  }
  return tried;
}

/** Three generators in equal parts: the turns accepted, then scramble, cut-paste and mixup for those missing. */
export function imageFamilies(tried: readonly TriedTurn[]): readonly ImageFamily[] {
  const turns = tried.filter(({ accepted }) => accepted).map(({ family }) => family);
  return [...turns, "scramble", "cut-paste", "mixup"].slice(0, GENERATORS) as ImageFamily[];
}

/** An outlier made of a normal image; mixup takes another one as well. */
export function imageOutlier(family: ImageFamily, image: Image, other: Image, key: Key): Image {
  switch (family) {
    case "turned-90":
    case "turned-180":
    case "turned-270":
      return turned(image, 1 + IMAGE_FAMILIES.indexOf(family));
    case "scramble":
      return scrambled(image, permutation(key, CELLS * CELLS));
    case "cut-paste":
      return cutAndPasted(image, uniform(key));
    case "mixup":
      return drawn(image, (y, x, c) => 0.5 * (pixelAt(image, y, x, c) + pixelAt(other, y, x, c)));
  }
}

/** The cells of a grid of 4 × 4 in another order; what four does not divide stays at the edge. */
export function scrambled(image: Image, order: ArrayLike<number>): Image {
  const [high, wide] = [Math.floor(image.height / CELLS), Math.floor(image.width / CELLS)];
  return drawn(image, (y, x, c) => {
    const [row, column] = [Math.floor(y / high), Math.floor(x / wide)];
    if (row >= CELLS || column >= CELLS) return pixelAt(image, y, x, c);
    const from = order[CELLS * row + column];
    const [top, left] = [Math.floor(from / CELLS) * high, (from % CELLS) * wide];
    return pixelAt(image, top + (y % high), left + (x % wide), c);
  });
}

/** A patch of .02 to .15 of the area, its ratio .3 to 3.3, copied to another place. */
export function cutAndPasted(image: Image, u: () => number): Image {
  const { height, width } = image;
  const area = (0.02 + 0.13 * u()) * height * width;
  const ratio = 0.3 * 11 ** u();
  const within = (length: number, most: number) => Math.max(1, Math.min(most, Math.round(length)));
  const [high, wide] = [within(Math.sqrt(area * ratio), height), within(Math.sqrt(area / ratio), width)];
  const anyPlace = () => [Math.floor(u() * (height - high + 1)), Math.floor(u() * (width - wide + 1))] as const;
  const from = anyPlace();
  let to = anyPlace();
  for (let tries = 0; tries < 100 && to[0] === from[0] && to[1] === from[1]; tries++) to = anyPlace();
  return drawn(image, (y, x, c) => {
    const [down, right] = [y - to[0], x - to[1]];
    const isPatch = down >= 0 && down < high && right >= 0 && right < wide;
    return isPatch ? pixelAt(image, from[0] + down, from[1] + right, c) : pixelAt(image, y, x, c);
  });
}

/** A function of images on each row of a matrix, images × pixels. */
export function eachImage(rows: Matrix, shape: ImageShape, change: (image: Image, row: number) => Image): Matrix {
  const out = matrix(rows.rows, rows.columns);
  for (let i = 0; i < rows.rows; i++) {
    const pixels = Float32Array.from(rows.values.subarray(i * rows.columns, (i + 1) * rows.columns));
    out.values.set(change({ ...shape, pixels }, i).pixels, i * rows.columns);
  }
  return out;
}
