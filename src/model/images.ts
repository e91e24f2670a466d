import type { ColumnKind, ImageChoice, InferredColumn, Source } from "../data/index.ts";
import type { Detector } from "../detect/index.ts";
import { InputError } from "../errors/index.ts";
import type { Manifest } from "./manifest.ts";

/** What was asked of images. */
interface ImageOptions {
  readonly columns?: Readonly<Record<string, ColumnKind>>;
  readonly imageSize?: string;
  readonly signal?: AbortSignal;
}

/**
 * The images to learn from: those of a folder, or of the column that `columns` calls an image; null for a table. Throws an
 * InputError for two such columns, and for a size where there are no images.
 */
export async function imagesToLearn(source: Source, options: ImageOptions): Promise<ImageChoice | null> {
  const { columns = {}, imageSize, signal } = options;
  const named = Object.keys(columns).filter((name) => columns[name] === "image");
  if (source.isImageFolder) {
    if (Object.keys(columns).length > 0)
      throw new InputError(
        `fit: --column: expected none with a folder of images, of which pixels alone are learned from, got ${Object.keys(columns).join(", ")}; leave it away`,
      );
    return source.chooseImages(null, imageSize, signal);
  }
  if (named.length > 1)
    throw new InputError(`fit: --column: expected one column of images, got ${named.join(" and ")}; choose one`);
  if (named.length === 1) return source.chooseImages(named[0], imageSize, signal);
  if (imageSize === undefined) return null;
  throw new InputError(
    "fit: --image-size: expected images, got a table; pass a folder of PNG or JPEG files, or --column NAME=image with a column of lists",
  );
}

/** A schema of which images alone are learned from. */
export function besideImages(schema: readonly InferredColumn[], { name }: ImageChoice): readonly InferredColumn[] {
  return schema
    .filter((column) => column.name !== name || column.kind !== "image")
    .map((column) => ({
      ...column,
      used: false,
      reason: column.used ? "beside images, which alone are learned from" : column.reason,
    }));
}

/** Throws an InputError for a detector that cannot learn from images. */
export function requireLearnable({ name, labels }: Pick<Detector, "name" | "labels">): void {
  if (labels !== "required") return;
  throw new InputError(
    `fit: --detector: expected one that learns from normal images alone, got ${name}, which needs known anomalies of a table; pass --detector firm`,
  );
}

/** The images that a model takes; null where it takes columns. */
export function imagesOf({ images }: Manifest): ImageChoice | null {
  if (images === null) return null;
  const { name, height, width, channels, resized } = images;
  return { name, shape: { height, width, channels }, resized };
}

/** Throws an InputError unless a source has images where the model takes some, and only then. */
export function requireImages(who: string, source: Source, images: ImageChoice | null): void {
  if (images === null) {
    if (source.isImageFolder)
      throw new InputError(
        `${who}: ${source.description}: expected a table with the columns that the model learned from, got images; fit a model on images for them`,
      );
    return;
  }
  if (source.isImageFolder || source.columns.some(({ name }) => name === images.name)) return;
  throw new InputError(
    `${who}: ${source.description}: expected images, as the model learned from: a folder of PNG or JPEG files, or a column "${images.name}" of lists; got neither`,
  );
}

/** Throws an InputError for rows to compare with, which models of images have no use for. */
export function requireNoReference(reference: unknown): void {
  if (reference === undefined) return;
  throw new InputError(
    "explain: --reference: expected none for a model of images, whose cells are compared with what lies around them; leave it away",
  );
}

/** Throws an InputError for a folder of images, where a verb is about tables. */
export function requireTable(who: string, source: Source): void {
  if (!source.isImageFolder) return;
  throw new InputError(
    `${who}: ${source.description}: expected a table, got images, which fit, score and explain take; compare them by score --label folder, or save features of theirs as a table`,
  );
}

/** Throws an InputError for a model of images, where a verb is about columns. */
export function requireColumnModel(who: string, { images }: Manifest, instead: string): void {
  if (images === null) return;
  throw new InputError(`${who}: the model: expected one that learned from columns, got one of images; ${instead}`);
}
