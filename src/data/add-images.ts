import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { DuckDBListVector, DuckDBVector } from "@duckdb/node-api";
import { checkSignal, InputError } from "../errors/index.ts";
import { entriesOf, type Images, shapeText, type Table } from "../numeric/index.ts";
import { flatList, type ImageChoice, lengthText } from "./image-choice.ts";
import { identifier } from "./quote.ts";
import { readChunks } from "./read-chunks.ts";
import { imageReader, requireShape } from "./read-image.ts";
import type { Relation } from "./relation.ts";
import type { Selected } from "./selection.ts";
import { doubleItems, validBits } from "./vectors.ts";

export interface ImagePlan {
  /** Rows a table. */
  readonly rows: number;
  readonly skip?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { readonly rows: number; readonly of: number }) => void;
}

/**
 * Tables of `rows` rows with their images, in order; memory is bounded by one of them. Files are read as their turn comes,
 * some at once. Throws an InputError that names file or row where an image is not whole or of another shape.
 */
export async function* withImages(
  relation: Relation,
  selection: readonly Selected[],
  choice: ImageChoice,
  { rows, skip = 0, signal, onProgress }: ImagePlan,
): AsyncGenerator<Table> {
  const ofFolder = relation.imageFolder !== null;
  const named: readonly Selected[] = ofFolder ? [...selection, { name: "file", as: "text" }] : selection;
  const lists = ofFolder ? null : listReader(relation, choice, skip, signal);
  const plain = readChunks(relation, named, { rows, capacity: rows, skip, signal });
  let done = 0;
  const progress = (read: number) => onProgress?.({ rows: done + read, of: Math.max(rows, done + read) });
  try {
    for await (const table of plain) {
      const columns = table.columns.slice(0, selection.length);
      const values = lists
        ? await lists.next(table.rows)
        : await readFiles(
            relation.imageFolder!,
            table.columns[selection.length].values as string[],
            choice,
            signal,
            progress,
          );
      progress(table.rows);
      yield { rows: table.rows, columns, images: { name: choice.name, shape: choice.shape, values } };
      done += table.rows;
    }
  } finally {
    await lists?.close();
  }
}

/** The images of the rows at some places, from 0, in the order given; only they are read of a folder. */
export async function imagesAt(
  relation: Relation,
  choice: ImageChoice,
  places: readonly number[],
  signal?: AbortSignal,
): Promise<Images> {
  const { name, shape } = choice;
  const files = await filesAt(relation, places, signal);
  if (files !== null)
    return { name, shape, values: await readFiles(relation.imageFolder!, files, choice, signal, () => {}) };
  const size = entriesOf(shape);
  const wanted = new Set(places);
  const last = Math.max(-1, ...places);
  const rows = ROWS_AT_ONCE;
  let read = 0;
  const found = new Map<number, Float32Array>();
  for await (const { rows: count, images } of withImages(relation, [], choice, { rows, signal })) {
    for (let i = 0; i < count; i++)
      if (wanted.has(read + i)) found.set(read + i, images!.values.slice(i * size, (i + 1) * size));
    read += count;
    if (read > last) break;
  }
  const values = new Float32Array(places.length * size);
  places.forEach((place, i) => {
    const image = found.get(place);
    if (image) values.set(image, i * size);
  });
  return { name, shape, values };
}

/** The files of a folder of images at some places, from 0, in the order given; null where the rows are no files. */
export async function filesAt(
  relation: Relation,
  places: readonly number[],
  signal?: AbortSignal,
): Promise<readonly string[] | null> {
  if (relation.imageFolder === null) return null;
  const wanted = new Set(places);
  const last = Math.max(-1, ...places);
  const names = new Map<number, string>();
  let read = 0;
  const rows = ROWS_AT_ONCE;
  for await (const table of readChunks(relation, [{ name: "file", as: "text" }], { rows, capacity: rows, signal })) {
    table.columns[0].values.forEach((file, i) => void (wanted.has(read + i) && names.set(read + i, String(file))));
    read += table.rows;
    if (read > last) break;
  }
  return places.map((place) => names.get(place) ?? "");
}

const ROWS_AT_ONCE = 1024;

/** Files that are read at once, for each core. */
const AT_ONCE = 4;

async function readFiles(
  folder: string,
  names: readonly string[],
  { shape, resized }: ImageChoice,
  signal: AbortSignal | undefined,
  onRead: (files: number) => void,
): Promise<Float32Array> {
  const size = entriesOf(shape);
  const values = new Float32Array(names.length * size);
  const read = await imageReader(resized ? shape : null);
  const together = AT_ONCE * availableParallelism();
  for (let from = 0; from < names.length; from += together) {
    checkSignal(signal, "read");
    const part = names.slice(from, from + together);
    const images = await Promise.all(part.map((name) => read(join(folder, name))));
    images.forEach(({ shape: found, pixels }, i) => {
      requireShape(join(folder, part[i]), found, shape, "the other images, or those of the model, have");
      values.set(pixels, (from + i) * size);
    });
    onRead(from + part.length);
  }
  return values;
}

/** Reads images out of a column of lists, so many at a time. */
function listReader(relation: Relation, { name, shape }: ImageChoice, skip: number, signal?: AbortSignal) {
  const column = relation.columns.find((one) => one.name === name);
  if (!column) throw new InputError(`read: column ${JSON.stringify(name)}: expected images, got no such column`);
  const size = entriesOf(shape);
  const stream = relation.database.stream(
    `SELECT ${flatList(column, shape)} FROM ${identifier(relation.name)}${skip > 0 ? ` OFFSET ${skip}` : ""}`,
    signal,
  );
  let [vector, at, row] = [null as DuckDBListVector | null, 0, skip];
  const refuse = async (): Promise<never> => {
    const [[got]] = await relation.database.run(
      `SELECT ${lengthText(column)} FROM ${identifier(relation.name)} LIMIT 1 OFFSET ${row}`,
    );
    throw new InputError(
      `read: column ${JSON.stringify(name)}: row ${row + 1}: expected an image of ${shapeText(shape)}, each number present and finite, got ${got}; mend the row, or leave it out with --where`,
    );
  };
  return {
    async next(rows: number): Promise<Float32Array> {
      const values = new Float32Array(rows * size);
      for (let i = 0; i < rows; i++, at++, row++) {
        if (vector === null || at === vector.itemCount) {
          const { value: chunk } = await stream.next();
          if (!chunk) throw new InputError("read: the input changed while it was read; read it again");
          [vector, at] = [chunk.getColumnVector(0) as DuckDBListVector, 0];
        }
        if (vector.getEntryLength(at) !== size || vector.getItemVector(at) === null) return refuse();
        const from = vector.getEntryOffset(at);
        const numbers = doubleItems(vector.childVector).subarray(from, from + size);
        if (!numbers.every(Number.isFinite) || !allPresent(vector.childVector, from, size)) return refuse();
        values.set(numbers, i * size);
      }
      return values;
    },
    close: async () => void (await stream.return(undefined)),
  };
}

/** Whether none of the entries of a vector is NULL. */
function allPresent(vector: DuckDBVector, from: number, size: number): boolean {
  const bits = validBits(vector);
  if (!bits) return true;
  for (let at = from; at < from + size; at++) if (!((bits[at >> 3] >> (at & 7)) & 1)) return false;
  return true;
}
