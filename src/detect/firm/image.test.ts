import { describe, expect, it } from "vitest";
import { overRows } from "../../graph/index.ts";
import { asConstants, inference, initialize, packing } from "../../nn/index.ts";
import { key, matrix, uniform } from "../../numeric/index.ts";
import { encoder, forScoring } from "./encoder.ts";
import { cropped, drawn, type Image, pixelAt, plainView, resized, standardized, turned } from "./image.ts";
import { asImages, imageParts } from "./image-encoder.ts";
import {
  askedFamilies,
  cutAndPasted,
  eachImage,
  imageFamilies,
  imageOutlier,
  scarred,
  scrambled,
  triedTurns,
} from "./image-outliers.ts";
import { blurred, jitter, randomView } from "./image-views.ts";

const shape = (height: number, width: number, channels: number) => ({ height, width, channels });
const noise = (height: number, width: number, channels: number, seed: number): Image => {
  const u = uniform(key(seed));
  return drawn(shape(height, width, channels), () => u());
};
const flat = (value: number) => drawn(shape(8, 8, 3), () => value);
const one = (...color: number[]) => drawn(shape(1, 1, 3), (_, __, c) => color[c]);
const near = (image: Image, expected: ArrayLike<number>, digits = 6) => {
  expect(image.pixels.length).toBe(expected.length);
  image.pixels.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i], digits);
  });
};

describe("the small encoder", () => {
  it.each([
    [28, 1, 355_296],
    [32, 3, 355_872],
  ])("%i × %i × C = %i: its parameters", (size, channels, expected) => {
    const parts = imageParts(shape(size, size, channels));
    expect(packing(encoder(parts, { normalization: "batch", momentum: 1 }).parameters).size).toBe(expected);
  });

  it("folded = unfolded, 28 × 28 × 1", async () => {
    const images = shape(28, 28, 1);
    const parts = imageParts(images);
    const network = encoder(parts, { normalization: "batch", momentum: 1 });
    const tree = { encoder: network.parameters };
    const first = initialize(tree, key(1));
    // Statistics, scales and offsets as training may leave them.
    const u = uniform(key(2));
    const packed = {
      trained: first.trained.map((w) => w + 0.01 * (u() - 0.5)),
      statistics: first.statistics.map((s) => s + u()),
    };
    const rows = matrix(
      3,
      784,
      Float64Array.from({ length: 3 * 784 }, () => u()),
    );
    const folded = forScoring(parts, "batch", tree, packed, "encoder");
    const values = asConstants(tree, packed, "float64").encoder;
    const [a, b] = await Promise.all([
      overRows((x) => folded(asImages(x, images)), rows, { workers: 0 }),
      overRows((x) => network.forward(values, asImages(x, images), inference), rows, { workers: 0 }),
    ]);
    expect(a.length).toBe(3 * 128);
    expect(a.some((h) => h > 0.01)).toBe(true);
    a.forEach((h, i) => {
      expect(Math.abs(h - b[i])).toBeLessThan(1e-5 * Math.max(1, h));
    });
  });
});

describe("geometry", () => {
  it("four quarter turns are none, two are a half turn, one goes counterclockwise", () => {
    const image = noise(5, 7, 3, 1);
    expect(turned(turned(turned(turned(image, 1), 1), 1), 1)).toEqual(image);
    expect(turned(turned(image, 1), 1)).toEqual(turned(image, 2));
    expect(turned(turned(image, 3), 1)).toEqual(image);
    expect([
      ...turned(
        drawn(shape(2, 2, 1), (y, x) => 2 * y + x),
        1,
      ).pixels,
    ]).toEqual([1, 3, 0, 2]);
  });
  it("the whole as a crop is the image; constants stay", () => {
    const image = noise(8, 8, 3, 2);
    expect(cropped(image, { top: 0, left: 0, side: 8 })).toEqual(image);
    near(cropped(flat(0.3), { top: 2, left: 1, side: 5 }), flat(0.3).pixels);
    near(plainView(flat(0.7)), flat(0.7).pixels);
  });
  it("bilinear between pixel centers: 2 → 4 gives ¼ and ¾, the border goes on", () => {
    const two = drawn(shape(1, 2, 1), (_, x) => x);
    near(resized(two, { top: 0, left: 0, height: 1, width: 2 }, { height: 1, width: 4 }), [0, 0.25, 0.75, 1]);
    const four = drawn(shape(1, 4, 1), (_, x) => x);
    near(resized(four, { top: 0, left: 1, height: 1, width: 2 }, { height: 1, width: 4 }), [1, 1.25, 1.75, 2]);
  });
  it("the plain view is the middle of a larger image: a ramp is 8/9 as steep at 32", () => {
    const ramp = drawn(shape(32, 32, 1), (_, x) => x / 32);
    const view = plainView(ramp);
    expect(pixelAt(view, 16, 17, 0) - pixelAt(view, 16, 16, 0)).toBeCloseTo(32 / 36 / 32, 6);
    expect(pixelAt(view, 16, 15, 0) + pixelAt(view, 16, 16, 0)).toBeCloseTo(31 / 32, 6);
  });
  it("standardized by channel", () => {
    near(standardized(one(0.5, 0.6, 0.9), [0.5, 0.5, 0.5], [0.1, 0.2, 0.4]), [0, 0.5, 1]);
  });
});

describe("jitter", () => {
  it("a factor of 1, or no turn of the hue, changes nothing", () => {
    const image = noise(6, 6, 3, 3);
    for (const kind of ["brightness", "contrast", "saturation"] as const) near(jitter(image, kind, 1), image.pixels);
    near(jitter(image, "hue", 0), image.pixels);
    near(jitter(jitter(image, "hue", 0.3), "hue", -0.3), image.pixels, 5);
  });
  it("brightness, contrast, saturation: by hand", () => {
    near(jitter(one(0.2, 0.5, 0.9), "brightness", 1.4), [0.28, 0.7, 1]);
    const gray = 0.299 * 0.2 + 0.587 * 0.5 + 0.114 * 0.9;
    near(
      jitter(one(0.2, 0.5, 0.9), "saturation", 0.6),
      [0.2, 0.5, 0.9].map((x) => 0.6 * x + 0.4 * gray),
    );
    const two = drawn(shape(1, 2, 1), (_, x) => (x === 0 ? 0.2 : 0.6));
    near(jitter(two, "contrast", 0.6), [0.6 * 0.2 + 0.16, 0.6 * 0.6 + 0.16]);
  });
  it("a third of the circle: red becomes green becomes blue; gray stays", () => {
    near(jitter(one(0.8, 0.1, 0.1), "hue", 1 / 3), [0.1, 0.8, 0.1]);
    near(jitter(one(0.1, 0.8, 0.1), "hue", 1 / 3), [0.1, 0.1, 0.8]);
    near(jitter(one(0.8, 0.1, 0.1), "hue", 1 / 6), [0.8, 0.8, 0.1]);
    near(jitter(one(0.4, 0.4, 0.4), "hue", 0.25), [0.4, 0.4, 0.4]);
  });
  it("blur: a point becomes the kernel, whose sum is 1; constants stay", () => {
    const point = drawn(shape(5, 5, 1), (y, x) => (y === 2 && x === 2 ? 1 : 0));
    const image = blurred(point, 1);
    const side = Math.exp(-0.5);
    expect(pixelAt(image, 2, 2, 0)).toBeCloseTo(1 / (1 + 2 * side) ** 2, 6);
    expect(pixelAt(image, 1, 2, 0)).toBeCloseTo(side / (1 + 2 * side) ** 2, 6);
    expect(image.pixels.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
    near(blurred(flat(0.4), 2), flat(0.4).pixels);
    // Mirrored without the border pixel: (0, 1, 0, …) at the left gives the first pixel twice its side.
    const edge = drawn(shape(1, 4, 1), (_, x) => (x === 1 ? 1 : 0));
    expect(pixelAt(blurred(edge, 1), 0, 0, 0)).toBeCloseTo((2 * side) / (1 + 2 * side), 6);
  });
  it("a view is a function of the key, within [0, 1], at the size of the image", () => {
    for (const channels of [1, 3]) {
      const image = noise(12, 12, channels, 4);
      const views = Array.from({ length: 20 }, (_, i) => randomView(image, { leastArea: 0.25 }, key(i)));
      expect(randomView(image, { leastArea: 0.25 }, key(3))).toEqual(views[3]);
      expect(views[3]).not.toEqual(views[4]);
      for (const { pixels, height } of views) {
        expect(height).toBe(12);
        expect(pixels.every((value) => value >= 0 && value <= 1)).toBe(true);
      }
    }
  });
});

describe("outliers", () => {
  const image = noise(8, 8, 1, 5);
  it("scramble moves cells and keeps every pixel", () => {
    const order = Array.from({ length: 16 }, (_, i) => (i + 5) % 16);
    const moved = scrambled(image, order);
    expect([...moved.pixels].sort()).toEqual([...image.pixels].sort());
    expect(pixelAt(moved, 0, 1, 0)).toBe(pixelAt(image, 2, 3, 0)); // cell 0 holds cell 5
    expect(
      scrambled(
        image,
        Array.from({ length: 16 }, (_, i) => i),
      ),
    ).toEqual(image);
  });
  it("cut-paste changes one rectangle, to pixels of the image", () => {
    const large = noise(28, 28, 1, 6);
    for (let seed = 0; seed < 20; seed++) {
      const pasted = cutAndPasted(large, uniform(key(seed)));
      const changed = pasted.pixels.reduce((n, value, i) => n + (value === large.pixels[i] ? 0 : 1), 0);
      expect(changed).toBeGreaterThan(0);
      expect(changed).toBeLessThan(0.2 * 784);
      expect(pasted.pixels.every((value) => large.pixels.includes(value))).toBe(true);
    }
  });
  it("a scar of a picture that lies straight is a strip of 2 to 16 by 10 to 25, slanted by at most 45°", () => {
    const ramp = drawn(shape(40, 40, 1), (y) => y / 64);
    const angles = new Set<number>();
    for (let seed = 0; seed < 40; seed++) {
      const { pixels } = scarred(ramp, uniform(key(seed)));
      const changed = [...pixels.keys()].filter((i) => pixels[i] !== ramp.pixels[i]);
      // Of the strip a row at most stays what it was.
      expect(changed.length).toBeLessThanOrEqual(16 * 25 + 60);
      const across = changed.map((i) => i % 40);
      const down = changed.map((i) => Math.floor(i / 40));
      const [wide, high] = [across, down].map((at) => (at.length > 0 ? Math.max(...at) - Math.min(...at) + 1 : 0));
      expect(Math.hypot(wide, high)).toBeLessThan(2 + Math.SQRT2 * Math.hypot(16, 25));
      angles.add(wide);
    }
    expect(angles.size).toBeGreaterThan(8);
    const small = noise(6, 6, 3, 9);
    for (let seed = 0; seed < 10; seed++) {
      const { pixels } = scarred(small, uniform(key(seed)));
      expect(pixels.length).toBe(small.pixels.length);
      expect(pixels.every((value) => small.pixels.includes(value))).toBe(true);
    }
  });
  it("a scar without a slant moves a rectangle", () => {
    const large = noise(30, 30, 1, 10);
    // width, height, angle; from (0, 0) to the last place down and right
    const draws = [0, 0, 0.5, 0, 0, 0.999, 0.999];
    const moved = scarred(large, () => draws.shift()!);
    for (let y = 0; y < 30; y++)
      for (let x = 0; x < 30; x++) {
        const inside = y >= 20 && x >= 28;
        expect(pixelAt(moved, y, x, 0)).toBe(pixelAt(large, inside ? y - 20 : y, inside ? x - 28 : x, 0));
      }
  });
  it("generators by name, of textures, or chosen by the images; other names and impossible turns are refused", () => {
    const square = shape(8, 8, 1);
    expect(askedFamilies("turns", square)).toBe(null);
    expect(askedFamilies("texture", square)).toEqual(["cut-paste", "scar", "scramble"]);
    expect(askedFamilies("scar, turned-90", square)).toEqual(["turned-90", "scar"]);
    for (const wrong of ["scars", "", "turns,scar", "scar,scar"])
      expect(() => askedFamilies(wrong, square)).toThrow(
        /^firm: imageOutliers: expected turns, texture, or some of turned-90, .*, each once, got ".*"; pass them as "cut-paste,scar"$/,
      );
    expect(() => askedFamilies("turned-90,scar", shape(8, 9, 1))).toThrow(
      /expected no quarter turns of images of 8 × 9/,
    );
    expect(askedFamilies("turned-180", shape(8, 9, 1))).toEqual(["turned-180"]);
  });
  it("mixup is the mean of two; turns are turns", () => {
    const other = noise(8, 8, 1, 7);
    near(
      imageOutlier("mixup", image, other, key(1)),
      image.pixels.map((x, i) => (x + other.pixels[i]) / 2),
    );
    expect(imageOutlier("turned-270", image, other, key(1))).toEqual(turned(image, 3));
  });
  it("three generators: accepted turns, then scramble, cut-paste, mixup", () => {
    const tried = (...accepted: boolean[]) =>
      accepted.map((one, i) => ({
        family: (["turned-90", "turned-180", "turned-270"] as const)[i],
        auroc: 0,
        accepted: one,
      }));
    expect(imageFamilies(tried(true, true, true))).toEqual(["turned-90", "turned-180", "turned-270"]);
    expect(imageFamilies(tried(true, false, true))).toEqual(["turned-90", "turned-270", "scramble"]);
    expect(imageFamilies(tried(false, false, false))).toEqual(["scramble", "cut-paste", "mixup"]);
  });
  it("a bar that stays a bar upside down is no outlier there; on its side it is. A corner is one each way", async () => {
    const u = uniform(key(8));
    const pictures = (pixel: (y: number, x: number) => number, n: number) =>
      eachImage(matrix(n, 64), shape(8, 8, 1), () => drawn(shape(8, 8, 1), (y, x) => pixel(y, x) + 0.2 * u()));
    const bar = (_: number, x: number) => (x === 3 || x === 4 ? 1 : 0);
    const corner = (y: number, x: number) => (x === 1 || y === 6 ? 1 : 0);
    const accepted = async (pixel: typeof bar) =>
      (await triedTurns(pictures(pixel, 30), pictures(pixel, 60), shape(8, 8, 1))).map((turn) => turn.accepted);
    expect(await accepted(bar)).toEqual([true, false, true]);
    expect(await accepted(corner)).toEqual([true, true, true]);
  });
});
