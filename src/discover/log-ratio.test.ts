import { describe, expect, it } from "vitest";
import {
  add,
  constant,
  evaluate,
  exponential,
  float64,
  gradient,
  multiply,
  ndArray,
  reshape,
  square,
  subtract,
  sum,
} from "../graph/index.ts";
import { fromRows, key, type Matrix, matrix, normal } from "../numeric/index.ts";
import { lossGradient } from "./kernel-step.ts";
import { expandedRows, type Kernels, logRatios } from "./log-ratio.ts";

function close(actual: ArrayLike<number>, expected: readonly number[], digits = 6): void {
  for (let i = 0; i < expected.length; i++) expect(actual[i]).toBeCloseTo(expected[i], digits);
}

const tensor = (m: Matrix) => float64(m.values, [m.rows, m.columns]);

/** f and g by the expression, one fit. */
function expressed(rows: Matrix, { centers, amplitudes, width }: Kernels) {
  const M = centers.rows;
  const { f, g } = logRatios(
    tensor(expandedRows(rows)),
    tensor(centers),
    float64(amplitudes, [1, M, 1]),
    float64([1 / (2 * width * width)], [1, 1, 1]),
    { fits: 1, kernels: M },
  );
  const out = evaluate({ f, g }, {});
  return { f: out.f.data as Float64Array, g: out.g.data as Float64Array };
}

// Check 1 and 4 of the specification, computed there by hand.
const line: Kernels = {
  centers: fromRows([[0], [2]]),
  amplitudes: Float64Array.of(0.5, -0.4),
  width: 1,
};
const column = (...values: number[]) => matrix(values.length, 1, Float64Array.from(values));

describe("log ratio", () => {
  it("is Σ a p k at four places on a line, and 0 far away", () => {
    const { f, g } = expressed(column(0, 1, 2.5, -1, 50), line);
    close(f, [0.433946, 0.030327, -0.335216, 0.297731, 0]);
    // g = p k: 0.880797 · 1, 0.5 · 0.606531, 0.047426 · 0.043937, 0.982014 · 0.606531
    close(g, [0.880797, 0.303265, 0.047426 * 0.043937, 0.982014 * 0.606531]);
    expect(f[4]).toBe(0);
  });

  it("is Σ a p k in two columns", () => {
    const plane: Kernels = {
      centers: fromRows([
        [0, 0],
        [1, 1],
        [-1, 2],
      ]),
      amplitudes: Float64Array.of(0.3, -0.2, 0.6),
      width: 0.8,
    };
    const { f } = expressed(
      fromRows([
        [0.5, 0.5],
        [-1, 1.5],
        [2, -1],
      ]),
      plane,
    );
    close(f, [0.033488, 0.434687, 0.001006]);
  });

  it("is bounded by the largest amplitude, and by 20 where amplitudes are larger", () => {
    expect(Math.max(...expressed(column(-3, 0, 1, 2, 7), line).f.map(Math.abs))).toBeLessThanOrEqual(0.5);
    const steep = { ...line, amplitudes: Float64Array.of(100, -100) };
    close(expressed(column(0, 2), steep).f, [20, -20], 12);
  });

  it("does not depend on the order of kernels", () => {
    const turned = { ...line, centers: fromRows([[2], [0]]), amplitudes: Float64Array.of(-0.4, 0.5) };
    close(expressed(column(0, 1, 2.5), turned).f, [...expressed(column(0, 1, 2.5), line).f], 14);
  });

  it("does not change when rows and centers move or turn together, nor when all lengths are scaled", () => {
    const next = normal(key(1));
    const rows = fromRows(Array.from({ length: 20 }, () => [next(), next()]));
    const kernels = {
      centers: fromRows([
        [0.3, -1],
        [1, 0.2],
      ]),
      amplitudes: Float64Array.of(1, -0.7),
      width: 0.9,
    };
    const f = expressed(rows, kernels).f;
    const turn = ({ rows, values }: Matrix) =>
      fromRows(
        Array.from({ length: rows }, (_, i) => [
          3 + 0.6 * values[2 * i] - 0.8 * values[2 * i + 1],
          -1 + 0.8 * values[2 * i] + 0.6 * values[2 * i + 1],
        ]),
      );
    close(expressed(turn(rows), { ...kernels, centers: turn(kernels.centers) }).f, [...f], 10);
    const grow = (m: Matrix) =>
      matrix(
        m.rows,
        m.columns,
        m.values.map((x) => 7 * x),
      );
    const grown = { ...kernels, centers: grow(kernels.centers), width: 7 * kernels.width };
    close(expressed(grow(rows), grown).f, [...f], 10);
  });

  it("equals loops", () => {
    const next = normal(key(2));
    const rows = fromRows(Array.from({ length: 30 }, () => [next(), next(), next()]));
    const kernels = {
      centers: fromRows(Array.from({ length: 4 }, () => [next(), next(), next()])),
      amplitudes: Float64Array.from({ length: 4 }, next),
      width: 0.7,
    };
    close(expressed(rows, kernels).f, [...valuesOf(rows, kernels).f], 12);
  });
});

describe("loss", () => {
  const D = column(0, 1, 2.5);
  const R = column(-1, 0.5, 1.5, 3);

  it("L = .008544 and t = −.017087 in the worked example", () => {
    expect(statistic(D, R, 0.5, line)).toBeCloseTo(-0.017087, 6);
    close(expressed(R, line).f, [0.297731, 0.287653, -0.214407, -0.238149]);
  });

  it("L(a = 0) = 0", () => {
    expect(statistic(D, R, 0.5, { ...line, amplitudes: new Float64Array(2) })).toBe(0);
  });

  it("t = .942836 at the maximum over amplitudes, where Σ_D g = w Σ_R e^f g", () => {
    const best = { ...line, amplitudes: Float64Array.of(0.867465, 0.82263) };
    expect(statistic(D, R, 0.5, best)).toBeCloseTo(0.942836, 6);
    const [ofD, ofR] = [valuesOf(D, best), valuesOf(R, best)];
    for (const i of [0, 1]) {
      const observed = D.values.reduce((total, _, n) => total + ofD.g[n * 2 + i], 0);
      const modeled = R.values.reduce((total, _, n) => total + 0.5 * Math.exp(ofR.f[n]) * ofR.g[n * 2 + i], 0);
      expect(observed).toBeCloseTo([1.186146, 1.160041][i], 5);
      expect(modeled).toBeCloseTo([1.186146, 1.160041][i], 5);
    }
  });

  /** The gradient by the formula, for D and R stacked with their weights. */
  function byFormula(kernels: Kernels, ridge: number) {
    const rows = column(...D.values, ...R.values);
    const { centers, amplitudes } = lossGradient(
      {
        rows: tensor(expandedRows(rows)),
        window: float64([1, 1, 1, 0, 0, 0, 0], [1, 7]),
        reference: float64([0, 0, 0, 0.5, 0.5, 0.5, 0.5], [1, 7]),
        centers: tensor(kernels.centers),
        amplitudes: float64(kernels.amplitudes, [1, 2, 1]),
        scale: float64([0.5], [1, 1, 1]),
      },
      { fits: 1, kernels: 2, columns: 1 },
      { ridge, centers: "move" },
    );
    const out = evaluate({ centers, amplitudes }, {});
    return [...(out.centers.data as Float64Array), ...(out.amplitudes.data as Float64Array)];
  }

  it("∂L/∂mu and ∂L/∂a are those of the worked example, with and without the penalty", () => {
    close(byFormula(line, 0), [-0.299263, -0.075195, -0.319652, -0.606673]);
    close(byFormula(line, 0.1), [-0.299263, -0.075195, -0.219652, -0.686673]);
  });

  it("∂L/∂mu = 0 exactly at a = 0", () => {
    const start = byFormula({ ...line, amplitudes: new Float64Array(2) }, 0.1);
    close(start.slice(2), [-0.522001, -0.495896]);
    expect(start.slice(0, 2).every((x) => x === 0)).toBe(true);
  });

  it("∂L/∂a = 0 at a = 0 where window and reference are the same rows and w = 1", () => {
    const rows = column(0, 1, 2.5, -1);
    const { amplitudes } = lossGradient(
      {
        rows: tensor(expandedRows(rows)),
        window: float64([1, 1, 1, 1], [1, 4]),
        reference: float64([1, 1, 1, 1], [1, 4]),
        centers: tensor(line.centers),
        amplitudes: float64([0, 0], [1, 2, 1]),
        scale: float64([0.5], [1, 1, 1]),
      },
      { fits: 1, kernels: 2, columns: 1 },
      { ridge: 0, centers: "move" },
    );
    close(evaluate({ amplitudes }, {}).amplitudes.data as Float64Array, [0, 0], 15);
  });

  it("the formula = what reverse mode makes of the loss = differences, two fits at once", () => {
    const next = normal(key(3));
    const draw = (shape: number[]) => {
      const size = shape.reduce((a, b) => a * b, 1);
      return constant(ndArray("float64", shape, Float64Array.from({ length: size }, next)));
    };
    const [fits, kernels, columns, n] = [2, 3, 2, 11];
    const rows = fromRows(Array.from({ length: n }, () => [next(), next()]));
    const given = {
      rows: tensor(expandedRows(rows)),
      window: float64(
        Float64Array.from({ length: fits * n }, () => Math.abs(next())),
        [fits, n],
      ),
      reference: float64(
        Float64Array.from({ length: fits * n }, () => Math.abs(next())),
        [fits, n],
      ),
      centers: draw([fits * kernels, columns]),
      amplitudes: draw([fits, kernels, 1]),
      scale: float64([0.4, 1.3], [fits, 1, 1]),
    };
    const lossOf = (centers: typeof given.centers, amplitudes: typeof given.amplitudes) =>
      lossExpression({ ...given, centers, amplitudes }, fits, kernels);
    const reverse = gradient(lossOf(given.centers, given.amplitudes), [given.centers, given.amplitudes]);
    const formula = lossGradient(given, { fits, kernels, columns }, { ridge: 0.1, centers: "move" });
    const out = evaluate({ a: reverse[0], b: reverse[1], c: formula.centers, d: formula.amplitudes }, {}) as Record<
      string,
      { data: Float64Array }
    >;
    close(out.c.data, [...out.a.data], 10);
    close(out.d.data, [...out.b.data], 10);
    for (const [which, at] of [
      [0, 3],
      [1, 4],
    ] as const) {
      const shifted = (by: number) => {
        const parts = [given.centers, given.amplitudes].map((t, i) => {
          const { data } = evaluate({ x: multiply(t, 1) }, {}).x as { data: Float64Array };
          const copy = data.slice();
          if (i === which) copy[at] += by;
          return float64(copy, t.shape as number[]);
        });
        return (evaluate({ l: lossOf(parts[0], parts[1]) }, {}).l.data as Float64Array)[0];
      };
      const difference = (shifted(1e-5) - shifted(-1e-5)) / 2e-5;
      expect((which === 0 ? out.c : out.d).data[at]).toBeCloseTo(difference, 6);
    }
  });
});

/** Σ over fits of L + .1 Σ a², written with the expression of f. */
function lossExpression(
  given: Readonly<
    Record<"rows" | "window" | "reference" | "centers" | "amplitudes" | "scale", ReturnType<typeof float64>>
  >,
  fits: number,
  kernels: number,
) {
  const { f } = logRatios(given.rows, given.centers, given.amplitudes, given.scale, { fits, kernels });
  return lossOf(f, given);
}

function lossOf(
  f: ReturnType<typeof float64>,
  { window, reference, amplitudes }: Readonly<Record<string, ReturnType<typeof float64>>>,
) {
  const parts = subtract(multiply(reference, subtract(exponential(f), 1)), multiply(window, f));
  return reshape(add(sum(parts, [0, 1]), multiply(sum(square(amplitudes), [0, 1, 2]), 0.1)), []);
}

/** f and g by loops: the twin of the expression. */
function valuesOf({ rows: n, columns: d, values: x }: Matrix, { centers, amplitudes, width }: Kernels) {
  const M = centers.rows;
  const [f, g] = [new Float64Array(n), new Float64Array(n * M)];
  for (let row = 0; row < n; row++) {
    const k = Array.from({ length: M }, (_, i) => {
      let squared = 0;
      for (let j = 0; j < d; j++) squared += (x[row * d + j] - centers.values[i * d + j]) ** 2;
      return Math.exp(-squared / (2 * width ** 2));
    });
    const whole = k.reduce((a, b) => a + b, 0);
    k.forEach((value, i) => {
      g[row * M + i] = (value * value) / whole;
      f[row] += amplitudes[i] * g[row * M + i];
    });
  }
  return { f, g };
}

/** t = −2 L by loops. */
function statistic(D: Matrix, R: Matrix, w: number, kernels: Kernels): number {
  const ofR = valuesOf(R, kernels).f.reduce((total, f) => total + Math.exp(f) - 1, 0);
  return -2 * (w * ofR - valuesOf(D, kernels).f.reduce((a, b) => a + b, 0)) + 0;
}
