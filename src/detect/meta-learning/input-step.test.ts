import { expect, test } from "vitest";
import {
  add,
  constant,
  evaluate,
  exponential,
  float64,
  gradient,
  identity,
  logarithm,
  matmul,
  maximum,
  multiply,
  ndArray,
  reshape,
  sum,
  type Tensor,
} from "../../graph/index.ts";
import { inputStep } from "./input-step.ts";

const valuesOf = (x: Tensor) => Array.from(evaluate({ x: identity(x) }, {})["x"].data as Float64Array);
const close = (x: Tensor, expected: readonly number[], digits = 6) =>
  valuesOf(x).forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i], digits);
  });

/** l = x_1 − 2 x_2 + .5 */
const linear = (x: Tensor) => reshape(add(matmul(x, float64([1, -2], [2, 1])), 0.5), [x.shape[0]]);
const sigmoid = (v: number) => 1 / (1 + Math.exp(-v));

/** ∇ ln max_k S_k by its definition, S = softmax(o / T) of (l, 0). */
function slopeOfConfidence(x: Tensor, temperature: number): Tensor {
  const cooled = multiply(linear(x), 1 / temperature);
  const larger = maximum(cooled, 0);
  const both = add(exponential(cooled), 1);
  return gradient(sum(add(larger, multiply(logarithm(both), -1)), 0), [x])[0];
}

// Checks of the specification; T = 2, ε = .1.
test.each([
  { x: [0.3, 0.2], l: 0.4, slope: [0.225083, -0.450166], moved: [0.4, 0.1], after: 0.7, score: 0.413382 },
  { x: [-1, 0.5], l: -1.5, slope: [-0.160411, 0.320821], moved: [-1.1, 0.6], after: -1.8, score: 0.71095 },
])("l = x_1 − 2 x_2 + .5 at $x: the step is that of ∇ ln max S, and raises |l| to $after", (check) => {
  const x = float64(check.x, [1, 2]);
  close(linear(x), [check.l]);
  close(slopeOfConfidence(x, 2), check.slope);
  const moved = inputStep(linear, x, 0.1);
  close(moved, check.moved);
  close(linear(moved), [check.after]);
  expect(sigmoid(-check.after / 2)).toBeCloseTo(check.score, 6);
  expect(Math.abs(check.after)).toBeGreaterThanOrEqual(Math.abs(check.l));
});

test("x̃ is the same for every temperature, and where l is scaled by 1e4 in float32", () => {
  const x = float64([0.3, 0.2, -1, 0.5], [2, 2]);
  const plain = valuesOf(inputStep(linear, x, 0.1));
  for (const temperature of [0.3, 10])
    expect(valuesOf(inputStep((rows) => multiply(linear(rows), 1 / temperature), x, 0.1))).toEqual(plain);
  const single = constant(ndArray("float32", [2, 2], Float32Array.of(0.3, 0.2, -1, 0.5)));
  const weight = constant(ndArray("float32", [2, 1], Float32Array.of(1, -2)));
  const steep = (rows: Tensor) => multiply(reshape(add(matmul(rows, weight), 0.5), [rows.shape[0]]), 1e4);
  close(inputStep(steep, single, 0.1), plain);
});

test("sgn(0) = 0: a row on the boundary stays, and so does an entry that l does not depend on", () => {
  expect(valuesOf(inputStep(linear, float64([0.5, 0.5], [1, 2]), 0.1))).toEqual([0.5, 0.5]);
  const first = (x: Tensor) => reshape(matmul(x, float64([1, 0], [2, 1])), [x.shape[0]]);
  expect(valuesOf(inputStep(first, float64([2, 3], [1, 2]), 0.1))).toEqual([2.1, 3]);
});

test("nothing flows back through x̃", () => {
  const x = float64([0.3, 0.2], [1, 2]);
  expect(valuesOf(gradient(sum(inputStep(linear, x), [0, 1]), [x])[0])).toEqual([0, 0]);
});
