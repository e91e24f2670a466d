import { describe, expect, it } from "vitest";
import { fed, floatsOf } from "../../../test/graph/values.ts";
import { key, normal } from "../../numeric/index.ts";
import {
  add,
  affine,
  concatenate,
  conv,
  countAlong,
  cumulativeSum,
  divide,
  evaluate,
  expandLike,
  type Feeds,
  gather,
  gatherAlong,
  gradient,
  identity,
  input,
  int64,
  less,
  logSumExp,
  matmul,
  max,
  mean,
  min,
  multiply,
  openGraph,
  pad,
  product,
  reshape,
  type Size,
  sine,
  slice,
  softmax,
  square,
  stopGradient,
  subtract,
  sum,
  type Tensor,
  topK,
  topKIndices,
  transpose,
  where,
} from "../index.ts";

type Expression = (x: Tensor, w: Tensor, rows: Size) => Tensor;

/** Expressions of rows × 4 and of a parameter, 4 × 4. */
const expressions: Readonly<Record<string, Expression>> = {
  "a layer": (x, w) => sine(affine(x, w, slice(reshape(w, [16]), 0, 0, 4))),
  "the mean over rows": (x, w) => multiply(mean(x, 0), mean(w, 0)),
  "standardized by the rows": (x, w) => {
    const centered = subtract(matmul(x, w), mean(matmul(x, w), 0));
    return divide(centered, add(mean(square(centered), 0), 0.1));
  },
  "a sum over rows and columns": (x, w) => multiply(sum(x, [0, 1]), w),
  "the largest over rows": (x, w) => multiply(max(x, 0), w),
  "the smallest of each row": (x, w) => min(matmul(x, w), 1),
  "the number of rows": (x, w) => divide(multiply(x, sum(w, 0)), countAlong(x, [0])),
  "softmax of columns, and over rows": (x, w) => multiply(softmax(matmul(x, w)), softmax(x, 0)),
  "log Σ exp": (x, w) => logSumExp(matmul(x, w)),
  "the covariance": (x, w) => matmul(w, product(x, x, { leftTransposed: true })),
  "all products of rows": (x, w) => product(matmul(x, w), x, { rightTransposed: true, alpha: 0.5 }),
  "a batch of matrices": (x, w, rows) => matmul(reshape(x, [rows, 2, 2]), slice(reshape(w, [4, 2, 2]), 0, 0, 1)),
  "a batch of matrices by one": (x, w, rows) => matmul(reshape(x, [rows, 2, 2]), slice(slice(w, 0, 0, 2), 1, 0, 3)),
  "columns beside each other, cut and padded": (x, w) =>
    pad(slice(concatenate([x, matmul(x, w)], 1), 1, 1, 6), { 1: [0, 1] }),
  "rows turned into columns": (x, w) => matmul(w, transpose(x)),
  "repeated for each row": (x, w) => multiply(expandLike(sum(w, 0), x), x),
  "columns picked": (x, w) => multiply(gather(x, int64([2, 0, 2]), 1), slice(sum(w, 0), 0, 0, 3)),
  "parameters picked by the rows": (x, w, rows) => gather(w, reshape(topKIndices(x, 1), [rows])),
  "entries picked in each row": (x, w) => gatherAlong(matmul(x, w), topKIndices(x, 2)),
  "the largest of each row": (x, w) => topK(matmul(x, w), 2),
  "sums along a row": (x, w) => cumulativeSum(multiply(x, sum(w, 0)), 1),
  "sums along the rows": (x, w) => cumulativeSum(multiply(x, sum(w, 0)), 0, { reverse: true }),
  "chosen entry by entry": (x, w) => where(less(x, 0), multiply(x, 3), mean(w, 0)),
};

/** A loss, its gradients, and those of a slope: named rows, or so many. */
function derivatives(f: Expression, rows: Size): Record<string, Tensor> {
  const x = input("a0", "float64", [rows, 4]);
  const w = input("a1", "float64", [4, 4]);
  const y = f(x, w, rows);
  const axes = y.shape.map((_, i) => i);
  const loss = sum(add(square(y), multiply(y, 0.5)), axes);
  const first = gradient(loss, [x, w]);
  const along = add(sum(multiply(first[0], sine(stopGradient(x))), [0, 1]), sum(multiply(first[1], 0.7), [0, 1]));
  const [loss0, toX, toW, toXX, toWW] = [loss, ...first, ...gradient(along, [x, w])].map(identity);
  return { loss: loss0, toX, toW, toXX, toWW };
}

function values(rows: number): Feeds {
  const draw = normal(key(rows));
  const some = (shape: readonly number[]) =>
    floatsOf("float64", shape, Array.from({ length: shape[0] * shape[1] }, draw));
  return fed([some([rows, 4]), some([4, 4])]);
}

function expectClose(found: Feeds, expected: Feeds): void {
  for (const [out, { shape, data }] of Object.entries(expected)) {
    expect(found[out].shape).toEqual(shape);
    data.forEach((value, i) => {
      const error = Math.abs(Number(found[out].data[i]) - Number(value));
      expect(error).toBeLessThanOrEqual(1e-12 * (1 + Math.abs(Number(value))));
    });
  }
}

describe.each(Object.entries(expressions))("%s", (_, f) => {
  const named = derivatives(f, "rows");

  it("gradients for named rows = those for so many rows; ONNX Runtime = the interpreter", async () => {
    using session = await openGraph(named);
    for (const rows of [1, 3]) {
      const slow = evaluate(named, values(rows));
      expectClose(slow, evaluate(derivatives(f, rows), values(rows)));
      expectClose(await session.run(values(rows)), slow);
    }
  });

  it("no rows: gradients of the right shapes, 0 for the parameters wherever the loss is a number", () => {
    const none = evaluate(named, values(0));
    expect([none["toX"], none["toW"], none["toXX"], none["toWW"]].map(({ shape }) => shape)).toEqual([
      [0, 4],
      [4, 4],
      [0, 4],
      [4, 4],
    ]);
    if (none["loss"].data[0] !== 0) return; // the mean of no rows
    expect(Array.from(none["toW"].data, Number).every((value) => value === 0)).toBe(true);
  });
});

it("a convolution of named rows: a gradient for the rows; for the kernels only where rows are known", async () => {
  const x = input("x", "float32", ["rows", 2, 5]);
  const w = input("w", "float32", [3, 2, 2]);
  const loss = sum(square(conv(x, w, { strides: 2 })), [0, 1, 2]);
  const [toX] = gradient(loss, [x]);
  using session = await openGraph({ toX });
  const some = (shape: readonly number[]) =>
    floatsOf("float32", shape, Array.from({ length: shape[0] * shape[1] * shape[2] }, normal(key(1))));
  const feeds = { x: some([4, 2, 5]), w: some([3, 2, 2]) };
  const [fast, slow] = [(await session.run(feeds))["toX"], evaluate({ toX }, feeds).toX];
  expect(fast.shape).toEqual([4, 2, 5]);
  // Sums of six products in float32.
  slow.data.forEach((value, i) => {
    expect(Number(fast.data[i])).toBeCloseTo(Number(value), 4);
  });
  expect(() => gradient(loss, [w])).toThrow('gradient of conv: expected a known size, got the named size "rows"');
});
