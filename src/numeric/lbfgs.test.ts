import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { key, normal } from "./key.ts";
import { minimize, type Smooth } from "./lbfgs.ts";

/** ½ xᵀQx − bᵀx with a random Q = AᵀA + I / 10, and its gradient. */
function quadratic(n: number, seed: number): Smooth {
  const z = normal(key(seed));
  const draw = () => Array.from({ length: n }, z);
  const a = Array.from({ length: n }, draw);
  const b = draw();
  const q = a.map((_, i) => a.map((_, j) => a.reduce((sum, row) => sum + row[i] * row[j], i === j ? 0.1 : 0)));
  return (x, gradient) => {
    const qx = q.map((row) => row.reduce((sum, value, j) => sum + value * x[j], 0));
    qx.forEach((value, i) => {
      gradient[i] = value - b[i];
    });
    return qx.reduce((sum, value, i) => sum + x[i] * (value / 2 - b[i]), 0);
  };
}

/** Σ log(1 + exp(a_i·x + b_i)) + ‖x‖² / 20: smooth, strictly convex and not quadratic. */
function softened(n: number, seed: number): Smooth {
  const z = normal(key(seed));
  const rows = Array.from({ length: 3 * n }, () => ({ a: Array.from({ length: n }, () => 3 * z()), b: z() }));
  return (x, gradient) => {
    x.forEach((value, j) => {
      gradient[j] = value / 10;
    });
    let value = x.reduce((sum, xj) => sum + xj * xj, 0) / 20;
    for (const { a, b } of rows) {
      const t = a.reduce((sum, aj, j) => sum + aj * x[j], b);
      value += t > 0 ? t + Math.log1p(Math.exp(-t)) : Math.log1p(Math.exp(t));
      const share = 1 / (1 + Math.exp(-t));
      a.forEach((aj, j) => {
        gradient[j] += share * aj;
      });
    }
    return value;
  };
}

const settings = { tolerance: 1e-8, mostIterations: 2000 };

test.each([1, 2, 3, 5, 8, 13, 20])(
  "a quadratic of %i variables, exact searches, m ≥ n: as many iterations as variables",
  async (n) => {
    const exact = { ...settings, memory: n, curvature: 1e-9 };
    const found = await minimize(quadratic(n, n), new Float64Array(n), exact);
    expect(found.end).toBe("converged");
    expect(found.iterations).toBeLessThanOrEqual(n);
    expect(found.largest).toBeLessThanOrEqual(1e-8);
  },
);

describe("laws", () => {
  const sizes = fc.record({ n: fc.integer({ min: 1, max: 12 }), seed: fc.integer({ min: 0, max: 1e6 }) });

  test("a convex function: the gradient vanishes at the end, and no point near is lower", async () => {
    await fc.assert(
      fc.asyncProperty(sizes, fc.integer({ min: 1, max: 12 }), async ({ n, seed }, memory) => {
        const smooth = softened(n, seed);
        const start = new Float64Array(n).map(normal(key(seed + 1)));
        const found = await minimize(smooth, start, { ...settings, memory });
        expect(found.end).toBe("converged");
        const gradient = new Float64Array(n);
        expect(smooth(found.x, gradient)).toBe(found.value);
        expect(Math.max(...gradient.map(Math.abs))).toBe(found.largest);
        const z = normal(key(seed + 2));
        for (let k = 0; k < 10; k++) {
          const near = found.x.map((value) => value + 0.01 * z());
          expect(smooth(near, gradient)).toBeGreaterThan(found.value);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("a strictly convex function has one minimum, wherever it starts", async () => {
    await fc.assert(
      fc.asyncProperty(sizes, async ({ n, seed }) => {
        const smooth = softened(n, seed);
        const starts = [new Float64Array(n), new Float64Array(n).fill(100), new Float64Array(n).fill(-3)];
        const [a, b, c] = await Promise.all(starts.map((start) => minimize(smooth, start, settings)));
        for (const { x } of [b, c])
          x.forEach((value, i) => {
            expect(value).toBeCloseTo(a.x[i], 6);
          });
      }),
      { numRuns: 40 },
    );
  });

  test("the value never rises from iteration to iteration", async () => {
    const smooth = softened(6, 3);
    let last = Number.POSITIVE_INFINITY;
    for (let mostIterations = 0; mostIterations < 30; mostIterations++) {
      const { value } = await minimize(smooth, new Float64Array(6).fill(2), { tolerance: 1e-8, mostIterations });
      expect(value).toBeLessThanOrEqual(last + 1e-12);
      last = value;
    }
  });
});

test("Rosenbrock's valley, which is not convex: (1, 1)", async () => {
  const rosenbrock: Smooth = ([x, y], gradient) => {
    gradient[0] = -400 * x * (y - x * x) - 2 * (1 - x);
    gradient[1] = 200 * (y - x * x);
    return 100 * (y - x * x) ** 2 + (1 - x) ** 2;
  };
  const found = await minimize(rosenbrock, Float64Array.of(-1.2, 1), settings);
  expect([found.x[0], found.x[1], found.end]).toEqual([expect.closeTo(1, 7), expect.closeTo(1, 7), "converged"]);
  expect(found.iterations).toBeLessThan(60);
});

test("values that overflow on the way are stepped back from", async () => {
  const steep: Smooth = ([x], gradient) => {
    gradient[0] = Math.exp(x) - Math.exp(-x);
    return Math.exp(x) + Math.exp(-x);
  };
  const found = await minimize(steep, Float64Array.of(-300), { ...settings, tolerance: 1e-10 });
  expect([found.x[0], found.end]).toEqual([expect.closeTo(0, 9), "converged"]);
});

test("at the minimum: no iteration; without iterations: the start; without descent: stalled", async () => {
  const bowl: Smooth = ([x], gradient) => {
    gradient[0] = 2 * x;
    return x * x;
  };
  expect(await minimize(bowl, Float64Array.of(0), settings)).toMatchObject({ iterations: 0, end: "converged" });
  const none = await minimize(bowl, Float64Array.of(3), { ...settings, mostIterations: 0 });
  expect(none).toMatchObject({ x: Float64Array.of(3), value: 9, end: "iterations" });
  const wrong: Smooth = ([x], gradient) => {
    gradient[0] = -1;
    return x;
  };
  expect(await minimize(wrong, Float64Array.of(0), settings)).toMatchObject({ value: 0, end: "stalled" });
});

test("the start is not written to; a pause that throws ends it", async () => {
  const start = Float64Array.of(1, 2, 3);
  await minimize(quadratic(3, 1), start, settings);
  expect(start).toEqual(Float64Array.of(1, 2, 3));
  const stop = () => {
    throw new Error("enough");
  };
  await expect(minimize(quadratic(3, 1), start, { ...settings, pause: stop })).rejects.toThrow("enough");
});
