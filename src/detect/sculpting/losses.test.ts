import { expect, test } from "vitest";
import { constant, evaluate, float64, gradient, ndArray, type Tensor } from "../../graph/index.ts";
import { key, normal } from "../../numeric/index.ts";
import { dualCentroidLoss, hypersphereLoss } from "./losses.ts";

const rows = (...values: number[][]) =>
  constant(ndArray("float64", [values.length, values[0].length], Float64Array.from(values.flat())));
const numbers = (value: Tensor) => [...(evaluate({ value }, {})["value"].data as Float64Array)];
const [NORMAL, ANOMALOUS] = [
  [
    [0, 0],
    [2, 0],
  ],
  [
    [1, 1],
    [2, 1],
  ],
];
const Y = float64([0, 0, 1, 1]);

test("dual centroid by hand: centroids √10 apart are beyond the margin, L = 0.2", () => {
  expect(numbers(dualCentroidLoss(rows([0, 0], [2, 0], [1, 3], [3, 3]), Y))[0]).toBeCloseTo(0.2, 12);
});

test("dual centroid by hand: centroids √1.25 apart, L = 3.875, and its gradient", () => {
  const z = rows(...NORMAL, ...ANOMALOUS);
  const loss = dualCentroidLoss(z, Y);
  expect(numbers(loss)[0]).toBeCloseTo(3.875, 12);
  const expected = [0.4, 1, 0.6, 1, -0.55, -1, -0.45, -1];
  numbers(gradient(loss, [z])[0]).forEach((g, i) => {
    expect(g).toBeCloseTo(expected[i], 12);
  });
});

test("hypersphere by hand, for two centers", () => {
  const z = rows(...NORMAL, ...ANOMALOUS);
  expect(numbers(hypersphereLoss(z, Y, float64([1, 0])))[0]).toBeCloseTo(2.101654, 6);
  expect(numbers(hypersphereLoss(z, Y, float64([0, 0])))[0]).toBeCloseTo(2.337722, 6);
});

test("a class that is missing from a batch adds nothing", () => {
  const z = rows(...NORMAL);
  const [all, none] = [float64([1, 1]), float64([0, 0])];
  expect(numbers(dualCentroidLoss(z, none))[0]).toBeCloseTo(0.1, 12);
  expect(numbers(dualCentroidLoss(z, all))[0]).toBeCloseTo(0.1, 12);
  expect(numbers(hypersphereLoss(z, none, float64([1, 0])))[0]).toBeCloseTo(1, 9);
  expect(numbers(hypersphereLoss(z, all, float64([1, 0])))[0]).toBeCloseTo((Math.sqrt(5) - 1) ** 2, 9);
  for (const value of numbers(gradient(dualCentroidLoss(z, none), [z])[0])) expect(value).toSatisfy(Number.isFinite);
});

test("dual centroid is unchanged by moving and by turning all embeddings", () => {
  const draw = normal(key(1));
  const points = Array.from({ length: 4 }, () => [draw(), draw()]);
  const [c, s] = [Math.cos(0.7), Math.sin(0.7)];
  const at = numbers(dualCentroidLoss(rows(...points), Y))[0];
  const moved = points.map(([a, b]) => [a + 3, b - 2]);
  const turned = points.map(([a, b]) => [c * a - s * b, s * a + c * b]);
  for (const others of [moved, turned]) expect(numbers(dualCentroidLoss(rows(...others), Y))[0]).toBeCloseTo(at, 10);
});

test("where centroids are beyond the margin, the gradient only pulls inward", () => {
  const points = [
    [0, 0],
    [2, 0],
    [1, 3],
    [3, 3],
  ];
  const z = rows(...points);
  const steep = numbers(gradient(dualCentroidLoss(z, Y, 10), [z])[0]);
  const centroids = [
    [1, 0],
    [2, 3],
  ];
  points.forEach((point, i) => {
    const [dx, dy] = point.map((value, j) => value - centroids[Math.floor(i / 2)][j]);
    // Along the way outward, and along nothing else: 2 α / n of it.
    expect(steep[2 * i]).toBeCloseTo(0.1 * dx, 12);
    expect(steep[2 * i + 1]).toBeCloseTo(0.1 * dy, 12);
  });
});
