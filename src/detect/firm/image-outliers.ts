import { InputError } from "../../errors/index.ts";
import { overRows } from "../../graph/index.ts";
import { type ImageShape, type Key, type Matrix, matrix, permutation, uniform } from "../../numeric/index.ts";
import { rowsAtOnce } from "../nearest.ts";
import { drawn, type Image, pixelAt, turned } from "./image.ts";
import { nearestTo, toldApart } from "./watch.ts";

export const TURNS = [1, 2, 3] as const;
export const IMAGE_FAMILIES = [
  "turned-90",
  "turned-180",
  "turned-270",
  "scramble",
  "cut-paste",
  "mixup",
  "scar",
] as const;
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

/** What stands for families of its own: of textures, which look alike each way round. */
const TEXTURE: readonly ImageFamily[] = ["cut-paste", "scar", "scramble"];

/**
 * The generators that were asked for: those of textures, or named ones, "cut-paste,scar"; null for "turns", which looks at
 * the images. Throws an InputError for other names, and for quarter turns of images that are not square.
 */
export function askedFamilies(text: string, { height, width }: ImageShape): readonly ImageFamily[] | null {
  const names = text.split(",").map((name) => name.trim());
  if (names.length === 1 && names[0] === "turns") return null;
  if (names.length === 1 && names[0] === "texture") return TEXTURE;
  const families = IMAGE_FAMILIES.filter((family) => names.includes(family));
  if (families.length !== names.length)
    throw new InputError(
      `firm: imageOutliers: expected turns, texture, or some of ${IMAGE_FAMILIES.join(", ")}, each once, got ${JSON.stringify(text)}; pass them as "cut-paste,scar"`,
    );
  if (height !== width && (names.includes("turned-90") || names.includes("turned-270")))
    throw new InputError(
      `firm: imageOutliers: expected no quarter turns of images of ${height} × ${width}, got ${JSON.stringify(text)}; bring the images to a square, or leave turned-90 and turned-270 out`,
    );
  return families;
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
    case "scar":
      return scarred(image, uniform(key));
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

/**
 * A scar: a strip of 2 to 16 pixels by 10 to 25 (of the image, where that is smaller), turned by up to 45° either way and
 * copied to another place. Pixels are the nearest ones of the strip; what would lie outside of the image is not seen.
 */
export function scarred(image: Image, u: () => number): Image {
  const { height, width } = image;
  const between = (low: number, high: number, most: number) => Math.min(most, low + Math.floor((high - low + 1) * u()));
  const [wide, high] = [between(2, 16, width), between(10, 25, height)];
  const angle = ((2 * u() - 1) * Math.PI) / 4;
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  const anyPlace = () => [Math.floor(u() * (height - high + 1)), Math.floor(u() * (width - wide + 1))] as const;
  const from = anyPlace();
  let to = anyPlace();
  for (let tries = 0; tries < 100 && to[0] === from[0] && to[1] === from[1]; tries++) to = anyPlace();
  const [middleDown, middleRight] = [(high - 1) / 2, (wide - 1) / 2];
  return drawn(image, (y, x, c) => {
    const [down, right] = [y - to[0] - middleDown, x - to[1] - middleRight];
    const v = Math.round(cosine * down + sine * right + middleDown);
    const h = Math.round(cosine * right - sine * down + middleRight);
    const isScar = v >= 0 && v < high && h >= 0 && h < wide;
    return isScar ? pixelAt(image, from[0] + v, from[1] + h, c) : pixelAt(image, y, x, c);
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
