import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluate, input, ndArray, type Tensor } from "../graph/index.ts";
import { columnOf, fromColumns, type Matrix, normalQuantile } from "../numeric/index.ts";
import { fitQuantileNormal } from "./quantile-normal.ts";
import { fitScaling, SCALINGS } from "./scaling.ts";

function run(map: (x: Tensor) => Tensor, rows: Matrix): Float64Array {
  const x = input("x", "float64", ["rows", rows.columns]);
  const { out } = evaluate({ out: map(x) }, { x: ndArray("float64", [rows.rows, rows.columns], rows.values) });
  return out.data as Float64Array;
}

const column = (...values: number[]) => columnFrom(Float64Array.from(values));
const columnFrom = (values: Float64Array) => fromColumns(values.length, [values]);

describe.each(SCALINGS)("%s", (name) => {
  it("a constant column stays finite, and a new value in it is told apart", () => {
    const { forward } = fitScaling(name, column(0.1, 0.1, 0.1));
    const [seen, novel] = run(forward, column(0.1, 7));
    expect(Number.isFinite(seen) && Number.isFinite(novel)).toBe(true);
    expect(novel).toBeGreaterThan(seen);
  });

  it("it never decreases, and neighbors near 10^15 are told apart where training saw such", () => {
    const step = name === "signed-log" ? 1000 : 1; // a logarithm in double resolves relative steps of 1e-13
    const { forward } = fitScaling(name, column(...[0, 1, 2, 4].map((i) => 1e15 + i * step)));
    const [a, b, c] = run(forward, column(...[0, 1, 2].map((i) => 1e15 + i * step)));
    expect(a).toBeLessThan(b);
    expect(b).toBeLessThan(c);
  });
});

it("robust: where the middle half is next to one value, no value becomes infinite", () => {
  const values = column(0, -8.881784197001252e-16, 0, -5e-324, 0);
  const { forward } = fitScaling("robust", values);
  expect([...run(forward, values)].every(Number.isFinite)).toBe(true);
});

it.each(["standard", "robust", "min-max", "signed-log", "none"] as const)(
  "%s: inverse ∘ forward = identity",
  (name) => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1, maxLength: 30 }),
        (values) => {
          const { forward, inverse } = fitScaling(name, column(...values));
          const back = run((x) => inverse!(forward(x)), column(...values));
          const size = Math.max(...values.map(Math.abs));
          back.forEach((x, i) => {
            expect(Math.abs(x - values[i])).toBeLessThanOrEqual(1e-9 * (1 + size));
          });
        },
      ),
    );
  },
);

it.each([
  [1e15, 10_000],
  [1.7e15, 1_000_000],
  [9e15, 1_000_000],
  [1e160, 1000],
])("standard: columns near %f keep deviation 1, %i rows", (base, n) => {
  const step = base > 1e100 ? base : 1;
  const rows = columnFrom(Float64Array.from({ length: n }, (_, i) => base + (i % 5) * step));
  const z = run(fitScaling("standard", rows).forward, rows);
  const mean = z.reduce((a, b) => a + b, 0) / n;
  expect(Math.sqrt(z.reduce((a, x) => a + (x - mean) ** 2, 0) / n)).toBeCloseTo(1, 6);
  expect(Math.abs(mean)).toBeLessThan(0.5); // the center is rounded to a double, whose step is 1 near 9e15
});

it("standard: mean 0 and deviation 1; robust: median 0; min-max: 0 to 1", () => {
  const rows = column(3, 1, 4, 1, 5, 9, 2, 6);
  const z = run(fitScaling("standard", rows).forward, rows);
  expect(z.reduce((a, b) => a + b)).toBeCloseTo(0, 12);
  expect(z.reduce((a, b) => a + b * b, 0) / 8).toBeCloseTo(1, 12);
  expect(run(fitScaling("robust", rows).forward, column(3.5))[0]).toBe(0);
  expect(run(fitScaling("min-max", rows).forward, column(1, 9, 5))).toEqual(Float64Array.of(0, 1, 0.5));
});

describe("quantile-normal", () => {
  const z = (training: number[], ...queries: number[]) =>
    run(fitQuantileNormal(column(...training)), column(...queries));
  const middle = normalQuantile;

  it("five distinct values: levels 0, ¼, ½, ¾, 1, linear between, ± 5.2 at the ends and beyond", () => {
    const expected = [1e-7, 1e-7, 0.125, 0.25, 0.5, 1 - 1e-7, 1 - 1e-7].map(middle);
    z([10, 30, 20, 50, 40], -5, 10, 15, 20, 30, 50, 1e300).forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 12);
    });
  });

  it("a tied value gets the middle of its levels; an atom at the smallest value maps to the bottom", () => {
    const [tied, before, after] = z([0, 1, 1, 1, 4], 1, 0.5, 2.5);
    expect(tied).toBeCloseTo(middle(0.5), 12);
    expect(before).toBeCloseTo(middle(0.125), 12);
    expect(after).toBeCloseTo(middle(0.875), 12);
    expect(z([0, 0, 0, 1, 2], 0)[0]).toBeCloseTo(middle(1e-7), 12);
  });

  it("more rows than knots: close to the normal quantile of a uniform column", () => {
    const training = Array.from({ length: 5001 }, (_, i) => i / 5000);
    for (const p of [0.01, 0.2, 0.5, 0.77, 0.999]) expect(z(training, p)[0]).toBeCloseTo(middle(p), 9);
  });

  it("columns are independent of each other", () => {
    const training = fromColumns(4, [Float64Array.of(1, 2, 3, 4), Float64Array.of(9, 9, 7, 8)]);
    const both = run(fitQuantileNormal(training), training);
    const alone = run(fitQuantileNormal(column(...columnOf(training, 1))), column(...columnOf(training, 1)));
    alone.forEach((value, i) => {
      expect(both[2 * i + 1]).toBe(value);
    });
  });
});
