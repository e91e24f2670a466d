import { expect, test } from "vitest";
import { evaluate, float64, gradient, identity, multiply, subtract, sum, type Tensor } from "../../graph/index.ts";
import { softplus } from "../../nn/index.ts";
import { innerLoss, OUTER, outerLoss, projected } from "./losses.ts";

const expectClose = (found: readonly number[], expected: readonly number[], digits: number) =>
  expected.forEach((value, i) => {
    expect(found[i]).toBeCloseTo(value, digits);
  });
const valuesOf = (x: Tensor) => Array.from(evaluate({ x: identity(x) }, {})["x"].data as Float64Array);
const numberOf = (x: Tensor) => valuesOf(x)[0];

// Checks of the specification: l̃ of normal rows 2, .5 and of anomalous ones 1, −1.
const l = float64([2, 0.5, 1, -1]);
const sides = { normal: float64([1, 1, 0, 0]), anomalous: float64([0, 0, 1, 1]) };
const outer = (temperature: number, margin: number, temperatureDecay = 0) =>
  outerLoss(l, sides, float64([Math.log(temperature)]), { ...OUTER, margin, temperatureDecay });

test.each([
  [1, 0.5, 0, 1.113764, 1.25],
  [1, 2, 0, 1.188764, 1.25],
  [2, 2, 0, 1.306178, 0.625],
  [2, 2, 0.01, 1.310982, 0.625],
])("outer loss at T = %d, m = %d, λ_T = %d is %d, the gap %d", (temperature, margin, decay, loss, gap) => {
  const found = outer(temperature, margin, decay);
  expect(numberOf(found.loss)).toBeCloseTo(loss, 6);
  expect(numberOf(found.gap)).toBeCloseTo(gap, 12);
});

test("dL/dt = .107530 at t = 0, m = 2", () => {
  const t = float64([0]);
  const { loss } = outerLoss(l, sides, t, { ...OUTER, margin: 2, temperatureDecay: 0 });
  expect(numberOf(gradient(loss, [t])[0])).toBeCloseTo(0.10753, 6);
});

test("a row that fills up a batch counts on neither side", () => {
  const more = float64([2, 0.5, 1, -1, 77]);
  const filled = { normal: float64([1, 1, 0, 0, 0]), anomalous: float64([0, 0, 1, 1, 0]) };
  const t = float64([0.3]);
  expect(numberOf(outerLoss(more, filled, t).loss)).toBeCloseTo(numberOf(outerLoss(l, sides, t).loss), 12);
});

test("inner loss: cross-entropy of σ(l) and a tenth of the squared error", () => {
  const y = float64([1, 1, 0, 0]);
  const x = float64([1, 2, 3, 4, 5, 6, 7, 8], [4, 2]);
  const sp = (v: number) => Math.log(1 + Math.exp(v));
  const entropy = (sp(-2) + sp(-0.5) + sp(1) + sp(-1)) / 4;
  const half = subtract(x, float64([0.5, 0.5]));
  expect(numberOf(innerLoss(l, y, half, x))).toBeCloseTo(entropy + 0.1 * 0.25, 12);
});

test("PCGrad: G = (1, 0) and H = (−1, 1) become (.5, .5) and (0, 1), from the gradients as given", () => {
  const [g, h] = [float64([1, 0]), float64([-1, 1])];
  const [g1, h1] = projected(g, h).map(valuesOf);
  expectClose(g1, [0.5, 0.5], 9);
  expectClose(h1, [0, 1], 9);
  const dot = (a: readonly number[], b: readonly number[]) => a.reduce((total, x, i) => total + x * b[i], 0);
  expect(dot(g1, [-1, 1])).toBeCloseTo(0, 9);
  expect(dot(h1, [1, 0])).toBeCloseTo(0, 9);
});

test("PCGrad leaves gradients that do not disagree", () => {
  for (const [g, h] of [
    [
      [1, 0],
      [0, 1],
    ],
    [
      [1, 2],
      [3, 0.5],
    ],
  ])
    expect(projected(float64(g), float64(h)).map(valuesOf)).toEqual([g, h]);
});

/** The second order as a check of the first: gradients through θ′ = θ − η ∇L_in(θ). */
const innerStep = (inner: (theta: Tensor) => Tensor, theta: Tensor, rate: number) =>
  subtract(theta, multiply(gradient(inner(theta), [theta])[0], rate));
const sumOf = (x: Tensor) => sum(x, 0);
const entry = (x: Tensor, weights: readonly number[]) => sumOf(multiply(x, float64(weights)));

test("through one inner step: L_in = sp(−θ_1 − 2 θ_2), L_out = sp(θ′_1 − θ′_2)", () => {
  const theta = float64([0.5, -0.25]);
  const after = innerStep((v) => softplus(entry(v, [-1, -2])), theta, 0.5);
  expectClose(valuesOf(after), [0.75, 0.25], 12);
  const loss = softplus(entry(after, [1, -1]));
  expect(numberOf(loss)).toBeCloseTo(0.974077, 6);
  const [first, second] = [gradient(loss, [after])[0], gradient(loss, [theta])[0]].map(valuesOf);
  expectClose(first, [0.622459, -0.622459], 6);
  expectClose(second, [0.700267, -0.466844], 6);
});

test("φ outside and θ inside, l(x) = φ θ x: with θ′ held 1.100098, through θ′(φ) 1.307764", () => {
  const phi = float64([1]);
  const theta = float64([0.5]);
  const after = innerStep((v) => softplus(sumOf(multiply(multiply(phi, v), -1))), theta, 0.5);
  expect(numberOf(after)).toBeCloseTo(0.68877, 6);
  const outerOf = (v: Tensor) => softplus(sumOf(multiply(multiply(phi, v), 2)));
  expect(numberOf(outerOf(after))).toBeCloseTo(1.602441, 6);
  expect(numberOf(gradient(outerOf(float64(valuesOf(after))), [phi])[0])).toBeCloseTo(1.100098, 6);
  expect(numberOf(gradient(outerOf(after), [phi])[0])).toBeCloseTo(1.307764, 6);
});
