import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { evaluate, gradient, input, sum, type Tensor } from "../../graph/index.ts";
import { elu, gelu, geluByTanh, silu, softplus } from "./activations.ts";
import { numbersAs } from "./layer-laws.ts";

const goldens = JSON.parse(readFileSync(new URL("layers.golden.json", import.meta.url), "utf8")).activations;

const at = (f: (x: Tensor) => Tensor, xs: readonly number[]) => {
  const x = input("x", "float64", [xs.length]);
  const y = f(x);
  const [slope] = gradient(sum(y, 0), [x]);
  const made = evaluate({ y, slope }, { x: numbersAs("float64", [xs.length], xs) });
  return { y: Array.from(made.y.data as Float64Array), slope: Array.from(made.slope.data as Float64Array) };
};

// Printed with 10 decimals by the script.
it.each(Object.entries({ gelu, geluByTanh, softplus, elu, silu }))("%s = PyTorch (layers.golden.py)", (name, f) => {
  at(f, goldens.x).y.forEach((value, i) => {
    expect(Math.abs(value - goldens[name][i])).toBeLessThan(1e-9);
  });
});

it("|gelu − geluByTanh| < 1e-3", () => {
  const xs = Array.from({ length: 801 }, (_, i) => (i - 400) / 50);
  const [exact, approximate] = [at(gelu, xs).y, at(geluByTanh, xs).y];
  exact.forEach((value, i) => {
    expect(Math.abs(value - approximate[i])).toBeLessThan(1e-3);
  });
});

it("softplus′(x) = 1/(1 + e^−x), at 0 and for any size", () => {
  const xs = [-1000, -20, -1, 0, 1, 20, 1000];
  const { y, slope } = at(softplus, xs);
  expect(y[0]).toBe(0);
  expect(y[6]).toBe(1000);
  slope.forEach((value, i) => {
    expect(Math.abs(value - 1 / (1 + Math.exp(-xs[i])))).toBeLessThan(1e-15);
  });
});

it("elu and silu are finite, with finite slopes, far from 0", () => {
  const { y, slope } = at(elu, [-1e4, 1e4]);
  expect([y, slope]).toEqual([
    [-1, 1e4],
    [0, 1],
  ]);
  expect(at(silu, [-1e4, 1e4]).y).toEqual([-0, 1e4]);
});
