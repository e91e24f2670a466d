import { expect, test } from "vitest";
import { add, evaluate, float64, gradient, identity, sum, type Tensor } from "../../graph/index.ts";
import { inference, initialize, packing } from "../../nn/index.ts";
import { key } from "../../numeric/index.ts";
import { gelu, logitOf, networks, residualBlock } from "./networks.ts";

const valuesOf = (x: Tensor) => Array.from(evaluate({ x: identity(x) }, {})["x"].data as Float64Array);

test.each([
  [78, 450_944, 93_646],
  [83, 452_224, 94_291],
])("%i columns: %i parameters in the encoder, %i in the decoder, 514 in the classifier", (columns, f, d) => {
  const { encoder, decoder, classifier } = networks(columns);
  expect([encoder, decoder, classifier].map(({ parameters }) => packing(parameters).size)).toEqual([f, d, 514]);
});

/** A residual block of width 3 with weights w · I and offsets 0, of one row. */
function blockOf(w: number, row: readonly number[]): number[] {
  const block = residualBlock(3);
  const half = { 0: { weight: float64([1, 1, 1]), offset: float64([0, 0, 0]) }, 1: {} };
  const product = { weight: float64([w, 0, 0, 0, w, 0, 0, 0, w], [3, 3]), offset: float64([0, 0, 0]) };
  const values = { ...half, 2: product, 3: half[0], 4: {}, 5: product };
  return valuesOf(block.forward(values as never, float64(row, [1, 3]), inference));
}

// By the specification; the error function of float64 is within 1.5e-7.
test("residual block, weights ½ I, at (1, −1, 3)", () => {
  const out = blockOf(0.5, [1, -1, 3]);
  [0.959256, -1.042204, 3.323695].forEach((value, i) => {
    expect(out[i]).toBeCloseTo(value, 5);
  });
});

test("residual block with weights 0 is the identity", () => {
  expect(blockOf(0, [1, -1, 3])).toEqual([1, -1, 3]);
});

test("GELU in float64 = x Φ(x) within 1.5e-7 |x|, and its derivative Φ(x) + x φ(x) within 1e-5", () => {
  // Φ and φ by scipy 1.17.1 (scipy.stats.norm), at x = −3, −1, −.2, 0, .4, 2.
  const rows = [-3, -1, -0.2, 0, 0.4, 2];
  const phi = [
    0.0013498980316300933, 0.15865525393145707, 0.42074029056089696, 0.5, 0.6554217416103242, 0.9772498680518208,
  ];
  const x = float64(rows);
  const [y, slope] = [valuesOf(gelu(x)), valuesOf(gradient(sum(gelu(x), 0), [x])[0])];
  rows.forEach((v, i) => {
    expect(Math.abs(y[i] - v * phi[i])).toBeLessThanOrEqual(1.5e-7 * Math.abs(v));
    const density = Math.exp((-v * v) / 2) / Math.sqrt(2 * Math.PI);
    expect(slope[i]).toBeCloseTo(phi[i] + v * density, 5);
  });
});

test("a constant added to both outputs changes nothing", () => {
  const o = float64([3, 1, -2, 4], [2, 2]);
  expect(valuesOf(logitOf(o))).toEqual([2, -6]);
  expect(valuesOf(logitOf(add(o, 16)))).toEqual([2, -6]);
});

test("first parameters: linear ones within 1/√inputs, normalizations 1 and 0", () => {
  const { classifier } = networks(4);
  const { trained } = initialize(classifier.parameters, key(1));
  expect([...trained.slice(0, 128)].every((value) => value === 1)).toBe(true);
  expect([...trained.slice(128, 256)].every((value) => value === 0)).toBe(true);
  const linear = [...trained.slice(256)].map(Math.abs);
  expect(Math.max(...linear)).toBeLessThanOrEqual(1 / Math.sqrt(128));
  expect(Math.max(...linear)).toBeGreaterThan(0.9 / Math.sqrt(128));
});
