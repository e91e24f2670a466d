import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSource } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "unseen-images-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (...path: string[]) => join(folder, ...path);

/** A picture whose value at (y, x, c) is what a function says. */
async function draw(
  path: string,
  [height, width, channels]: readonly [number, number, 1 | 3],
  value: (y: number, x: number, c: number) => number,
) {
  mkdirSync(dirname(path), { recursive: true });
  const pixels = Buffer.alloc(height * width * channels);
  for (let i = 0; i < pixels.length; i++)
    pixels[i] = value(Math.floor(i / (width * channels)), Math.floor(i / channels) % width, i % channels);
  const image = sharp(pixels, { raw: { height, width, channels } }).toColourspace(channels === 1 ? "b-w" : "srgb");
  await (path.endsWith(".png") ? image.png() : image.jpeg({ quality: 100 })).toFile(path);
}

const failure = (work: Promise<unknown>) =>
  work.then(
    () => "no error",
    (error: Error) => `${error.name} ${error.message.replaceAll(folder, "")}`,
  );

/** All images of an input, and the columns read beside them. */
async function imagesOf(input: string, column: string | null, size?: string, rows = 3, beside: readonly string[] = []) {
  using source = await openSource(input);
  const choice = await source.chooseImages(column, size);
  const selection = beside.map((name) => ({ name, as: "text" as const }));
  const values: number[] = [];
  const texts: unknown[] = [];
  for await (const table of source.chunks(selection, { rows, images: choice })) {
    values.push(...table.images!.values);
    texts.push(...(table.columns[0]?.values ?? []));
  }
  const whole = await source.read(selection, { images: choice });
  expect([...whole.images!.values]).toEqual(values);
  return { choice, values, texts, description: source.description };
}

describe("a folder", () => {
  beforeAll(async () => {
    for (let i = 0; i < 7; i++) await draw(at("gray", `${i}.png`), [4, 5, 1], (y, x) => 20 * y + x + 100 * (i % 2));
    await draw(at("color", "b", "2.png"), [2, 3, 3], (y, x, c) => 100 * y + 10 * x + c);
    await draw(at("color", "a", "1.PNG".toLowerCase()), [2, 3, 3], () => 9);
    writeFileSync(at("color", "notes.txt"), "no image");
    writeFileSync(at("color", ".hidden.png"), "no image");
    await draw(at("mixed", "1.png"), [4, 4, 1], () => 1);
    await draw(at("mixed", "2.png"), [4, 6, 1], () => 1);
    await draw(at("kinds", "1.png"), [4, 4, 1], () => 1);
    await draw(at("kinds", "2.png"), [4, 4, 3], () => 1);
    await draw(at("broken", "1.png"), [4, 4, 1], () => 1);
    writeFileSync(at("broken", "2.png"), "not a picture");
    await draw(at("photo", "1.jpg"), [8, 8, 3], (_, __, c) => 50 * c);
    mkdirSync(at("empty"));
  });

  it("gray, in chunks as in whole, by name", async () => {
    const { choice, values, texts, description } = await imagesOf(at("gray"), null, undefined, 3, ["file"]);
    expect(choice).toEqual({ name: "image", shape: { height: 4, width: 5, channels: 1 }, resized: false });
    expect(texts).toEqual(["0.png", "1.png", "2.png", "3.png", "4.png", "5.png", "6.png"]);
    expect(values.slice(0, 7)).toEqual([0, 1, 2, 3, 4, 20, 21]);
    expect(values.slice(20, 22)).toEqual([100, 101]);
    expect(description).toBe(`${at("gray")} (7 images)`);
  });
  it("color, folders in it say which, hidden files and others are passed over", async () => {
    const { choice, values, texts } = await imagesOf(at("color"), null, undefined, 1, ["folder"]);
    expect(choice.shape).toEqual({ height: 2, width: 3, channels: 3 });
    expect(texts).toEqual(["a", "b"]);
    expect(values.slice(18)).toEqual([0, 1, 2, 10, 11, 12, 20, 21, 22, 100, 101, 102, 110, 111, 112, 120, 121, 122]);
  });
  it("JPEG, to its loss", async () => {
    const { values } = await imagesOf(at("photo"), null);
    for (let c = 0; c < 3; c++) expect(Math.abs(values[c] - 50 * c)).toBeLessThan(4);
  });
  it("brought to one size where one is asked for", async () => {
    const { choice, values } = await imagesOf(at("mixed"), null, "3x2");
    expect(choice).toEqual({ name: "image", shape: { height: 3, width: 2, channels: 1 }, resized: true });
    expect(values).toEqual(new Array(12).fill(1));
  });
  it("--where and places", async () => {
    using source = await openSource(at("gray"), { where: "file >= '3'" });
    const choice = await source.chooseImages(null);
    expect(await source.countRows()).toBe(4);
    const { values } = await source.imagesAt(choice, [2, 0]);
    expect([values[0], values[20]]).toEqual([100, 100]);
  });
  it.each([
    [
      "mixed",
      undefined,
      /^InputError read: \/mixed\/2\.png: expected 4 × 4 pixels, gray, as the other images, or those of the model, have, got 4 × 6/,
    ],
    [
      "kinds",
      undefined,
      /\/kinds\/2\.png: expected 4 × 4 pixels, gray,.* got 4 × 4 pixels, color; save all images in gray/,
    ],
    ["broken", undefined, /^InputError read: \/broken\/2\.png: expected a whole PNG or JPEG image/],
    ["empty", undefined, /^InputError read: \/empty: expected a file, got a folder/],
    ["gray", "28", /--image-size: expected height and width as 28x28, .* got "28"/],
    ["gray", "5000x5000", /expected images of at most 1000000 numbers.*--image-size/],
    ["gray", "4x4x3", /--image-size: expected 1 channel, or none said/],
  ])("refuses: %s %s", async (name, size, expected) => {
    expect(await failure(imagesOf(at(name), null, size))).toMatch(expected);
  });
});

describe("a column of lists", () => {
  const parquet = async (name: string, sql: string) => {
    const { DuckDBInstance } = await import("@duckdb/node-api");
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    await connection.run(`COPY (${sql}) TO '${at(name)}' (FORMAT parquet)`);
    connection.closeSync();
    return at(name);
  };
  it.each([
    [
      "flat",
      "SELECT range AS id, [range, 1, 2, 3]::UTINYINT[] AS x FROM range(5)",
      { height: 2, width: 2, channels: 1 },
    ],
    ["floats", "SELECT [range, 1, 2, 3]::FLOAT[4] AS x FROM range(5)", { height: 2, width: 2, channels: 1 }],
    [
      "rows of pixels",
      "SELECT [[range, 1], [2, 3]]::DOUBLE[][] AS x FROM range(5)",
      { height: 2, width: 2, channels: 1 },
    ],
    [
      "rows of pixels of channels",
      "SELECT [[[range, 1, 2]], [[3, 4, 5]]]::SMALLINT[][][] AS x FROM range(5)",
      { height: 2, width: 1, channels: 3 },
    ],
  ])("%s", async (name, sql, shape) => {
    const { choice, values } = await imagesOf(await parquet(`${name}.parquet`, sql), "x", undefined, 2);
    expect(choice).toEqual({ name: "x", shape, resized: false });
    const size = shape.height * shape.width * shape.channels;
    expect(values.length).toBe(5 * size);
    expect(values.filter((_, i) => i % size === 0)).toEqual([0, 1, 2, 3, 4]);
    expect(values.slice(1, size)).toEqual(Array.from({ length: size - 1 }, (_, i) => i + 1));
  });
  it("a size lays out flat lists that are not square", async () => {
    const path = await parquet("wide.parquet", "SELECT [1, 2, 3, 4, 5, 6] AS x FROM range(3)");
    expect((await imagesOf(path, "x", "2x3")).choice.shape).toEqual({ height: 2, width: 3, channels: 1 });
    expect(await failure(imagesOf(path, "x"))).toMatch(
      /square images, in gray or color, got 6 numbers; pass --image-size/,
    );
    expect(await failure(imagesOf(path, "x", "2x2"))).toMatch(/expected lists of 4 numbers.*got 6/);
  });
  it.each([
    [
      "another length",
      "CASE WHEN range = 2 THEN [1] ELSE [1, 2, 3, 4] END",
      /row 3: expected an image of 2 × 2 pixels, gray, .*got 1 entries/,
    ],
    ["no list", "CASE WHEN range = 1 THEN NULL ELSE [1, 2, 3, 4] END", /row 2: .*got no list/],
    [
      "a missing number",
      "CASE WHEN range = 3 THEN [1, NULL, 3, 4] ELSE [1, 2, 3, 4] END",
      /row 4: .*each number present and finite/,
    ],
    [
      "infinity",
      "CASE WHEN range = 3 THEN [1, 'inf'::DOUBLE, 3, 4] ELSE [1, 2, 3, 4] END",
      /row 4: .*each number present and finite/,
    ],
    [
      "a ragged list",
      "CASE WHEN range = 3 THEN [[1, 2, 3], [4]] ELSE [[1, 2], [3, 4]] END",
      /row 4: expected an image of 2 × 2/,
    ],
    ["texts", "['a', 'b']", /expected lists of numbers, one a row, to be images, got VARCHAR\[\]/],
    ["two channels", "[[[1, 2]]]", /expected 1 channel \(gray\) or 3 \(color\), in the last place, got 2/],
  ])("refuses: %s", async (name, sql, expected) => {
    const path = await parquet(`bad ${name}.parquet`, `SELECT ${sql} AS x FROM range(5)`);
    expect(await failure(imagesOf(path, "x"))).toMatch(expected);
  });
});
