import { expect, it } from "vitest";
import { constantValue, identity, overRows, type Tensor } from "../../graph/index.ts";
import { key, type Matrix, matrix, uniform } from "../../numeric/index.ts";
import { fitTail } from "../auto/tail.ts";
import { heldImages, pixelDistance } from "./pixel-distance.ts";
import { featureScore } from "./scores.ts";
import { nearestTo, valuesOf } from "./watch.ts";

const context = { key: key(1), workers: 0 };
const drawn = (rows: number, columns: number, seed: number, pixel: (u: number) => number) => {
  const u = uniform(key(seed));
  return matrix(
    rows,
    columns,
    Float64Array.from({ length: rows * columns }, () => pixel(u())),
  );
};
const bytes = (u: number) => Math.fround(Math.floor(256 * u)) / 255;

it.each([
  ["bytes", bytes, "float32"],
  ["fractions of bytes", (u: number) => Math.fround(255 * u) / 255, "float32"],
  ["numbers of single precision from 0 to 1", Math.fround, "float32"],
  ["others, which stay in double precision", (u: number) => u, "float64"],
] as const)("images are held to the bit: %s", async (_, pixel, dtype) => {
  const images = drawn(40, 30, 2, pixel);
  const held = heldImages(images);
  const found = await overRows(() => identity(held), matrix(40, 1), { workers: 0, chunk: 40 });
  expect(found).toEqual(images.values);
  let leaf = held;
  while (leaf.inputs.length > 0) leaf = leaf.inputs[0];
  expect(constantValue(leaf)!.dtype).toBe(dtype);
});

it("both distances = those to images in double precision, a black image and twins among them", async () => {
  const reference = drawn(200, 48, 3, bytes);
  reference.values.fill(0, 0, 48);
  const watch = drawn(50, 48, 4, bytes);
  const score = await pixelDistance(reference, watch, 64, context);
  const x = drawn(60, 48, 5, (u) => u * u);
  x.values.set(reference.values.subarray(0, 4 * 48));
  const [nearest, cosine] = [nearestTo(reference, "double"), featureScore("cos-k", reference, 1)];
  const of = async (one: (x: Tensor) => Tensor, rows: Matrix) => (await valuesOf(one, rows, context, 64)).values;
  const [g2, g3] = [fitTail(await of(nearest, watch)), fitTail(await of(cosine, watch))];
  const [a, b] = [await of((rows) => g2(nearest(rows)), x), await of((rows) => g3(cosine(rows)), x)];
  const found = await of(score, x);
  for (let i = 0; i < 60; i++) expect(Math.abs(found[i] - Math.max(a[i], b[i]))).toBeLessThan(1e-9);
});
