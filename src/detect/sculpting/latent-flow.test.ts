import { expect, test } from "vitest";
import { constant, evaluate, input, ndArray, type Tensor } from "../../graph/index.ts";
import { asConstants, initialize, packing, type Values } from "../../nn/index.ts";
import { key, normal } from "../../numeric/index.ts";
import { flowMasks, latentFlow, negativeLogLikelihood } from "./latent-flow.ts";

const STANDARD = { masks: "standard", key: key(1) } as const;

/** Rows of a mask that stands from × to, as the published masks are written: to × from. */
const written = (mask: Float32Array, from: number, to: number) =>
  Array.from({ length: to }, (_, j) => Array.from({ length: from }, (_, i) => mask[i * to + j]).join(""));

test("masks of three dimensions and four hidden units by hand", () => {
  const { input, output } = flowMasks([1, 2, 3], [1, 2, 1, 2], "standard");
  expect(written(input, 3, 4)).toEqual(["100", "110", "100", "110"]);
  expect(written(output, 4, 3)).toEqual(["0000", "1010", "1111"]);
});

test("parameters of a block and of the flow of v1: 49,728 and 795,648", () => {
  const count = (blocks: number) =>
    packing(latentFlow(32, { blocks, hidden: 512, masks: "v1", key: key(1) }).parameters).size;
  expect(count(1)).toBe(49_728);
  expect(count(16)).toBe(795_648);
});

/** The golden weights, in × out, masked; with `reversed`, those of a block that has dimensions the other way round. */
function goldenBlock(reversed: boolean): Values {
  const place = (i: number) => (reversed ? 2 - i : i);
  const order = [0, 1, 2].map((i) => place(i) + 1);
  const { input, output } = flowMasks(order, [1, 2, 1, 2], "standard");
  const array = (shape: number[], value: (...at: number[]) => number, mask?: Float32Array): Tensor => {
    const [rows, columns] = shape;
    const values = Float64Array.from({ length: rows * (columns ?? 1) }, (_, at) =>
      columns === undefined ? value(at) : value(Math.floor(at / columns), at % columns) * (mask?.[at] ?? 1),
    );
    return constant(ndArray("float64", shape, values));
  };
  const ws = (i: number, j: number) => (-1) ** i * 0.1 * (j + 1);
  return {
    inner: {
      weight: array([3, 4], (j, i) => 0.1 * (i + 1) - 0.05 * (place(j) + 1), input),
      offset: array([4], (i) => 0.01 * (i + 1)),
    },
    scale: {
      weight: array([4, 3], (j, i) => ws(place(i), j), output),
      offset: array([3], (i) => [0.02, -0.02, 0.04][place(i)]),
    },
    shift: {
      weight: array([4, 3], (j, i) => ws(place(i), j) + 0.05 * (place(i) + 1), output),
      offset: array([3], (i) => [0.1, 0, -0.1][place(i)]),
    },
  } as unknown as Values;
}

test.each([
  [1, [0.610099, 0.9015, -2.432548], 0.273118, -6.034805],
  [2, [0.534984, 0.883652, -2.381682], 0.313096, -5.813449],
])("golden flow of %i blocks, dimensions in their own order", (blocks, u, logDeterminant, logDensity) => {
  const flow = latentFlow(3, { blocks, hidden: 4, ...STANDARD });
  const values = Object.fromEntries(Array.from({ length: blocks }, (_, b) => [b, goldenBlock(b === 1)])) as Values;
  const z = constant(ndArray("float64", [1, 3], Float64Array.of(0.5, 1, -2)));
  const made = evaluate({ ...flow.forward(values, z), cost: negativeLogLikelihood(flow, values, z) }, {});
  [...made["u"].data].forEach((value, i) => {
    expect(value).toBeCloseTo(u[i], 6);
  });
  expect(made["logDeterminant"].data[0]).toBeCloseTo(logDeterminant, 6);
  expect(made["cost"].data[0]).toBeCloseTo(-logDensity, 6);
});

/** A flow with parameters three times as large as at the start (or as given), so that it bends. */
function bent(dimensions: number, blocks: number, masks: "standard" | "v1", times = 3) {
  const flow = latentFlow(dimensions, { blocks, hidden: 16, masks, key: key(4) });
  const { trained, statistics } = initialize(flow.parameters, key(3));
  const values = asConstants(flow.parameters, { trained: trained.map((p) => times * p), statistics }, "float64");
  return { flow, values };
}

const through = (make: (z: Tensor) => Tensor, rows: number[][]) =>
  evaluate(
    { out: make(input("z", "float64", ["rows", rows[0].length])) },
    { z: ndArray("float64", [rows.length, rows[0].length], Float64Array.from(rows.flat())) },
  )["out"].data as Float64Array;

test.each(["standard", "v1"] as const)(
  "one block: no u_i sees a later z_j, bit for bit, and its own grows (%s)",
  (masks) => {
    const { flow, values } = bent(5, 1, masks);
    const draw = normal(key(2));
    const z = Array.from({ length: 5 }, draw);
    const u = (point: number[]) => through((z) => flow.forward(values, z).u, [point]);
    for (let j = 0; j < 5; j++) {
      const shifted = u(z.with(j, z[j] + 0.7));
      for (let i = 0; i < j; i++) expect(shifted[i]).toBe(u(z)[i]);
      expect(shifted[j]).toBeGreaterThan(u(z)[j]);
    }
  },
);

test("one block's Jacobian has exp(s′) on its diagonal; with three, log |det| is that of finite differences", () => {
  for (const blocks of [1, 3]) {
    const { flow, values } = bent(4, blocks, "standard");
    const draw = normal(key(5));
    const z = Array.from({ length: 4 }, draw);
    const h = 1e-5;
    const columns = z.map((_, j) => {
      const [up, down] = [h, -h].map((step) => through((z) => flow.forward(values, z).u, [z.with(j, z[j] + step)]));
      return Array.from(up, (value, i) => (value - down[i]) / (2 * h));
    });
    const [logDeterminant] = through((z) => flow.forward(values, z).logDeterminant, [z]);
    expect(logDeterminant).toBeCloseTo(logOfDeterminant(columns), 6);
    if (blocks === 1)
      expect(columns.reduce((total, column, j) => total + Math.log(column[j]), 0)).toBeCloseTo(logDeterminant, 6);
  }
});

test("in two dimensions the density integrates to 1", () => {
  const { flow, values } = bent(2, 2, "standard", 1);
  const side = 160;
  const width = 24 / side;
  const grid = Array.from({ length: side * side }, (_, at) => [
    -12 + (Math.floor(at / side) + 0.5) * width,
    -12 + ((at % side) + 0.5) * width,
  ]);
  const costs = through((z) => negativeLogLikelihood(flow, values, z), grid);
  const whole = costs.reduce((total, cost) => total + Math.exp(-cost) * width * width, 0);
  expect(Math.abs(whole - 1)).toBeLessThan(1e-3);
});

/** log |det| by elimination with pivots. */
function logOfDeterminant(matrix: number[][]): number {
  const a = matrix.map((row) => [...row]);
  return a.reduce((total, _, k) => {
    const pivot = a.reduce((best, row, i) => (i > k && Math.abs(row[k]) > Math.abs(a[best][k]) ? i : best), k);
    [a[k], a[pivot]] = [a[pivot], a[k]];
    for (let i = k + 1; i < a.length; i++) {
      const factor = a[i][k] / a[k][k];
      a[i] = a[i].map((value, j) => value - factor * a[k][j]);
    }
    return total + Math.log(Math.abs(a[k][k]));
  }, 0);
}
