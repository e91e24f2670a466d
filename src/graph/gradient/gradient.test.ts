import { expect, it } from "vitest";
import { key, normal } from "../../numeric/index.ts";
import {
  absolute,
  add,
  affine,
  cast,
  concatenate,
  constant,
  cosine,
  divide,
  evaluate,
  expandLike,
  exponential,
  float64,
  gather,
  gradient,
  input,
  less,
  logarithm,
  logSoftmax,
  logSumExp,
  matmul,
  max,
  maximum,
  mean,
  min,
  minimum,
  multiply,
  ndArray,
  negate,
  product,
  rectifier,
  reshape,
  sigmoid,
  sine,
  slice,
  softmax,
  square,
  squareRoot,
  stopGradient,
  subtract,
  sum,
  swapLast,
  type Tensor,
  tangentHyperbolic,
  transpose,
  where,
} from "../index.ts";

const x = input("x", "float64", [3, 4]);
const c = float64(
  Array.from({ length: 8 }, (_, i) => Math.sin(i + 1)),
  [4, 2],
);
const pos = add(square(x), 0.5);
const f: Record<string, (x: Tensor) => Tensor> = {
  tanh: tangentHyperbolic,
  sigmoid,
  relu: rectifier,
  sine,
  cosine,
  exp: exponential,
  abs: absolute,
  neg: negate,
  log: () => logarithm(pos),
  sqrt: () => squareRoot(pos),
  div: () => divide(x, pos),
  divb: () => divide(slice(x, 1, 0, 1), pos),
  sumb: () => add(x, sum(x, 0)),
  meanb: () => multiply(x, mean(x, 1, { keep: true })),
  max: () => max(x, 1),
  min: () => min(x, [0, 1]),
  minimum: () => minimum(x, swapLast(reshape(x, [4, 3]))),
  maximum: () => maximum(x, 0.1),
  matmul: () => matmul(x, c),
  affine: () => affine(x, c, slice(reshape(x, [12]), 0, 0, 2), { alpha: 2 }),
  prod1: () => product(x, x, { leftTransposed: true }),
  prod2: () => product(x, x, { rightTransposed: true, alpha: 3 }),
  prod3: () => product(c, x, { leftTransposed: true, rightTransposed: true }),
  batched: () => matmul(reshape(x, [3, 2, 2]), slice(reshape(x, [3, 2, 2]), 0, 0, 1)),
  batched2: () => matmul(reshape(x, [3, 2, 2]), reshape(slice(x, 0, 0, 1), [2, 2])),
  soft: () => softmax(x),
  soft0: () => softmax(x, 0),
  lse: () => logSumExp(x, 0),
  lsm: () => logSoftmax(x),
  concat: () => concatenate([x, square(x)], 1),
  slice: () => slice(x, 1, 1, 3),
  where: () => where(less(x, 0), square(x), multiply(x, 3)),
  expand: () => expandLike(sum(x, 1, { keep: true }), x),
  transpose: () => transpose(reshape(x, [3, 2, 2]), [2, 0, 1]),
  cast: () => cast(cast(x, "float64"), "float64"),
};
const val = (s: number) => Float64Array.from({ length: 12 }, normal(key(s)));
const at = (t: Tensor, v: Float64Array) => evaluate({ t }, { x: ndArray("float64", [3, 4], v) }).t.data as Float64Array;
it.each(Object.keys(f))("%s: first and second derivative = finite difference", (name) => {
  const y = f[name](x);
  const w = float64(
    Array.from({ length: y.shape.reduce((a: number, b) => a * (b as number), 1) }, normal(key(5))),
    y.shape as number[],
  );
  const axes = y.shape.map((_, i) => i);
  const loss = add(sum(multiply(w, add(y, multiply(0.3, square(y)))), axes), 0);
  const d1 = val(2);
  const dir = constant(ndArray("float64", [3, 4], d1));
  const check = (loss: Tensor) => {
    const [g] = gradient(loss, [x]);
    const slope = sum(multiply(g, dir), [0, 1]);
    const h = 1e-5,
      v = val(1);
    const fd =
      (at(
        loss,
        v.map((z, i) => z + h * d1[i]),
      )[0] -
        at(
          loss,
          v.map((z, i) => z - h * d1[i]),
        )[0]) /
      (2 * h);
    expect(Math.abs(at(slope, v)[0] - fd)).toBeLessThan(1e-6 * (1 + Math.abs(fd)));
    return slope;
  };
  check(check(loss));
});
it("stop", () => {
  const [g] = gradient(sum(multiply(x, stopGradient(x)), [0, 1]), [x]);
  expect(at(g, val(1))).toEqual(val(1));
});
