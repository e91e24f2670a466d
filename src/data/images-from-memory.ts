import { InputError } from "../errors/index.ts";
import { entriesOf, type ImageShape, shapeText, type Table } from "../numeric/index.ts";
import type { ImageChoice } from "./image-choice.ts";
import { isList, isStack, type MemoryList, partsOf } from "./memory-lists.ts";
import type { Columns, Rows } from "./source-options.ts";

/**
 * Rows with an image each, as a table of images of a known shape: H × W (× C) arrays, flat ones, or `{ shape, data }`.
 * Throws an InputError that names the row where an image is missing or another. `firstRow` is its number in errors.
 */
export function imagesFromRows(rows: Rows, choice: ImageChoice, firstRow = 1): Table {
  return imagesTable(
    rows.map((row, i) => {
      if (row === null || typeof row !== "object" || Array.isArray(row))
        throw new InputError(`read: row ${firstRow + i}: expected an object with an image in ${text(choice.name)}`);
      return row[choice.name];
    }),
    choice,
    firstRow,
  );
}

/** The same of a column of images, of a stack of them, or of one image. */
export function imagesFromColumns(columns: Columns, choice: ImageChoice): Table {
  const values: unknown = columns[choice.name];
  if (numbersOf(values, choice.shape)) return imagesTable([values], choice, 1);
  if (isStack(values) && values.shape.length > 1) return imagesTable(partsOf(values), choice, 1);
  if (isList(values)) return imagesTable(Array.from(values), choice, 1);
  throw new InputError(
    `read: columns: expected images of ${shapeText(choice.shape)} in ${text(choice.name)}, got ${values === undefined ? "no such column" : gotText(values, false)}; pass { ${text(choice.name)}: [image, …] }`,
  );
}

function imagesTable(images: readonly unknown[], { name, shape }: ImageChoice, firstRow: number): Table {
  const size = entriesOf(shape);
  const values = new Float32Array(images.length * size);
  images.forEach((image, i) => {
    const numbers = numbersOf(image, shape);
    if (numbers?.every(Number.isFinite)) values.set(numbers, i * size);
    else
      throw new InputError(
        `read: column ${text(name)}: row ${firstRow + i}: expected an image of ${shapeText(shape)}, as the model learned from, each number present and finite, got ${gotText(image, numbers !== null)}`,
      );
  });
  return { rows: images.length, columns: [], images: { name, shape, values } };
}

/** The pixels of an image, row by row; null where it has another shape. Entries that are no numbers are NaN. */
function numbersOf(image: unknown, shape: ImageShape): Float32Array | null {
  const { height, width, channels } = shape;
  const axes = [height, width, channels];
  if (isStack(image)) {
    const { shape: own, data } = image;
    const fits = [[entriesOf(shape)], axes, ...(channels === 1 ? [[height, width]] : [])];
    return fits.some((fit) => fit.join() === own.join()) ? flatNumbers(data, [entriesOf(shape)]) : null;
  }
  if (!isList(image)) return null;
  return (
    flatNumbers(image, [entriesOf(shape)]) ??
    flatNumbers(image, axes) ??
    (channels === 1 ? flatNumbers(image, [height, width]) : null)
  );
}

/** The numbers of nested lists whose lengths are those of the axes; null where they are not. */
function flatNumbers(list: MemoryList, axes: readonly number[]): Float32Array | null {
  const out = new Float32Array(axes.reduce((product, n) => product * n, 1));
  let at = 0;
  const take = (value: unknown, [length, ...rest]: readonly number[]): boolean => {
    if (!isList(value) || value.length !== length) return false;
    for (let i = 0; i < length; i++) {
      const inner = value[i];
      if (rest.length > 0) {
        if (!take(inner, rest)) return false;
      } else if (isList(inner)) return false;
      else out[at++] = typeof inner === "number" ? inner : Number.NaN;
    }
    return true;
  };
  return take(list, axes) ? out : null;
}

function gotText(image: unknown, isWhole: boolean): string {
  if (isWhole) return "numbers that are not";
  if (isStack(image)) return image.shape.join(" × ");
  if (!isList(image)) return image === undefined || image === null ? "none" : `a ${typeof image}`;
  const axes: number[] = [];
  for (let inner: unknown = image; isList(inner) && axes.length < 4; inner = inner[0]) axes.push(inner.length);
  return `lists of ${axes.join(" × ")}`;
}

const text = (name: string) => JSON.stringify(name);
