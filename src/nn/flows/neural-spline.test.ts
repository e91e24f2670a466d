import { describe, expect, it } from "vitest";
import { evaluate, float64, gradient, input, ndArray, openGraph, sum, type Tensor } from "../../graph/index.ts";
import { key, normal } from "../../numeric/index.ts";
import { asConstants, initialize } from "../parameters.ts";
import { negativeLogDensity } from "./density.ts";
import { type NeuralSplineOptions, neuralSpline } from "./neural-spline.ts";
import { rationalQuadratic } from "./rational-quadratic.ts";

const CONDITIONINGS = ["autoregressive", "coupling"] as const;

/**
 * A flow at its first values, which bend it. With parameters twice as large, slopes reach hundreds: a grid and a finite
 * difference no longer resolve it (the mass of a finer grid still tends to 1).
 */
function bent(dimensions: number, options: NeuralSplineOptions = {}) {
  const flow = neuralSpline(dimensions, { blocks: 3, hidden: [16], bins: 5, bound: 3, ...options });
  const { trained, statistics } = initialize(flow.parameters, key(3));
  const values = (dtype: "float32" | "float64") => asConstants(flow.parameters, { trained, statistics }, dtype);
  return { flow, values, at64: values("float64") };
}

const rowsOf = (n: number, d: number, seed: number) =>
  ndArray(
    "float64",
    [n, d],
    Float64Array.from({ length: n * d }, normal(key(seed))).map((z) => 1.8 * z),
  );
const run = (make: (x: Tensor) => Tensor, x: ReturnType<typeof rowsOf>) =>
  evaluate({ out: make(input("x", "float64", ["rows", x.shape[1]])) }, { x }).out.data as Float64Array;

describe.each(CONDITIONINGS)("%s", (conditioning) => {
  describe.each([2, 3, 5])("%i dimensions", (d) => {
    const { flow, values, at64 } = bent(d, { conditioning });
    const x = rowsOf(30, d, 1);

    it("inverse ∘ forward = identity, inside and outside the box", () => {
      const back = run((x) => flow.inverse(at64, flow.forward(at64, x).u), x);
      back.forEach((value, i) => {
        expect(Math.abs(value - x.data[i])).toBeLessThan(1e-9);
      });
    });

    it("log-determinant = log |det| of the Jacobian by finite differences", () => {
      const determinants = run((x) => flow.forward(at64, x).logDeterminant, x);
      for (let row = 0; row < 8; row++) {
        const jacobian = jacobianAt((x) => flow.forward(at64, x).u, x.data.slice(row * d, (row + 1) * d));
        expect(Math.abs(determinants[row] - Math.log(Math.abs(determinant(jacobian))))).toBeLessThan(1e-5);
      }
    });

    it("ONNX Runtime in float32 = the interpreter in float64", async () => {
      const rows = input("x", "float32", ["rows", d]);
      const { u, logDeterminant } = flow.forward(values("float32"), rows);
      using session = await openGraph({ u, logDeterminant });
      const made = await session.run({ x: ndArray("float32", x.shape, Float32Array.from(x.data)) });
      const expected = run((x) => flow.forward(at64, x).u, x);
      expected.forEach((value, i) => {
        expect(Math.abs((made["u"].data as Float32Array)[i] - value)).toBeLessThan(2e-4);
      });
      run((x) => flow.forward(at64, x).logDeterminant, x).forEach((value, i) => {
        expect(Math.abs((made["logDeterminant"].data as Float32Array)[i] - value)).toBeLessThan(2e-3);
      });
    });

    it("gradient() of the density = finite difference", () => {
      const slope = run((x) => gradient(sum(negativeLogDensity(flow, at64, x), 0), [x])[0], x);
      const step = 1e-6;
      for (let i = 0; i < 3 * d; i++) {
        const at = (h: number) =>
          run((x) => sum(negativeLogDensity(flow, at64, x), 0), { ...x, data: x.data.with(i, x.data[i] + h) })[0];
        const difference = (at(step) - at(-step)) / (2 * step);
        expect(Math.abs(slope[i] - difference)).toBeLessThan(1e-4 * (1 + Math.abs(difference)));
      }
    });
  });

  it("∫ p = 1 over a grid on the plane, within 1 %", () => {
    const { flow, at64 } = bent(2, { conditioning });
    const [size, edge] = [161, 6];
    const step = (2 * edge) / (size - 1);
    const grid = Float64Array.from({ length: size * size * 2 }, (_, i) => {
      const cell = Math.floor(i / 2);
      return -edge + step * (i % 2 === 0 ? cell % size : Math.floor(cell / size));
    });
    const loss = run((x) => negativeLogDensity(flow, at64, x), ndArray("float64", [size * size, 2], grid));
    const mass = loss.reduce((total, nats) => total + Math.exp(-nats), 0) * step * step;
    expect(Math.abs(mass - 1)).toBeLessThan(0.01);
  });

  it("far outside the box the density is the standard normal's, finite for any row", () => {
    const { flow, at64 } = bent(2, { conditioning });
    const x = ndArray("float64", [3, 2], Float64Array.of(4, -5, 1e6, -1e6, -100, 3.5));
    expect(Array.from(run((x) => flow.forward(at64, x).u, x))).toEqual(Array.from(x.data));
    expect(Array.from(run((x) => flow.forward(at64, x).logDeterminant, x))).toEqual([0, 0, 0]);
  });
});

it("autoregressive: u_i does not see x_j for j > i, bit for bit, and rises with x_i", () => {
  const { flow, at64 } = bent(4, { blocks: 1 });
  const x = ndArray("float64", [1, 4], Float64Array.of(0.3, -1.2, 2.1, 0.4));
  const u = run((x) => flow.forward(at64, x).u, x);
  for (let j = 0; j < 4; j++) {
    const moved = run((x) => flow.forward(at64, x).u, { ...x, data: x.data.with(j, x.data[j] + 0.5) });
    for (let i = 0; i < j; i++) expect(moved[i]).toBe(u[i]);
    expect(moved[j]).toBeGreaterThan(u[j]);
  }
});

it("coupling: one block keeps the first half, bit for bit, and two blocks move every dimension", () => {
  const one = bent(5, { conditioning: "coupling", blocks: 1 });
  const two = bent(5, { conditioning: "coupling", blocks: 2 });
  const x = ndArray("float64", [1, 5], Float64Array.of(0.3, -1.2, 2.1, 0.4, -0.6));
  const moves = ({ flow, at64 }: typeof one) =>
    Array.from(
      run((x) => flow.forward(at64, x).u, x),
      (u, i) => u !== x.data[i],
    );
  expect(moves(one)).toEqual([false, false, false, true, true]);
  expect(moves(two)).toEqual([true, true, true, true, true]);
  expect(() => neuralSpline(1, { conditioning: "coupling" })).toThrow(
    "neuralSpline: dimensions: expected 2 or more for a coupling, got 1; take autoregressive",
  );
});

describe("one spline", () => {
  const [bins, bound] = [4, 2];
  const spline = rationalQuadratic(bins, bound);
  const z = normal(key(8));
  const raw = Array.from({ length: spline.numbers }, () => 1.5 * z());
  const xs = Float64Array.from({ length: 241 }, (_, i) => -2.4 + 0.02 * i);
  const column = ndArray("float64", [xs.length, 1], xs);
  const repeated = (numbers: readonly number[]) =>
    float64(Array.from({ length: xs.length }, () => numbers).flat(), [xs.length, 1, numbers.length]);
  const at = (numbers: readonly number[], part: "y" | "logSlope") =>
    evaluate({ out: spline.forward(input("x", "float64", [xs.length, 1]), repeated(numbers))[part] }, { x: column }).out
      .data as Float64Array;

  it("= a naive twin of eq. 4 and 5: loops over bins", () => {
    const [y, logSlope] = [at(raw, "y"), at(raw, "logSlope")];
    xs.forEach((x, i) => {
      const twin = naive(x, raw, bins, bound);
      expect(Math.abs(y[i] - twin.y)).toBeLessThan(1e-12);
      expect(Math.abs(logSlope[i] - Math.log(twin.slope))).toBeLessThan(1e-11);
    });
  });

  it("rises everywhere, keeps ±B, and is the identity outside, without a jump in the slope", () => {
    const y = at(raw, "y");
    for (let i = 1; i < y.length; i++) expect(y[i]).toBeGreaterThan(y[i - 1]);
    xs.forEach((x, i) => {
      if (Math.abs(x) >= bound) expect(y[i]).toBeCloseTo(x, 12);
      if (Math.abs(x) > bound + 1e-9) expect(y[i]).toBe(x);
    });
    expect(Math.abs(naive(bound - 1e-9, raw, bins, bound).slope - 1)).toBeLessThan(1e-6);
  });

  it("zeros make the identity", () => {
    at(new Array(spline.numbers).fill(0), "y").forEach((value, i) => {
      expect(Math.abs(value - xs[i])).toBeLessThan(1e-12);
    });
  });

  it("one bin is enough, and none is refused", () => {
    const single = rationalQuadratic(1, 2);
    const out = single.forward(input("x", "float64", [xs.length, 1]), repeated([0.3, -0.2]));
    const y = evaluate({ y: out.y }, { x: column }).y.data as Float64Array;
    y.forEach((value, i) => {
      expect(Math.abs(value - xs[i])).toBeLessThan(1e-12);
    });
    expect(() => rationalQuadratic(0, 2)).toThrow("rationalQuadratic: bins: expected an integer in 1 … 500, got 0");
  });
});

/** Durkan et al. 2019, section 3.1, for one number. */
function naive(x: number, raw: readonly number[], bins: number, bound: number) {
  if (Math.abs(x) > bound) return { y: x, slope: 1 };
  const knots = (numbers: readonly number[]) => {
    const powers = numbers.map(Math.exp);
    const whole = powers.reduce((a, b) => a + b, 0);
    const out = [-bound];
    for (const power of powers)
      out.push(out[out.length - 1] + 2 * bound * ((power / whole) * (1 - 1e-3 * bins) + 1e-3));
    return out;
  };
  const [xs, ys] = [knots(raw.slice(0, bins)), knots(raw.slice(bins, 2 * bins))];
  const inner = raw.slice(2 * bins).map((z) => Math.log1p(Math.exp(z + Math.log(Math.expm1(0.999)))) + 1e-3);
  const slopes = [1, ...inner, 1];
  let k = 0;
  while (k < bins - 1 && x >= xs[k + 1]) k++;
  const [w, h] = [xs[k + 1] - xs[k], ys[k + 1] - ys[k]];
  const s = h / w;
  const xi = (x - xs[k]) / w;
  const below = s + (slopes[k + 1] + slopes[k] - 2 * s) * xi * (1 - xi);
  return {
    y: ys[k] + (h * (s * xi ** 2 + slopes[k] * xi * (1 - xi))) / below,
    slope: (s ** 2 * (slopes[k + 1] * xi ** 2 + 2 * s * xi * (1 - xi) + slopes[k] * (1 - xi) ** 2)) / below ** 2,
  };
}

function jacobianAt(f: (x: Tensor) => Tensor, point: Float64Array): number[][] {
  const d = point.length;
  const step = 1e-6;
  const rows = Float64Array.from({ length: 2 * d * d }, (_, i) => {
    const [row, j] = [Math.floor(i / d), i % d];
    const sign = row < d ? 1 : -1;
    return point[j] + (row % d === j ? sign * step : 0);
  });
  const u = run(f, ndArray("float64", [2 * d, d], rows));
  return Array.from({ length: d }, (_, i) =>
    Array.from({ length: d }, (_, j) => (u[j * d + i] - u[(d + j) * d + i]) / (2 * step)),
  );
}

/** By elimination with pivots. */
function determinant(matrix: number[][]): number {
  const a = matrix.map((row) => [...row]);
  let product = 1;
  for (let k = 0; k < a.length; k++) {
    const pivot = a.reduce((best, row, i) => (i >= k && Math.abs(row[k]) > Math.abs(a[best][k]) ? i : best), k);
    if (pivot !== k) product = -product;
    [a[k], a[pivot]] = [a[pivot], a[k]];
    product *= a[k][k];
    for (let i = k + 1; i < a.length; i++)
      for (let j = a.length - 1; j >= k; j--) a[i][j] -= (a[i][k] / a[k][k]) * a[k][j];
  }
  return product;
}
