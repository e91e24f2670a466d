import * as fc from "fast-check";
import {
  absolute,
  add,
  affine,
  and,
  cast,
  choose,
  concatenate,
  conv,
  convTransposed,
  cumulativeSum,
  divide,
  equal,
  errorFunction,
  expandLike,
  exponential,
  floor,
  gather,
  gatherAlong,
  identity,
  int64,
  isMissing,
  labelEncoder,
  less,
  lessOrEqual,
  logarithm,
  matmul,
  max,
  maximum,
  mean,
  min,
  minimum,
  multiply,
  negate,
  not,
  or,
  pad,
  product,
  rectifier,
  reshape,
  scatterAdd,
  sigmoid,
  sign,
  sine,
  slice,
  softmax,
  squareRoot,
  stepFunctions,
  subtract,
  sum,
  sumOfSquares,
  type Tensor,
  tangentHyperbolic,
  topKIndices,
  transpose,
  where,
} from "../../src/graph/index.ts";

/**
 * What an operand holds: numbers (of the dtype under test), positive numbers, int64 below a bound, truth values, texts.
 */
export type Holds = "numbers" | "positive" | { readonly below: number } | "bool" | "text";

export interface Operand {
  readonly shape: readonly number[];
  readonly holds: Holds;
}

/** One use of a primitive: operands, and what is made of them. */
export interface Example {
  readonly operands: readonly Operand[];
  make(...operands: Tensor[]): Tensor;
}

/** Uses of a primitive over axes of drawn sizes; those that need an entry along an axis draw it from `some`. */
export type Draw = (size: fc.Arbitrary<number>, some: fc.Arbitrary<number>) => fc.Arbitrary<Example>;

const numbers = (shape: readonly number[]): Operand => ({ shape, holds: "numbers" });
const positive = (shape: readonly number[]): Operand => ({ shape, holds: "positive" });
const indices = (shape: readonly number[], below: number): Operand => ({ shape, holds: { below } });

const shapes = (size: fc.Arbitrary<number>, least = 0, most = 3) =>
  fc.array(size, { minLength: least, maxLength: most });

/** A shape of at least one axis, and one of its axes. */
const withAxis = (size: fc.Arbitrary<number>, most = 3) =>
  shapes(size, 1, most).chain((shape) => fc.record({ shape: fc.constant(shape), axis: fc.nat(shape.length - 1) }));

/** Shapes that broadcast: leading axes left out, and any axis 1 against any size. */
const broadcast = (size: fc.Arbitrary<number>, count: number) =>
  shapes(size).chain((full) =>
    fc.array(
      fc
        .record({ without: fc.nat(full.length), ones: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }) })
        .map(({ without, ones }) => full.slice(without).map((length, i) => (ones[i] ? 1 : length))),
      { minLength: count, maxLength: count },
    ),
  );

const unary =
  (f: (x: Tensor) => Tensor, operand: (shape: readonly number[]) => Operand = numbers): Draw =>
  (size) =>
    shapes(size).map((shape) => ({ operands: [operand(shape)], make: f }));

const binary =
  (f: (a: Tensor, b: Tensor) => Tensor, second: (shape: readonly number[]) => Operand = numbers): Draw =>
  (size) =>
    broadcast(size, 2).map(([a, b]) => ({ operands: [numbers(a), second(b)], make: f }));

const along =
  (f: (x: Tensor, axis: number) => Tensor): Draw =>
  (size) =>
    withAxis(size).map(({ shape, axis }) => ({ operands: [numbers(shape)], make: (x) => f(x, axis) }));

const reduction =
  (reduce: typeof sum): Draw =>
  (size) =>
    withAxis(size).chain(({ shape, axis }) =>
      fc.record({ others: fc.subarray(shape.map((_, i) => i)), keep: fc.boolean() }).map(({ others, keep }) => ({
        operands: [numbers(shape)],
        make: (x) => reduce(x, [...new Set([axis, ...others])], { keep }),
      })),
    );

const logical =
  (f: (a: Tensor, b: Tensor) => Tensor): Draw =>
  (size) =>
    broadcast(size, 2).map((both) => ({ operands: both.map((shape) => ({ shape, holds: "bool" })), make: f }));

const replace = (shape: readonly number[], axis: number, ...sizes: number[]) => [
  ...shape.slice(0, axis),
  ...sizes,
  ...shape.slice(axis + 1),
];

const affineDraw: Draw = (size) =>
  fc
    .record({
      n: size,
      inner: size,
      m: size,
      leftTransposed: fc.boolean(),
      rightTransposed: fc.boolean(),
      alpha: fc.constantFrom(1, -0.5, 3),
    })
    .map(({ n, inner, m, ...options }) => ({
      operands: [
        numbers(options.leftTransposed ? [inner, n] : [n, inner]),
        numbers(options.rightTransposed ? [m, inner] : [inner, m]),
      ],
      make: (a, b) => product(a, b, options),
    }));

const affineAdded: Draw = (size) =>
  fc
    .record({
      n: size,
      inner: size,
      m: size,
      transposed: fc.boolean(),
      matrix: fc.boolean(),
      alpha: fc.constantFrom(1, 2),
    })
    .map(({ n, inner, m, transposed, matrix, alpha }) => ({
      operands: [numbers([n, inner]), numbers(transposed ? [m, inner] : [inner, m]), numbers(matrix ? [n, m] : [m])],
      make: (a, b, c) => affine(a, b, c, { alpha, transposed }),
    }));

const matmulDraw: Draw = (size) =>
  fc.record({ leading: broadcast(size, 2), n: size, inner: size, m: size }).map(({ leading: [a, b], n, inner, m }) => ({
    operands: [numbers([...a.slice(-2), n, inner]), numbers([...b.slice(-2), inner, m])],
    make: matmul,
  }));

/** Convolutions over one axis or two whose kernels fit, with every option. */
const sliding =
  (forward: boolean, biased: boolean): Draw =>
  (size) => {
    const small = fc.integer({ min: 1, max: 2 });
    const axis = fc.record({
      kernel: fc.integer({ min: 1, max: 3 }),
      stride: small,
      dilation: small,
      before: fc.nat(1),
      after: fc.nat(1),
      extra: fc.nat(2),
      more: fc.nat(1),
    });
    const all = {
      axes: fc.array(axis, { minLength: 1, maxLength: 2 }),
      rows: size,
      groups: small,
      depth: small,
      per: small,
    };
    return fc.record(all).map(({ axes, rows, groups, depth, per }) => {
      const options = {
        strides: axes.map(({ stride }) => stride),
        dilations: axes.map(({ dilation }) => dilation),
        pads: axes.map(({ before, after }) => [before, after] as const),
        groups,
      };
      const kernel = axes.map((a) => a.kernel);
      const sizes = axes.map(
        (a) => Math.max(1, a.dilation * (a.kernel - 1) + 1 - (forward ? a.before + a.after : 0)) + a.extra,
      );
      const [channels, kernels] = [groups * depth, groups * per];
      const x = numbers([rows, channels, ...(forward ? sizes : sizes.map((n) => n + 2))]);
      if (!forward)
        return {
          operands: [x, numbers([channels, per, ...kernel])],
          make: (a: Tensor, w: Tensor) =>
            convTransposed(a, w, { ...options, more: axes.map((a) => a.more % a.stride) }),
        };
      const w = numbers([kernels, depth, ...kernel]);
      if (!biased) return { operands: [x, w], make: (a: Tensor, b: Tensor) => conv(a, b, options) };
      return {
        operands: [x, w, numbers([kernels])],
        make: (a: Tensor, b: Tensor, bias: Tensor) => conv(a, b, { ...options, bias }),
      };
    });
  };

/** Step functions whose thresholds no drawn number meets. */
const steps = (columns: number) =>
  Array.from({ length: columns }, (_, i) => ({
    thresholds: Float64Array.of(-1.001 - i / 7, 0.501 + i / 7),
    values: Float64Array.of(2, -3 + i, 5),
  }));

const gatherDraw =
  (fixed: boolean): Draw =>
  (size, some) =>
    fc
      .record({
        at: withAxis(some),
        taken: fc.array(fc.nat(50), { minLength: 1, maxLength: 7 }),
        of: shapes(size, 0, 2),
      })
      .map(({ at: { shape, axis }, taken, of }) =>
        fixed
          ? { operands: [numbers(shape)], make: (x) => gather(x, int64(taken.map((i) => i % shape[axis])), axis) }
          : { operands: [numbers(shape), indices(of, shape[axis])], make: (x, i) => gather(x, i, axis) },
      );

const alongIndices: Draw = (size, some) =>
  fc.record({ at: withAxis(some), count: size }).map(({ at: { shape, axis }, count }) => ({
    operands: [numbers(shape), indices(replace(shape, axis, count), shape[axis])],
    make: (x, i) => gatherAlong(x, i, axis),
  }));

const scatterDraw: Draw = (size, some) =>
  fc.record({ at: withAxis(some), count: size }).map(({ at: { shape, axis }, count }) => {
    const added = replace(shape, axis, count);
    return {
      operands: [numbers(shape), indices(added, shape[axis]), numbers(added)],
      make: (x, i, a) => scatterAdd(x, i, a, axis),
    };
  });

/**
 * Uses of the primitives through which gradients flow, by the primitive's name, what is special after a comma.
 * `max`, `maximum` and the like get numbers without equals.
 */
export const smooth: Readonly<Record<string, Draw>> = {
  identity: unary(identity),
  negate: unary(negate),
  absolute: unary(absolute),
  exponential: unary(exponential),
  logarithm: unary(logarithm, positive),
  squareRoot: unary(squareRoot, positive),
  sine: unary(sine),
  tangentHyperbolic: unary(tangentHyperbolic),
  sigmoid: unary(sigmoid),
  rectifier: unary(rectifier),
  errorFunction: unary(errorFunction),
  add: binary(add),
  subtract: binary(subtract),
  multiply: binary(multiply),
  divide: binary(divide, positive),
  minimum: binary(minimum),
  maximum: binary(maximum),
  sum: reduction(sum),
  sumOfSquares: reduction(sumOfSquares),
  mean: reduction(mean),
  max: reduction(max),
  min: reduction(min),
  where: (size) =>
    broadcast(size, 3).map(([test, a, b]) => ({
      operands: [{ shape: test, holds: "bool" }, numbers(a), numbers(b)],
      make: where,
    })),
  choose: (size) =>
    shapes(size).map((shape) => ({
      operands: [{ shape: [], holds: "bool" }, numbers(shape), numbers(shape)],
      make: (test, a, b) => choose(test, exponential(a), multiply(a, b)),
    })),
  expand: (size) =>
    broadcast(size, 2).map(([a, b]) => ({
      operands: [numbers(a), numbers(b)],
      // Both shapes, the larger from the other: a to the shape of a + b.
      make: (x, y) => expandLike(x, add(x, y)),
    })),
  cast: unary((x) => cast(cast(x, x.dtype === "float64" ? "float32" : "float64"), x.dtype)),
  softmax: along(softmax),
  affine: affineDraw,
  "affine, with something added": affineAdded,
  matmul: matmulDraw,
  reshape: (size) =>
    shapes(size, 0, 3).map((shape) => ({
      operands: [numbers(shape)],
      make: (x) => reshape(x, [1, shape.reduce((a, b) => a * b, 1)]),
    })),
  transpose: (size) =>
    shapes(size, 1, 3).chain((shape) =>
      fc
        .shuffledSubarray(
          shape.map((_, i) => i),
          { minLength: shape.length },
        )
        .map((order) => ({ operands: [numbers(shape)], make: (x) => transpose(x, order) })),
    ),
  concatenate: (size) =>
    fc
      .record({ at: withAxis(size), sizes: fc.array(size, { minLength: 2, maxLength: 3 }) })
      .map(({ at: { shape, axis }, sizes }) => ({
        operands: sizes.map((length) => numbers(replace(shape, axis, length))),
        make: (...parts) => concatenate(parts, axis),
      })),
  slice: (size, some) =>
    fc
      .record({ shape: shapes(size, 1, 3), length: some, from: fc.nat(2), behind: fc.nat(2), axis: fc.nat(2) })
      .map(({ shape, length, from, behind, axis }) => {
        const at = axis % shape.length;
        return {
          operands: [numbers(replace(shape, at, from + length + behind))],
          make: (x) => slice(x, at, from, from + length),
        };
      }),
  pad: (size) =>
    withAxis(size).chain(({ shape, axis }) =>
      fc
        .record({ before: fc.nat(2), after: fc.nat(2), others: fc.nat(1), value: fc.constantFrom(0, -2.5) })
        .map(({ before, after, others, value }) => ({
          operands: [numbers(shape)],
          make: (x) => pad(x, axis > 0 ? { 0: [others, 0], [axis]: [before, after] } : { 0: [before, after] }, value),
        })),
    ),
  conv: sliding(true, false),
  "conv, with bias": sliding(true, true),
  convTransposed: sliding(false, false),
  gather: gatherDraw(false),
  "gather, fixed indices": gatherDraw(true),
  gatherAlong: alongIndices,
  scatterAdd: scatterDraw,
  cumulativeSum: (size) =>
    withAxis(size).chain(({ shape, axis }) =>
      fc
        .record({ exclusive: fc.boolean(), reverse: fc.boolean() })
        .map((options) => ({ operands: [numbers(shape)], make: (x) => cumulativeSum(x, axis, options) })),
    ),
};

/** Uses of the primitives whose results are constant almost everywhere: no gradient flows through them. */
export const constantAlmostEverywhere: Readonly<Record<string, Draw>> = {
  sign: unary(sign),
  floor: unary(floor),
  isNaN: unary((x) => isMissing(divide(x, floor(x)))),
  less: binary(less),
  lessOrEqual: binary(lessOrEqual),
  equal: binary((a, b) => equal(floor(a), floor(b))),
  and: logical(and),
  or: logical(or),
  not: unary(not, (shape) => ({ shape, holds: "bool" })),
  "cast, to int64": unary((x) => cast(multiply(x, 3), "int64")),
  topKIndices: (size, some) =>
    fc
      .record({ leading: shapes(size, 0, 2), length: some, largest: fc.boolean() })
      .map(({ leading, length, largest }) => ({
        operands: [numbers([...leading, length])],
        make: (x) => topKIndices(x, Math.ceil(length / 2), { largest }),
      })),
  treeEnsemble: (size, some) =>
    fc.record({ rows: size, columns: some }).map(({ rows, columns }) => ({
      operands: [numbers([rows, columns])],
      make: (x) => stepFunctions(cast(x, "float64"), steps(columns), "<"),
    })),
  labelEncoder: unary(
    (x) => labelEncoder(x, ["a", "c"]),
    (shape) => ({ shape, holds: "text" }),
  ),
};
