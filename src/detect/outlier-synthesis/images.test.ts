import { describe, expect, it } from "vitest";
import { InputError } from "../../errors/index.ts";
import { decode, encode, evaluate, input, mapRows, ndArray, overRows } from "../../graph/index.ts";
import { asConstants, inference, initialize, packing } from "../../nn/index.ts";
import { auroc, type ImageShape, key, type Matrix, matrix, takeRows, uniform } from "../../numeric/index.ts";
import { parseOptions } from "../../options/index.ts";
import { outlierSynthesis } from "../outlier-synthesis.ts";
import { scoreRows } from "../score-rows.ts";
import { howToDescribeImages, imageAutoencoders } from "./image-autoencoders.ts";
import { learn } from "./learn.ts";
import type { Options } from "./options.ts";
import { SCORES, type ScoreName } from "./scores.ts";

const shapeOf = (height: number, width: number, channels: number): ImageShape => ({ height, width, channels });
const shape = shapeOf(12, 12, 1);

/** Images whose pixel (y, x) is what a function of the place and of one draw an image says, and noise. */
function pictures(count: number, seed: number, pixel: (y: number, x: number, u: number, v: number) => number): Matrix {
  const draw = uniform(key(seed));
  const out = matrix(count, 144);
  for (let i = 0; i < count; i++) {
    const [u, v] = [draw(), draw()];
    for (let at = 0; at < 144; at++) {
      const value = pixel(Math.floor(at / 12), at % 12, u, v);
      out.values[144 * i + at] = Math.min(1, 0.9 * value + 0.1 * draw());
    }
  }
  return out;
}
/** A spot somewhere near the middle, and bars of the same brightness. */
const blobs = (count: number, seed: number) =>
  pictures(count, seed, (y, x, u, v) => Math.exp(-((y - 3.5 - 4 * u) ** 2 + (x - 3.5 - 4 * v) ** 2) / 8));
const stripes = (count: number, seed: number) =>
  pictures(count, seed, (y, _, u) => ((y + Math.floor(4 * u)) % 4 === 0 ? 0.7 : 0));

const quick = { imageSteps: 60, latentSteps: 60, classifierSteps: 100, pool: 6000, members: 1 };
const optionsOf = (given: Record<string, unknown> = {}) =>
  parseOptions("outlier-synthesis", outlierSynthesis.options, { ...quick, ...given }) as Options;
const context = (seed: number, images = shape) => ({ key: key(seed), images, workers: 0 });
const scored = async (learned: Awaited<ReturnType<typeof learn>>, name: ScoreName, rows: Matrix) =>
  scoreRows({ ...learned, score: await learned.scoreBy(name) }, rows, { workers: 0 });

describe("autoencoders of images", () => {
  it.each([
    [28, 1, [211_905, 111_521], [160, 4640, 100_416, 101_920, 4624, 145]],
    [32, 3, [274_403, 143_299], [448, 4640, 131_136, 133_120, 4624, 435]],
  ])("side %i, C = %i: parameters of k = 64 and 32", (side, channels, expected, layers) => {
    const networks = imageAutoencoders(shapeOf(side, side, channels));
    const sizes = networks.map(({ encode, decode }) => {
      return packing(encode.parameters).size + packing(decode.parameters).size;
    });
    expect(sizes).toEqual(expected);
    expect(networks.map(({ code, noise }) => [code, noise])).toEqual([
      [64, 0],
      [32, 0.2],
    ]);
    // Weights and offsets of the six layers of the first.
    const [{ encode, decode }] = networks;
    const parts = [encode, decode].flatMap(({ parameters }) =>
      packing(parameters).trained.map(({ from, to }) => to - from),
    );
    expect(layers.map((_, i) => parts[2 * i] + parts[2 * i + 1])).toEqual(layers);
  });

  it("128 images a step up to 64 × 64 pixels, fewer of larger ones; 150,000 pixels a call", () => {
    const of = (side: number) => howToDescribeImages(shapeOf(side, side, 3));
    expect([28, 64, 128, 500].map((side) => of(side).batch)).toEqual([128, 128, 32, 16]);
    expect([28, 64, 500].map((side) => of(side).chunk)).toEqual([191, 36, 1]);
  });

  it.each([shapeOf(12, 12, 1), shapeOf(10, 7, 3), shapeOf(1, 2, 1)])(
    "$height × $width × $channels → 64 → $height × $width × $channels, within (0, 1)",
    async (images) => {
      const size = images.height * images.width * images.channels;
      const [{ encode, decode }] = imageAutoencoders(images);
      const tree = { encode: encode.parameters, decode: decode.parameters };
      const values = asConstants(tree, initialize(tree, key(1)), "float64");
      const u = uniform(key(2));
      const rows = matrix(3, size, new Float64Array(3 * size).map(u));
      const x = input("x", "float64", ["rows", size]);
      const code = encode.forward(values.encode, x, inference);
      expect(code.shape).toEqual(["rows", 64]);
      const out = decode.forward(values.decode, code, inference);
      expect(out.shape).toEqual(["rows", size]);
      const found = evaluate({ out }, { x: ndArray("float64", [3, size], rows.values) }).out.data as Float64Array;
      expect(found.every((value) => value > 0 && value < 1)).toBe(true);
      const fast = await overRows(
        (x) => decode.forward(values.decode, encode.forward(values.encode, x, inference), inference),
        rows,
      );
      fast.forEach((value, i) => {
        expect(value).toBeCloseTo(found[i], 10);
      });
    },
  );
});

describe("a fit on images", () => {
  const [train, test, odd] = [blobs(150, 1), blobs(60, 2), stripes(60, 3)];
  const truth = Uint8Array.from({ length: 120 }, (_, i) => (i < 60 ? 0 : 1));

  it("tells stripes from spots by every score of one learning, also from the file of its graph", async () => {
    const learned = await learn(train, optionsOf(), context(1));
    for (const name of SCORES) {
      const scores = [...(await scored(learned, name, test)), ...(await scored(learned, name, odd))];
      expect(scores.every(Number.isFinite)).toBe(true);
      expect([name, auroc(truth, scores) > 0.9]).toEqual([name, true]);
    }
    const notes = learned.notes.join("\n");
    expect(notes).toMatch(
      /made rows that lie outside normal ones: outskirts [\d.]+ %, subspace [\d.]+ %, extrapolate [\d.]+ %/,
    );
    expect(notes).toContain("outliers were made among the features of images, not as images");
    expect(notes).not.toContain("standard deviations out");
    const score = await learned.scoreBy("fused");
    const x = input("x", "float64", ["rows", 144]);
    const { outputs } = decode(encode({ score: score(x) }));
    const feeds = { x: ndArray("float64", [60, 144], odd.values) };
    const again = await mapRows(encode({ score: outputs["score"] }), 60, feeds, { chunk: 60, workers: 0 });
    expect(again["score"].data).toEqual(await scored(learned, "fused", odd));
  });

  it("equal keys, equal scores to the bit; a row's score does not depend on the others", async () => {
    const few = optionsOf({ imageSteps: 4, latentSteps: 10, classifierSteps: 10 });
    const fit = (seed: number) => outlierSynthesis.fit(train, few, context(seed));
    const [a, b, c] = [await fit(1), await fit(1), await fit(2)];
    const whole = await scoreRows(a, test, { workers: 0 });
    expect(await scoreRows(b, test, { workers: 0 })).toEqual(whole);
    expect(await scoreRows(c, test, { workers: 0 })).not.toEqual(whole);
    const [alone] = await scoreRows(a, takeRows(test, [7]), { workers: 0 });
    expect(Math.abs(alone - whole[7])).toBeLessThan(1e-9);
  });

  it("few images, not square, in color; untrained; nothing held out", async () => {
    const learned = await learn(
      matrix(40, 105, new Float64Array(40 * 105).map(uniform(key(1)))),
      optionsOf({ imageSteps: 0, latentSteps: 2, classifierSteps: 2 }),
      context(1, shapeOf(5, 7, 3)),
    );
    for (const name of SCORES)
      expect((await scored(learned, name, matrix(2, 105))).every(Number.isFinite), name).toBe(true);
  });

  it.each([
    ["levels", "variational", "both"],
    ["input", "prepared", "features"],
    ["route", "input", "features"],
  ])("refuses %s %s", async (name, value, remedy) => {
    await expect(outlierSynthesis.fit(train, optionsOf({ [name]: value }), context(1))).rejects.toThrow(
      new InputError(
        `outlier-synthesis: ${name}: expected another with images, whose outliers are made among the features of autoencoders, got ${value}; pass --${name} ${remedy}`,
      ),
    );
  });

  it("refuses images that are all the same", async () => {
    await expect(outlierSynthesis.fit(matrix(30, 144), optionsOf(), context(1))).rejects.toThrow(
      new InputError(
        "outlier-synthesis: images: expected some that differ, got 30 that are all the same; give others, or choose another detector, such as --detector knn",
      ),
    );
  });
});
