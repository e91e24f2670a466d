import { describe, expect, it } from "vitest";
import { evaluate, float64, input, mean, ndArray, openGraph, type Tensor } from "../../graph/index.ts";
import { cholesky, key, matrix, normal, uniform } from "../../numeric/index.ts";
import { adam } from "../optimizers/adam.ts";
import { asConstants, initialize, type Packed } from "../parameters.ts";
import { cosine } from "../schedules.ts";
import { train } from "../training/train.ts";
import { negativeLogDensity } from "./density.ts";
import type { Flow } from "./flow.ts";
import { maskedAutoregressive } from "./masked-autoregressive.ts";

/** A flow with parameters that are three times as large as at the start, so that it bends. */
function bent(dimensions: number, options = {}) {
  const flow = maskedAutoregressive(dimensions, { blocks: 3, hidden: [16], bound: 2, ...options });
  const { trained, statistics } = initialize(flow.parameters, key(3));
  const values = asConstants(flow.parameters, { trained: trained.map((x) => 3 * x), statistics }, "float64");
  return { flow, values };
}

const rowsOf = (n: number, d: number, seed: number) =>
  ndArray("float64", [n, d], new Float64Array(n * d).map(normal(key(seed))));
const run = (make: (x: Tensor) => Tensor, x: ReturnType<typeof rowsOf>) =>
  evaluate({ out: make(input("x", "float64", ["rows", x.shape[1]])) }, { x }).out.data as Float64Array;

describe.each([1, 2, 3, 5])("%i dimensions", (d) => {
  const { flow, values } = bent(d, { hidden: [16, 12] });
  const x = rowsOf(6, d, 1);

  it("inverse ∘ forward = identity", () => {
    const back = run((x) => flow.inverse(values, flow.forward(values, x).u), x);
    back.forEach((value, i) => {
      expect(Math.abs(value - x.data[i])).toBeLessThan(1e-9);
    });
  });

  it("log-determinant = log |det| of the Jacobian by finite differences", () => {
    const determinants = run((x) => flow.forward(values, x).logDeterminant, x);
    for (let row = 0; row < 6; row++) {
      const point = x.data.slice(row * d, (row + 1) * d);
      const J = jacobian((x) => flow.forward(values, x).u, point);
      expect(Math.abs(determinants[row] - Math.log(Math.abs(determinant(J))))).toBeLessThan(1e-6);
    }
  });
});

it("one block's Jacobian is lower triangular with a positive diagonal, bit for bit", () => {
  const { flow, values } = bent(5, { blocks: 1 });
  const x = rowsOf(1, 5, 2);
  const u = run((x) => flow.forward(values, x).u, x);
  for (let j = 0; j < 5; j++) {
    const moved = { ...x, data: x.data.with(j, x.data[j] + 0.7) };
    const shifted = run((x) => flow.forward(values, x).u, moved);
    for (let i = 0; i < j; i++) expect(shifted[i]).toBe(u[i]);
    expect(shifted[j]).toBeGreaterThan(u[j]);
  }
});

it("every later dimension sees every earlier one", () => {
  const { flow, values } = bent(4, { blocks: 1, hidden: [64] });
  const x = rowsOf(1, 4, 2);
  const u = run((x) => flow.forward(values, x).u, x);
  for (let j = 0; j < 4; j++) {
    const shifted = run((x) => flow.forward(values, x).u, { ...x, data: x.data.with(j, x.data[j] + 0.7) });
    for (let i = j; i < 4; i++) expect(shifted[i]).not.toBe(u[i]);
  }
});

it("the density integrates to 1 over a 2-d grid", () => {
  const { flow, values } = bent(2, { blocks: 2, bound: 0.5 });
  expect(Math.abs(integral(flow, values) - 1)).toBeLessThan(1e-3);
});

it("an untrained flow of 2 blocks with parameters 0 is the standard normal", () => {
  const flow = maskedAutoregressive(2, { blocks: 2, hidden: [4] });
  const { trained, statistics } = initialize(flow.parameters, key(3));
  const values = asConstants(flow.parameters, { trained: trained.map(() => 0), statistics }, "float64");
  const [cost] = run((x) => negativeLogDensity(flow, values, x), ndArray("float64", [1, 2], Float64Array.of(3, -4)));
  expect(cost).toBeCloseTo(12.5 + Math.log(2 * Math.PI), 12);
});

describe("trained by maximum likelihood, it reaches the true density within 0.05 nats", () => {
  it("on a mixture of three normals in the plane", async () => {
    const centers = [
      [-2, 0],
      [2, 1],
      [0.5, -2],
    ];
    const deviations = [0.8, 0.6, 0.9];
    const draw = (n: number, seed: number) => {
      const [z, u] = [normal(key(seed)), uniform(key(seed).for("part"))];
      return Array.from({ length: n }, () => {
        const part = Math.floor(3 * u());
        return centers[part].map((c) => c + deviations[part] * z());
      });
    };
    const logDensity = ([x, y]: number[]) =>
      Math.log(
        centers.reduce((total, [cx, cy], part) => {
          const s2 = deviations[part] ** 2;
          return total + Math.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * s2)) / (2 * Math.PI * s2) / 3;
        }, 0),
      );
    const gap = await gapToTruth({ draw, logDensity, dimensions: 2, hidden: [64, 64], steps: 2500 });
    expect(gap).toBeLessThan(0.05);
    expect(gap).toBeGreaterThan(-0.01);
  }, 120_000);

  it("on a correlated normal in 8 dimensions", async () => {
    const sigma = matrix(
      8,
      8,
      Float64Array.from({ length: 64 }, (_, at) => 0.8 ** Math.abs(Math.floor(at / 8) - (at % 8))),
    );
    const lower = cholesky(sigma)!;
    const draw = (n: number, seed: number) => {
      const z = normal(key(seed));
      return Array.from({ length: n }, () => {
        const w = Array.from({ length: 8 }, z);
        return w.map((_, i) =>
          w.slice(0, i + 1).reduce((total, value, j) => total + lower.values[8 * i + j] * value, 0),
        );
      });
    };
    const logDeterminant = Array.from({ length: 8 }, (_, i) => Math.log(lower.values[9 * i])).reduce((a, b) => a + b);
    const logDensity = (x: number[]) => {
      const w: number[] = [];
      for (let i = 0; i < 8; i++)
        w.push(
          (x[i] - w.reduce((total, value, j) => total + lower.values[8 * i + j] * value, 0)) / lower.values[9 * i],
        );
      return -0.5 * w.reduce((total, value) => total + value * value, 0) - logDeterminant - 4 * Math.log(2 * Math.PI);
    };
    const gap = await gapToTruth({ draw, logDensity, dimensions: 8, hidden: [64], steps: 2500 });
    expect(gap).toBeLessThan(0.05);
    expect(gap).toBeGreaterThan(-0.01);
  }, 120_000);
});

interface Truth {
  readonly draw: (n: number, seed: number) => number[][];
  readonly logDensity: (x: number[]) => number;
  readonly dimensions: number;
  readonly hidden: readonly number[];
  readonly steps: number;
}

/** Mean log-likelihood of fresh rows under the truth minus that under a flow trained on 40,000 others, in nats. */
async function gapToTruth({ draw, logDensity, dimensions, hidden, steps }: Truth): Promise<number> {
  const flow = maskedAutoregressive(dimensions, { blocks: 5, hidden, bound: 3 });
  const [many, fresh] = [draw(40_000, 1), draw(20_000, 2)];
  const trained = await train(
    {
      parameters: flow.parameters,
      data: { x: ndArray("float32", [many.length, dimensions], Float32Array.from(many.flat())) },
      loss: (values, { x }) => mean(negativeLogDensity(flow, values, x), 0),
    },
    { optimizer: adam(), schedule: cosine(3e-3), steps, batch: 512, clip: 1, key: key(5) },
  );
  const own = await costs(flow, trained, fresh);
  return fresh.reduce((total, x, i) => total + logDensity(x) + own[i], 0) / fresh.length;
}

async function costs(flow: Flow, packed: Packed, rows: number[][]): Promise<Float64Array> {
  const values = asConstants(flow.parameters, packed, "float64");
  const x = input("x", "float64", ["rows", flow.dimensions]);
  using session = await openGraph({ out: negativeLogDensity(flow, values, x) });
  const fed = ndArray("float64", [rows.length, flow.dimensions], Float64Array.from(rows.flat()));
  return (await session.run({ x: fed }))["out"].data as Float64Array;
}

/** ∫ p over [−30, 30]² by the midpoint rule. */
function integral(flow: Flow, values: Parameters<Flow["forward"]>[0]): number {
  const side = 300;
  const width = 60 / side;
  const grid = Array.from({ length: side * side }, (_, at) => [at % side, Math.floor(at / side)]);
  const points = grid.flatMap(([i, j]) => [-30 + (i + 0.5) * width, -30 + (j + 0.5) * width]);
  const cost = run(
    (x) => negativeLogDensity(flow, values, x),
    ndArray("float64", [side * side, 2], Float64Array.from(points)),
  );
  return cost.reduce((total, c) => total + Math.exp(-c), 0) * width * width;
}

function jacobian(f: (x: Tensor) => Tensor, at: Float64Array): number[][] {
  const d = at.length;
  const h = 1e-5;
  const value = (point: Float64Array) =>
    Array.from(evaluate({ u: f(float64(point, [1, d])) }, {}).u.data as Float64Array);
  const columns = Array.from(at, (x, j) => {
    const [up, down] = [value(at.with(j, x + h)), value(at.with(j, x - h))];
    return up.map((value, i) => (value - down[i]) / (2 * h));
  });
  return columns[0].map((_, i) => columns.map((column) => column[i]));
}

/** By elimination with pivots. */
function determinant(matrix: number[][]): number {
  const a = matrix.map((row) => [...row]);
  let out = 1;
  for (let k = 0; k < a.length; k++) {
    const pivot = a.reduce((best, row, i) => (i >= k && Math.abs(row[k]) > Math.abs(a[best][k]) ? i : best), k);
    if (pivot !== k) {
      [a[k], a[pivot]] = [a[pivot], a[k]];
      out = -out;
    }
    out *= a[k][k];
    for (let i = k + 1; i < a.length; i++) {
      const factor = a[i][k] / a[k][k];
      for (let j = k; j < a.length; j++) a[i][j] -= factor * a[k][j];
    }
  }
  return out;
}
