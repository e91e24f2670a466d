import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { InputError, Interrupted } from "../../errors/index.ts";
import { overRows, type Tensor } from "../../graph/index.ts";
import { auroc, type ImageShape, type Key, key, type Matrix, matrix, takeRows, uniform } from "../../numeric/index.ts";
import { tailFunction } from "../auto/tail.ts";
import { firm } from "../firm.ts";
import { scoreRows } from "../score-rows.ts";
import { ensembleCrops } from "./ensemble-crops.ts";
import { cropped, drawn, plainView, standardized, turned } from "./image.ts";
import { type ImageMix, imageBatches, madeImages } from "./image-batches.ts";
import { eachImage } from "./image-outliers.ts";
import { randomView } from "./image-views.ts";
import { learnImages } from "./learn-images.ts";
import { options } from "./options.ts";
import { pixelDistance, pixelReference } from "./pixel-distance.ts";
import { seenImages } from "./seen-images.ts";
import { turnedRows } from "./turned-rows.ts";
import { viewRaster } from "./view-raster.ts";
import { setApart } from "./watch.ts";

const noise = (shape: ImageShape, n: number, seed: number) => {
  const u = uniform(key(seed));
  return eachImage(matrix(n, shape.height * shape.width * shape.channels), shape, () => drawn(shape, () => u()));
};
const pixelsOf = ({ columns, values }: Matrix, row: number) =>
  Float32Array.from(values.subarray(row * columns, (row + 1) * columns));
const near = (got: ArrayLike<number>, expected: ArrayLike<number>, most: number) => {
  expect(got.length).toBe(expected.length);
  for (let i = 0; i < got.length; i++) expect(Math.abs(got[i] - expected[i])).toBeLessThan(most);
};

describe.each([
  { height: 12, width: 9, channels: 1 },
  { height: 7, width: 7, channels: 3 },
  { height: 1, width: 5, channels: 3 },
])("images of $height × $width × $channels", (shape) => {
  const rows = noise(shape, 6, 1);
  it("fast views = the views by their definition", () => {
    const raster = viewRaster(shape, { leastArea: 0.25 });
    const out = new Float32Array(rows.columns);
    for (let i = 0; i < 40; i++) {
      const pixels = pixelsOf(rows, i % 6);
      raster.draw(pixels, key(i), out);
      near(out, randomView({ ...shape, pixels }, { leastArea: 0.25 }, key(i)).pixels, 2e-6);
    }
  });
  it("the plain view in the graph = the plain view, standardized by channels of the training images", async () => {
    const seen = seenImages(rows, shape);
    const got = matrix(6, rows.columns, await overRows((x) => seen.plain(x), rows, { workers: 0 }));
    const channel = (c: number) => Array.from(rows.values).filter((_, i) => i % shape.channels === c);
    const means = Array.from({ length: shape.channels }, (_, c) => mean(channel(c)));
    const deviations = means.map((m, c) => Math.sqrt(mean(channel(c).map((x) => (x - m) ** 2))));
    for (let i = 0; i < 6; i++) {
      const image = { ...shape, pixels: pixelsOf(rows, i) };
      near(pixelsOf(got, i), standardized(plainView(image), means, deviations).pixels, 1e-5);
      const crop = { top: 0, left: Math.floor(i / 4), side: Math.max(1, Math.min(shape.height, shape.width) - 1) };
      const part = matrix(6, rows.columns, await overRows((x) => seen.plain(x, crop), rows, { workers: 0 }));
      near(pixelsOf(part, i), standardized(cropped(plainView(image), crop), means, deviations).pixels, 1e-5);
      const own = image.pixels.slice();
      seen.standardize(own);
      near(own, standardized(image, means, deviations).pixels, 1e-5);
    }
  });
});

it("crops of an ensemble: ten squares within the image, of .55 of the area at least, as wide as it at most", () => {
  for (const shape of [
    { height: 28, width: 28, channels: 1 },
    { height: 9, width: 30, channels: 3 },
  ]) {
    const { height, width } = shape;
    const crops = ensembleCrops(shape, key(1));
    expect(crops).toEqual(ensembleCrops(shape, key(1)));
    expect(new Set(crops.map((crop) => JSON.stringify(crop))).size).toBeGreaterThan(height === 28 ? 7 : 3);
    for (const { top, left, side } of crops) {
      expect(Math.min(top, left, height - top - side, width - left - side)).toBeGreaterThanOrEqual(0);
      expect(side).toBeGreaterThanOrEqual(Math.min(height, Math.round(Math.sqrt(0.55 * height * width))));
    }
  }
});

it("turned rows in the graph = turned images", async () => {
  const shape = { height: 5, width: 5, channels: 3 };
  const rows = noise(shape, 3, 2);
  for (const quarters of [0, 1, 2, 3]) {
    const got = await overRows(turnedRows(shape, quarters), rows, { workers: 0 });
    expect(got).toEqual(eachImage(rows, shape, (image) => turned(image, quarters)).values);
  }
});

const shape = { height: 8, width: 8, channels: 1 };
/** A corner, its strokes thick or thin, at one of four places: each way round it looks another. */
const corners = (n: number, seed: number) => {
  const u = uniform(key(seed));
  return eachImage(matrix(n, 64), shape, () => {
    const [x0, y0, light] = [1 + Math.floor(2 * u()), 5 + Math.floor(2 * u()), 0.6 + 0.4 * u()];
    return drawn(shape, (y, x) => Math.min(1, (x === x0 || y === y0 ? light : 0) + 0.1 * u()));
  });
};
const mixOf = (normal: Matrix): ImageMix => ({
  normal,
  shape,
  seen: seenImages(normal, shape),
  families: ["turned-90", "turned-180", "mixup"],
  normals: 4,
  outliers: 6,
  leastCrop: 0.7,
});

describe("batches", () => {
  const made = async (steps: number, seed: Key) => {
    const batches = imageBatches(mixOf(corners(20, 3)), false, steps, seed);
    const x = batches.data.x.data as Float32Array;
    const before = x.slice();
    await batches.renew.fill(0);
    const first = x.slice();
    if (steps > 10) await batches.renew.fill(1);
    return { batches, before, first, second: x.slice() };
  };
  it("two views of each sample, normal ones first, families in equal parts; each block others; equal keys, equal views", async () => {
    const { batches, first, second } = await made(20, key(1));
    expect(batches.data.family.data.slice(0, 10)).toEqual(Float32Array.of(0, 0, 0, 0, 1, 2, 3, 1, 2, 3));
    expect(batches.data.family.data.slice(10, 20)).toEqual(batches.data.family.data.slice(0, 10));
    expect([...batches.batches(0, 0, key(0))(12)]).toEqual(Array.from({ length: 20 }, (_, i) => BigInt(20 + i)));
    expect(first).not.toEqual(second);
    expect((await made(20, key(1))).second).toEqual(second);
    expect((await made(20, key(2))).second).not.toEqual(second);
    // The views of a sample differ.
    expect(first.slice(0, 64)).not.toEqual(first.slice(640, 704));
  });
  it("a checkpoint knows the images: the data differ before the first step where they do", async () => {
    const { before } = await made(5, key(1));
    expect(before.some((value) => value !== 0)).toBe(true);
    near(imageBatches(mixOf(corners(20, 4)), false, 5, key(1)).data.x.data as Float32Array, before, 2);
    expect(imageBatches(mixOf(corners(20, 4)), false, 5, key(1)).data.x.data).not.toEqual(before);
  });
});

describe("a fit", () => {
  const given = options.parse({ imageSteps: 40, imageBatch: 32, score: "cos-k" });
  const train = corners(120, 5);
  const test = corners(60, 6);
  const odd = madeImages({ ...mixOf(corners(60, 7)), families: ["turned-90", "turned-180"] }, 60, key(8));
  const told = async (score: Awaited<ReturnType<typeof learnImages>>, name: Parameters<typeof score.scoreBy>[0]) => {
    const fitted = { score: await score.scoreBy(name, 5), chunk: score.chunk, rowsUsed: 0, notes: [] };
    const [a, b] = [await scoreRows(fitted, test, { workers: 0 }), await scoreRows(fitted, odd, { workers: 0 })];
    expect([...a, ...b].every(Number.isFinite)).toBe(true);
    return auroc(
      Uint8Array.from({ length: 120 }, (_, i) => (i < 60 ? 0 : 1)),
      Float64Array.from([...a, ...b]),
    );
  };
  it("tells images turned otherwise, by every score; the notes say which turns made outliers", async () => {
    const learned = await learnImages(train, shape, given, { key: key(1), workers: 0 });
    for (const name of ["cos-k", "l2-k", "fused", "view-averaged", "view-ensemble", "mahalanobis"] as const)
      expect(await told(learned, name)).toBeGreaterThan(0.9);
    expect(learned.notes.join("\n")).toMatch(/outliers made of images: turned-90, turned-180, turned-270/);
    expect(learned.health.watch).toBeGreaterThan(0.9);
  });
  it("fused is the Mahalanobis distance and that in pixels together, on tail scales among watch images", async () => {
    const context = { key: key(1), workers: 0 };
    const learned = await learnImages(train, shape, { ...given, score: "fused" }, context);
    expect(learned.alarmed).toEqual([]);
    const { training, watch } = setApart(train, key(1).for("watch"));
    const reference = pixelReference(training, given.maxRows, key(1).for("rows"));
    const pixels = await pixelDistance(reference, watch, 64, context);
    const of = async (score: (x: Tensor) => Tensor, rows: Matrix) => overRows(score, rows, { workers: 0, chunk: 64 });
    const unlike = await learned.scoreBy("mahalanobis", 5);
    const g = tailFunction(await of(unlike, watch!));
    const [near, far] = [await of(pixels, test), await of(unlike, test)];
    (await of(await learned.scoreBy("fused", 5), test)).forEach((score, i) => {
      expect(score).toBeCloseTo(g(far[i]) + near[i], 6);
    });
  });
  it("equal keys, equal scores to the bit; a row's score does not depend on the others", async () => {
    const fit = (seed: number) =>
      firm.fit(train, { ...given, imageSteps: 5 }, { key: key(seed), images: shape, workers: 0 });
    const [a, b, c] = [await fit(1), await fit(1), await fit(2)];
    const whole = await scoreRows(a, test, { workers: 0 });
    expect(await scoreRows(b, test, { workers: 0 })).toEqual(whole);
    expect(await scoreRows(c, test, { workers: 0 })).not.toEqual(whole);
    const [alone] = await scoreRows(a, takeRows(test, [7]), { workers: 0 });
    expect(Math.abs(alone - whole[7])).toBeLessThan(1e-9);
  });
  it("interrupted and resumed, the same scores to the bit, over blocks of views; not from other images", async () => {
    const folder = mkdtempSync(join(tmpdir(), "unseen-firm-images-"));
    const checkpoint = join(folder, "run");
    const stop = new AbortController();
    const onProgress = ({ stage, done }: { stage: string; done: number }) => {
      if (stage === "train" && done > 12) stop.abort();
    };
    const few = { ...given, imageSteps: 25, imageBatch: 16 };
    const fit = (rows: Matrix, more: object = {}) =>
      firm.fit(rows, few, { key: key(1), images: shape, workers: 0, ...more });
    await expect(fit(train, { checkpoint, onProgress, signal: stop.signal })).rejects.toThrow(Interrupted);
    await expect(fit(corners(120, 9), { checkpoint })).rejects.toThrow(InputError);
    const resumed = await fit(train, { checkpoint });
    expect(await scoreRows(resumed, test, { workers: 0 })).toEqual(
      await scoreRows(await fit(train), test, { workers: 0 }),
    );
    rmSync(folder, { recursive: true });
  });
  it("few images, not square: no turns, scales left out one by one", async () => {
    const flat = { height: 4, width: 16, channels: 1 };
    const learned = await learnImages(
      takeRows(train, [...Array(30).keys()]),
      flat,
      { ...given, imageSteps: 0 },
      { key: key(1), workers: 0 },
    );
    expect(learned.alarmed).toEqual([]);
    expect(learned.notes.join("\n")).toMatch(/scramble, cut-paste, mixup; too few images to try turns/);
    expect(
      (
        await scoreRows({ score: await learned.scoreBy("fused", 5), chunk: 64, rowsUsed: 0, notes: [] }, test, {
          workers: 0,
        })
      ).every(Number.isFinite),
    ).toBe(true);
    const texture = { ...given, imageSteps: 0, imageOutliers: "texture" };
    const asked = await learnImages(train, flat, texture, { key: key(1), workers: 0 });
    expect(asked.notes.join("\n")).toMatch(/outliers made of images, as asked: cut-paste, scar, scramble/);
    const more = await learnImages(train, flat, { ...given, imageSteps: 0 }, { key: key(1), workers: 0 });
    expect(more.notes.join("\n")).toMatch(/turned-90 \(images are not square\)/);
  });
});

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
