import { join } from "node:path";
import { InputError } from "../errors/index.ts";
import { entriesOf, type ImageShape } from "../numeric/index.ts";
import { unknownColumn } from "./near-names.ts";
import { identifier, literal } from "./quote.ts";
import { imageReader } from "./read-image.ts";
import type { Relation, RelationColumn } from "./relation.ts";

/** The images of an input: which, and what they have in common. */
export interface ImageChoice {
  /** The column of lists, or what the images of a folder are called. */
  readonly name: string;
  readonly shape: ImageShape;
  /** Whether files of other sizes are brought to this one. */
  readonly resized: boolean;
}

/** What images of a folder are called where columns have names. */
export const FOLDER_IMAGES = "image";

/** More numbers would make an image too large for a model that looks at each pixel. */
const MOST_ENTRIES = 1_000_000;

/** "28x28" or "32x32x3" as numbers. Throws an InputError otherwise. */
export function imageSize(text: string): {
  readonly height: number;
  readonly width: number;
  readonly channels: number | null;
} {
  const found = /^([1-9]\d{0,4})[x×]([1-9]\d{0,4})(?:[x×]([1-9]\d{0,2}))?$/i.exec(text.trim());
  if (!found)
    throw new InputError(
      `read: --image-size: expected height and width as 28x28, or 32x32x3 with channels, got "${text}"; write it so`,
    );
  return { height: Number(found[1]), width: Number(found[2]), channels: found[3] ? Number(found[3]) : null };
}

/**
 * The images of a folder, or of a column of lists, with the shape of the first one: `size` brings files to that size, and
 * says how a flat list is laid out. Lists are rows of pixels (H × W), rows of pixels of channels (H × W × C), or flat, which are
 * square images in gray or color unless `size` says otherwise.
 */
export async function chooseImages(
  relation: Relation,
  column: string | null,
  size: string | undefined,
  signal?: AbortSignal,
): Promise<ImageChoice> {
  const given = size === undefined ? null : imageSize(size);
  if (column === null)
    return { name: FOLDER_IMAGES, shape: await folderShape(relation, given), resized: given !== null };
  const found = relation.columns.find(({ name }) => name === column);
  if (!found)
    throw new InputError(
      `read: --column: ${unknownColumn(
        column,
        relation.columns.map(({ name }) => name),
      )}`,
    );
  const shape = await listShape(relation, found, given, signal);
  requireSmall(shape, `column ${JSON.stringify(column)}`);
  return { name: column, shape, resized: false };
}

async function folderShape(
  { database, name, imageFolder, columns }: Relation,
  size: ReturnType<typeof imageSize> | null,
): Promise<ImageShape> {
  if (!columns.some((column) => column.name === "file"))
    throw new InputError(
      'read: --sql: expected the column "file", which names the images, got none; select it as well',
    );
  const [[file]] = await database.run(`SELECT file FROM ${identifier(name)} LIMIT 1`);
  const path = join(imageFolder!, String(file));
  const { shape } = await (await imageReader(size))(path);
  if (size?.channels && size.channels !== shape.channels)
    throw new InputError(
      `read: --image-size: expected ${shape.channels === 1 ? "1 channel" : "3 channels"}, or none said, as ${path} has, got ${size.channels}; pass --image-size ${size.height}x${size.width}`,
    );
  requireSmall(shape, path);
  return shape;
}

function requireSmall(shape: ImageShape, of: string): void {
  if (entriesOf(shape) <= MOST_ENTRIES) return;
  throw new InputError(
    `read: ${of}: expected images of at most ${MOST_ENTRIES} numbers, got ${shape.height} × ${shape.width} × ${shape.channels}; pass --image-size 64x64, or save them smaller`,
  );
}

/** What stands in each level of a type such as `DOUBLE[][28]`; null where it holds no numbers. */
export function listLevels({ sqlType }: RelationColumn): number | null {
  const found = /^(U?(?:TINYINT|SMALLINT|INTEGER|BIGINT)|FLOAT|DOUBLE|DECIMAL\([\d,]+\))((?:\[\d*\]){1,3})$/.exec(
    sqlType,
  );
  return found ? found[2].split("[").length - 1 : null;
}

async function listShape(
  { database, name }: Relation,
  column: RelationColumn,
  size: ReturnType<typeof imageSize> | null,
  signal?: AbortSignal,
): Promise<ImageShape> {
  const at = `read: column ${JSON.stringify(column.name)}:`;
  const levels = listLevels(column);
  if (levels === null)
    throw new InputError(
      `${at} expected lists of numbers, one a row, to be images, got ${column.sqlType}; take another column, or --sql to make lists`,
    );
  const x = column.expression;
  const [first] = await database.run(
    `SELECT len(${x}), ${levels > 1 ? `len(${x}[1])` : "NULL"}, ${levels > 2 ? `len(${x}[1][1])` : "NULL"} FROM ${identifier(name)} WHERE ${x} IS NOT NULL LIMIT 1`,
    signal,
  );
  if (!first || Number(first[0]) === 0) throw new InputError(`${at} expected images, got no list with numbers in it`);
  const [height, width, channels] = first.map((length) => (length === null ? null : Number(length)));
  const shape =
    levels === 1 ? flatShape(at, height!, size) : { height: height!, width: width ?? 0, channels: channels ?? 1 };
  if (shape.channels !== 1 && shape.channels !== 3)
    throw new InputError(`${at} expected 1 channel (gray) or 3 (color), in the last place, got ${shape.channels}`);
  if (
    size &&
    (size.height !== shape.height || size.width !== shape.width || (size.channels ?? shape.channels) !== shape.channels)
  )
    throw new InputError(
      `${at} expected images of ${size.height} × ${size.width}, as --image-size says, got ${shape.height} × ${shape.width} × ${shape.channels}; lists are not brought to another size`,
    );
  return shape;
}

function flatShape(at: string, length: number, size: ReturnType<typeof imageSize> | null): ImageShape {
  if (size) {
    const channels = size.channels ?? (length === 3 * size.height * size.width ? 3 : 1);
    const { height, width } = size;
    if (length === height * width * channels) return { height, width, channels };
    throw new InputError(
      `${at} expected lists of ${size.height * size.width * (size.channels ?? 1)} numbers, as --image-size says, got ${length}; pass the size that the images have`,
    );
  }
  for (const channels of [1, 3]) {
    const side = Math.sqrt(length / channels);
    if (Number.isInteger(side)) return { height: side, width: side, channels };
  }
  throw new InputError(
    `${at} expected lists of square images, in gray or color, got ${length} numbers; pass --image-size HEIGHTxWIDTH or HEIGHTxWIDTHx3`,
  );
}

/** A list as one flat list of doubles; NULL where it is not of the shape. */
export function flatList(column: RelationColumn, { height, width, channels }: ImageShape): string {
  const levels = listLevels(column) ?? 1;
  const type = column.sqlType.replace(/\[.*$/, "");
  const x = `(${column.expression})::${type}${"[]".repeat(levels)}`;
  const all = (list: string, condition: string) =>
    `coalesce(list_min(list_transform(${list}, r -> ${condition})), false)`;
  if (levels === 1) return `CASE WHEN len(${x}) = ${height * width * channels} THEN ${x}::DOUBLE[] END`;
  const rows = `len(${x}) = ${height} AND ${all(x, `len(r) = ${width}`)}`;
  if (levels === 2) return `CASE WHEN ${rows} THEN flatten(${x})::DOUBLE[] END`;
  const pixels = all(`flatten(${x})`, `len(r) = ${channels}`);
  return `CASE WHEN ${rows} AND ${pixels} THEN flatten(flatten(${x}))::DOUBLE[] END`;
}

/** A text of a list, for an error. */
export function lengthText(column: RelationColumn): string {
  return `CASE WHEN ${column.expression} IS NULL THEN ${literal("no list")} ELSE len(${column.expression})::VARCHAR || ${literal(" entries")} END`;
}
