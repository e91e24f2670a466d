import { describe, expect, it } from "vitest";
import { key, normal } from "../numeric/index.ts";
import { slopesOf } from "./gradient/finite-differences.ts";
import {
  add,
  constant,
  evaluate,
  float64,
  input,
  multiply,
  ndArray,
  openGraph,
  solveTriangular,
  type Tensor,
  topologicalOrder,
} from "./index.ts";

const eye = (n: number) => Float64Array.from({ length: n * n }, (_, at) => (at % (n + 1) === 0 ? 1 : 0));
const draw = (name: string, ...shape: [number, number]) =>
  Float64Array.from({ length: shape[0] * shape[1] }, normal(key(name)));
/** Ones and zeros of the triangle that is read. */
const mask = (n: number, lower: boolean) =>
  Float64Array.from({ length: n * n }, (_, at) => {
    const [row, column] = [Math.floor(at / n), at % n];
    return (lower ? column <= row : column >= row) ? 1 : 0;
  });

describe.each([
  [true, false],
  [true, true],
  [false, false],
  [false, true],
])("lower %s, transposed %s", (lower, transposed) => {
  it.each([1, 2, 5, 8])("L X = B, and the other triangle is not read, n = %i", async (n) => {
    const l = draw("l", n, n).map((entry, at) => 0.3 * entry + 2 * eye(n)[at]);
    const spoiled = l.map((entry, at) => (mask(n, lower)[at] ? entry : Number.NaN));
    const b = input("b", "float64", [n, "columns"]);
    const x = solveTriangular(float64(spoiled, [n, n]), b, { lower, transposed });
    const feeds = { b: ndArray("float64", [n, 3], draw("b", n, 3)) };
    using session = await openGraph({ x });
    for (const { data } of [evaluate({ x }, feeds).x, (await session.run(feeds)).x])
      for (let i = 0; i < n; i++)
        for (let j = 0; j < 3; j++) {
          let total = 0;
          for (let k = 0; k < n; k++) {
            const at = transposed ? k * n + i : i * n + k;
            if (mask(n, lower)[at]) total += l[at] * Number(data[k * 3 + j]);
          }
          expect(total).toBeCloseTo(feeds.b.data[i * 3 + j], 10);
        }
  });

  it("first and second derivative = central differences", () => {
    const solve = (l: Tensor, b: Tensor) =>
      solveTriangular(add(multiply(l, 0.3), float64(eye(4), [4, 4])), b, { lower, transposed });
    for (const { gradient, difference } of slopesOf(
      solve,
      [
        [4, 4],
        [4, 2],
      ],
      key("solve"),
    ))
      expect(Math.abs(gradient - difference)).toBeLessThan(1e-5 * (1 + Math.abs(difference)));
  });
});

it("takes some 10 n nodes", () => {
  const x = solveTriangular(input("l", "float64", [32, 32]), input("b", "float64", [32, 4]));
  expect(topologicalOrder([x]).length).toBeLessThan(330);
});

it("refuses what is not square, or does not fit", () => {
  const l = constant(ndArray("float64", [2, 2], eye(2)));
  expect(() => solveTriangular(l, float64([1, 2, 3], [3, 1]))).toThrow("solveTriangular: expected n × n and n × m");
  expect(() => solveTriangular(float64([1, 2], [1, 2]), l)).toThrow("got float64 [1, 2], float64 [2, 2]");
  expect(() => solveTriangular(input("l", "float64", ["n", "n"]), input("b", "float64", ["n", 1]))).toThrow("n known");
});
