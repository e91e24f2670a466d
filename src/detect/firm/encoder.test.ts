import { describe, expect, it } from "vitest";
import { evaluate, input, mean, ndArray, overRows, square, subtract, sum, type Tensor } from "../../graph/index.ts";
import {
  adam,
  asConstants,
  constantRate,
  inference,
  initialize,
  type Layer,
  type Packed,
  type ParameterTree,
  packing,
  train,
} from "../../nn/index.ts";
import { key, matrix, normal } from "../../numeric/index.ts";
import { encoder, forScoring, logitHead, type Part, projectionHead, rowParts } from "./encoder.ts";
import { statisticsOf } from "./statistics.ts";

const BATCH = { normalization: "batch", momentum: 1 } as const;
const rowsOf = (n: number, d: number, seed: number) =>
  matrix(n, d, Float64Array.from({ length: n * d }, normal(key(seed))));
const float32 = ({ rows, columns, values }: ReturnType<typeof matrix>) =>
  ndArray("float32", [rows, columns], Float32Array.from(values));

describe("parameters", () => {
  const size = ({ parameters }: Layer) => packing(parameters).size;
  it.each([1, 6, 80])("encoder of %i columns: 256 d + 99,584", (d) => {
    expect(size(encoder(rowParts(d), BATCH))).toBe(256 * d + 99_584);
  });
  it("of 80 columns: 120,064", () => {
    expect(size(encoder(rowParts(80), BATCH))).toBe(120_064);
  });
  it("heads", () => {
    expect(size(projectionHead("linear", BATCH))).toBe(66_176);
    expect(size(projectionHead("bn-last", BATCH))).toBe(66_176 - 128);
    expect(size(logitHead())).toBe(129);
  });
  it("weights have variance 2 / inputs; scales and offsets do not decay", () => {
    const { parameters } = encoder(rowParts(80), BATCH);
    const { trained } = packing(parameters);
    const start = initialize(parameters, key(1)).trained;
    const [first] = trained;
    const variance =
      start.subarray(first.from, first.to).reduce((total, w) => total + w * w, 0) / (first.to - first.from);
    expect(Math.abs(variance * 40 - 1)).toBeLessThan(4 * Math.sqrt(2 / (first.to - first.from)));
    expect(trained.filter(({ parameter }) => parameter.role === "weight").map(({ path }) => path)).toEqual([
      "0/map/weight",
      "1/map/weight",
      "2/map/weight",
    ]);
  });
});

describe("batch normalization", () => {
  const parts: readonly Part[] = [{ map: "linear", inputs: 2, outputs: 2 }];
  const tree = { encoder: encoder(parts, BATCH).parameters };
  // W = I, γ = 1, β = 0; rows (1, 0), (3, 4), (5, 2): mean (3, 2), biased variance 8/3.
  const start = { ...initialize(tree, key(1)), trained: Float32Array.of(1, 0, 0, 1, 1, 1, 0, 0) };
  // W = −I shows through ReLU what it hides with W = I.
  const turned = { ...start, trained: Float32Array.of(-1, 0, 0, -1, 1, 1, 0, 0) };
  const rows = ndArray("float32", [3, 2], Float32Array.of(1, 0, 3, 4, 5, 2));

  it("while training, ReLU of rows less their mean by their biased deviation", () => {
    const network = encoder(parts, BATCH);
    const context = { training: true, draw: never, update: () => {} };
    const x = input("x", "float32", [3, 2]);
    const [above, below] = [start, turned].map((packed) => {
      const values = asConstants(tree, packed).encoder;
      return evaluate({ out: network.forward(values, x, context) }, { x: rows })["out"].data as Float32Array;
    });
    const expected = [-1.224743, -1.224743, 0, 1.224743, 1.224743, 0];
    expected.forEach((z, i) => {
      expect(Math.abs(above[i] - below[i] - z)).toBeLessThan(1.5e-6);
      expect(Math.min(above[i], below[i])).toBeCloseTo(0, 12);
    });
  });

  it("fixed: mean and biased variance of the rows given", async () => {
    const { statistics } = await statisticsOf(encoder(parts, BATCH), tree, start, "encoder", rows);
    [3, 2, 8 / 3, 8 / 3].forEach((value, i) => {
      expect(statistics[i]).toBeCloseTo(value, 5);
    });
  });

  it("last: nine tenths of the last batch, the variance unbiased; (2, 2) becomes (−.363912, .103975)", async () => {
    const options = { normalization: "batch", momentum: 0.9 } as const;
    const network = encoder(parts, options);
    const { statistics } = await statisticsOf(network, tree, start, "encoder", rows);
    [2.7, 1.8, 3.7, 3.7].forEach((value, i) => {
      expect(statistics[i]).toBeCloseTo(value, 5);
    });
    const at = async (packed: Packed) => {
      const fixed = await statisticsOf(network, tree, packed, "encoder", rows);
      const encode = forScoring(parts, "batch", tree, fixed, "encoder");
      return overRows(encode, matrix(1, 2, Float64Array.of(2, 2)), { workers: 0 });
    };
    const [above, below] = [await at(start), await at(turned)];
    [-0.363912, 0.103975].forEach((z, i) => {
      expect(above[i] - below[i]).toBeCloseTo(z, 6);
    });
  });
});

describe("folded = unfolded", () => {
  it.each([3, 17])("rows of %i columns, after some steps", async (d) => {
    const parts = rowParts(d);
    const network = encoder(parts, BATCH);
    const tree = { encoder: network.parameters };
    const trained = await someSteps(network, tree, rowsOf(64, d, 2));
    const fixed = await statisticsOf(network, tree, trained, "encoder", float32(rowsOf(128, d, 3)));
    const rows = rowsOf(20, d, 4);
    const folded = await overRows(forScoring(parts, "batch", tree, fixed, "encoder"), rows, { workers: 0 });
    const values = asConstants(tree, fixed, "float64").encoder;
    const plain = await overRows((x) => network.forward(values, x, inference), rows, { workers: 0 });
    expect(folded.some((h) => h > 0.1)).toBe(true);
    plain.forEach((h, i) => {
      expect(Math.abs(h - folded[i])).toBeLessThan(1e-5 * Math.max(1, h));
    });
  });
});

describe("twice as long a row, untrained", () => {
  const features = async (normalization: "batch" | "layer", factor: number) => {
    const parts = rowParts(6);
    const network = encoder(parts, { normalization, momentum: 1 });
    const tree = { encoder: network.parameters };
    const first = initialize(tree, key(5));
    const packed =
      normalization === "batch"
        ? await statisticsOf(network, tree, first, "encoder", float32(rowsOf(256, 6, 6)))
        : first;
    const { values } = rowsOf(10, 6, 7);
    const rows = matrix(
      10,
      6,
      values.map((x) => factor * x),
    );
    return overRows(forScoring(parts, normalization, tree, packed, "encoder"), rows, { workers: 0 });
  };
  const farthest = (a: Float64Array, b: Float64Array) =>
    a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i])), 0);

  it("layer normalization is blind to it, batch normalization is not", async () => {
    const once = await features("layer", 1);
    const largest = once.reduce((a, b) => Math.max(a, b));
    expect(farthest(once, await features("layer", 2))).toBeLessThan(1e-5 * largest);
    expect(farthest(await features("batch", 1), await features("batch", 2))).toBeGreaterThan(0.1);
  });
});

/** A few steps that draw features to 1, so that weights, scales and offsets have moved. */
function someSteps(
  network: Layer,
  parameters: { encoder: ParameterTree },
  rows: ReturnType<typeof matrix>,
): Promise<Packed> {
  return train(
    {
      parameters,
      data: { x: float32(rows) },
      loss: (values, { x }: { readonly x: Tensor }, layers) =>
        mean(sum(square(subtract(network.forward(values.encoder, x, layers), 1)), 1), 0),
    },
    { optimizer: adam(), schedule: constantRate(1e-2), steps: 10, batch: 32, key: key(8) },
  );
}

function never(): never {
  throw new Error("drawn");
}
