import { describe, expect, it } from "vitest";
import {
  absolute,
  add,
  affine,
  and,
  cast,
  choose,
  concatenate,
  constant,
  conv,
  convTransposed,
  cumulativeSum,
  decode,
  divide,
  encode,
  equal,
  errorFunction,
  evaluate,
  expandDims,
  expandLike,
  exponential,
  type Feeds,
  float64,
  floor,
  gather,
  gatherAlong,
  greaterOrEqual,
  identity,
  input,
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
  ndArray,
  negate,
  not,
  openGraph,
  or,
  pad,
  primitives,
  rectifier,
  reshape,
  scatterAdd,
  shapeOf,
  sigmoid,
  sign,
  sine,
  slice,
  softmax,
  square,
  squareRoot,
  stepFunctions,
  stopGradient,
  subtract,
  sum,
  sumOfSquares,
  type Tensor,
  type Trees,
  tangentHyperbolic,
  topK,
  topKIndices,
  topologicalOrder,
  transpose,
  treeEnsemble,
  unitStep,
  where,
} from "../index.ts";

const x = input("x", "float64", ["rows", 3]);
const y = input("y", "float64", ["rows", 3]);
const f = cast(x, "float32");
const text = input("text", "string", ["rows"]);
const positive = add(absolute(x), 0.5);

/** One expression at least for every primitive. */
/** One node a tree for the first two columns: missing values pass the first one's test and fail the other's. */
const stumps: Trees = {
  test: "<",
  roots: Int32Array.of(0, 1),
  feature: Int32Array.of(0, 1),
  split: Float64Array.of(0.5, 1.5),
  yes: Int32Array.of(-1, -3),
  no: Int32Array.of(-2, -4),
  missing: Uint8Array.of(1, 0),
  leafTarget: new Int32Array(4),
  leafWeight: Float64Array.of(1, 2, 10, 20),
  targets: 1,
};

const cases: Record<string, Tensor> = {
  identity: identity(x),
  negate: negate(x),
  absolute: absolute(x),
  tangentHyperbolic: tangentHyperbolic(x),
  sigmoid: sigmoid(x),
  rectifier: rectifier(x),
  "errorFunction, float32": errorFunction(f),
  unitStep: unitStep(f),
  "unitStep, float64": unitStep(x),
  softmax: softmax(x),
  "softmax over rows": softmax(x, 0),
  "stopGradient, a cast to its own dtype": stopGradient(x),
  expand: expandLike(float64([1, 2, 3]), x),
  "expand, a known shape": add(x, expandLike(float64([1, 2, 3]), float64([1, 2, 3], [1, 3]))),
  shapeOf: shapeOf(x),
  exponential: exponential(x),
  logarithm: logarithm(positive),
  squareRoot: squareRoot(positive),
  sine: sine(x),
  sign: sign(x),
  floor: floor(multiply(x, 3)),
  isNaN: isMissing(divide(x, subtract(x, x))),
  add: add(x, float64([1, 2, 3])),
  "add, float32": add(f, 0.1),
  "add, int64": add(cast(x, "int64"), 4),
  subtract: subtract(x, y),
  multiply: square(x),
  divide: divide(x, positive),
  minimum: minimum(x, y),
  maximum: maximum(x, 0.25),
  less: less(x, y),
  lessOrEqual: lessOrEqual(x, x),
  "lessOrEqual, swapped": greaterOrEqual(x, y),
  equal: equal(floor(x), floor(y)),
  and: and(less(x, 0), less(y, 0)),
  or: or(less(x, 0), less(y, 0)),
  not: not(less(x, 0)),
  where: where(less(x, 0), y, 7),
  "where, one condition a row": where(less(max(x, 1, { keep: true }), 1), x, y),
  "choose, the first": choose(less(max(x, [0, 1]), 3), square(x), exponential(x)),
  "choose, the second": choose(less(max(x, [0, 1]), -3), square(x), exponential(x)),
  "choose, and both use what is used elsewhere": add(
    choose(less(max(positive, [0, 1]), 0), positive, multiply(square(positive), square(positive))),
    positive,
  ),
  "choose, a leaf": choose(less(max(x, [0, 1]), 3), y, x),
  "cast to int64": cast(multiply(x, 10), "int64"),
  "cast to float32": f,
  "cast to bool": cast(floor(x), "bool"),
  sum: sum(x, 1),
  "sum, kept": sum(x, [-1], { keep: true }),
  "sum of everything": sum(x, [0, 1]),
  sumOfSquares: sumOfSquares(x, 1),
  mean: mean(x, 0),
  max: max(x, 1),
  min: min(x, 1),
  affine: affine(x, float64([1, 2, 3, 4, 5, 6], [3, 2]), float64([0.5, -1]), { alpha: -2 }),
  "affine, transposed": affine(x, float64([1, 2, 3, 4, 5, 6], [2, 3]), float64([0.5, -1]), { transposed: true }),
  matmul: matmul(x, float64([1, 2, 3, 4, 5, 6], [3, 2])),
  reshape: reshape(x, ["rows", 1, 3]),
  "reshape, a new axis": expandDims(x, 1),
  transpose: transpose(x),
  concatenate: concatenate([x, y, x], 1),
  slice: slice(x, 1, 1, 3),
  gather: gather(x, int64([2, 0]), 1),
  "gather of rows": gather(float64([1, 2, 3, 4], [4, 1]), topKIndices(x, 2)),
  gatherAlong: gatherAlong(x, topKIndices(y, 2)),
  "gatherAlong, from rank 3": gatherAlong(reshape(x, ["rows", 1, 3]), reshape(topKIndices(y, 3), ["rows", 1, 3])),
  topKIndices: topKIndices(x, 2),
  "topKIndices, smallest": topKIndices(x, 1, { largest: false }),
  topK: topK(x, 2, { largest: false }),
  "gatherAlong, another axis": gatherAlong(reshape(x, ["rows", 3, 1]), reshape(topKIndices(x, 2), ["rows", 2, 1]), 1),
  scatterAdd: scatterAdd(x, topKIndices(y, 2), slice(y, 1, 0, 2)),
  "scatterAdd, all to one place": scatterAdd(f, int64Zeros(x), cast(y, "float32")),
  pad: pad(x, { 1: [2, 1] }),
  "pad, a value": pad(f, { [-1]: [0, 1] }, -1.1),
  "pad, int64": pad(cast(x, "int64"), { 1: [1, 0] }, 7),
  cumulativeSum: cumulativeSum(x),
  "cumulativeSum, exclusive": cumulativeSum(x, 1, { exclusive: true }),
  "cumulativeSum, reverse": cumulativeSum(f, 0, { reverse: true }),
  "cumulativeSum, exclusive and reverse": cumulativeSum(cast(x, "int64"), 1, { exclusive: true, reverse: true }),
  conv: conv(reshape(f, ["rows", 1, 3]), ramp([2, 1, 2]), { pads: [[1, 0]], strides: 2 }),
  "conv, two axes": conv(reshape(f, ["rows", 1, 1, 3]), ramp([1, 1, 3, 3]), { pads: 1 }),
  convTransposed: convTransposed(reshape(f, ["rows", 3, 1]), ramp([3, 2, 2]), { strides: 3, more: 1 }),
  labelEncoder: labelEncoder(text, ["a", "ü", "", "long text with\nnew line"]),
  treeEnsemble: stepFunctions(x, [step(-1, 0, 1), step(0.5), step()], "<"),
  "treeEnsemble, missing values": treeEnsemble(divide(floor(x), floor(x)), stumps),
  "treeEnsemble, ties below": stepFunctions(floor(x), [step(-1, 0, 1), step(0), step(-2, -1)], "<="),
};

function ramp(shape: number[]): Tensor {
  const size = shape.reduce((product, n) => product * n, 1);
  return constant(
    ndArray(
      "float32",
      shape,
      Float32Array.from({ length: size }, (_, i) => (i + 1) / 4),
    ),
  );
}

function int64Zeros(like: Tensor): Tensor {
  return cast(multiply(like, 0), "int64");
}

function step(...thresholds: number[]) {
  return {
    thresholds: Float64Array.from(thresholds),
    values: Float64Array.from([...thresholds, 9], (_, i) => i * i + 0.1),
  };
}

/** A tree of n nodes, each the child of the one before. */
function chain(n: number): Trees {
  const nodes = Int32Array.from({ length: n }, (_, i) => i);
  return {
    test: "<",
    roots: Int32Array.of(0),
    feature: new Int32Array(n),
    split: new Float64Array(n),
    yes: nodes.map((i) => (i + 1 < n ? i + 1 : -1)),
    no: nodes.map(() => -1),
    leafTarget: Int32Array.of(0),
    leafWeight: Float64Array.of(1),
    targets: 1,
  };
}

function feeds(rows: number): Feeds {
  const wave = (phase: number) => Float64Array.from({ length: rows * 3 }, (_, i) => 2.5 * Math.sin(i * 1.7 + phase));
  const words = ["a", "ü", "b", "", "long text with\nnew line"];
  return {
    x: ndArray("float64", [rows, 3], wave(0)),
    y: ndArray("float64", [rows, 3], wave(1)),
    text: ndArray(
      "string",
      [rows],
      Array.from({ length: rows }, (_, i) => words[i % words.length]),
    ),
  };
}

function needed(tensor: Tensor, rows: number): Feeds {
  const names = topologicalOrder([tensor]).map((t) => t.attributes["name"]);
  return Object.fromEntries(Object.entries(feeds(rows)).filter(([name]) => names.includes(name)));
}

const tolerance = { float32: 2e-6, float64: 1e-13, int64: 0, bool: 0, string: 0 };

describe.each(Object.entries(cases))("%s", (_, tensor) => {
  it.each([1, 7])("ONNX Runtime = the interpreter, %i rows", async (rows) => {
    using session = await openGraph({ out: tensor });
    const fed = needed(tensor, rows);
    const { out } = await session.run(fed);
    const oracle = evaluate({ out: tensor }, fed).out;
    expect(out.dtype).toBe(oracle.dtype);
    expect(out.shape).toEqual(oracle.shape);
    for (let i = 0; i < oracle.data.length; i++) {
      const [fast, slow] = [Number(out.data[i]), Number(oracle.data[i])];
      if (Number.isNaN(slow)) expect(fast).toBeNaN();
      else expect(Math.abs(fast - slow)).toBeLessThanOrEqual(tolerance[tensor.dtype] * (1 + Math.abs(slow)));
    }
  });

  it("decode ∘ encode = identity: the same bytes again", () => {
    const bytes = encode({ out: tensor }, { metadata: { note: "ü" } });
    const decoded = decode(bytes);
    expect(decoded.metadata).toEqual({ note: "ü" });
    expect(encode(decoded.outputs, { metadata: decoded.metadata })).toEqual(bytes);
  });
});

it("every primitive has a case", () => {
  const used = new Set(topologicalOrder(Object.values(cases)).map((tensor) => tensor.primitive));
  expect(primitives.filter((primitive) => !used.has(primitive)).map((primitive) => primitive.name)).toEqual([]);
});

it("no two primitives are the same ONNX operator", () => {
  const operators = primitives.map((primitive) => primitive.onnx?.operator);
  expect(new Set(operators).size).toBe(operators.length);
});

it.each([
  ["shapes that do not broadcast", () => add(x, float64([1, 2])), "do not broadcast"],
  ["two dtypes", () => add(x, f), "add: expected float64, got float32 [rows, 3]"],
  ["two names of a size", () => add(x, input("z", "float64", ["others", 3])), "do not broadcast"],
  ["an axis too many", () => sum(x, 2), "axis: expected one of 2 axes, got 2"],
  ["a slice past the end", () => slice(x, 1, 1, 4), "slice: expected 0 ≤ from < to ≤ 3"],
  ["k past the end", () => topKIndices(x, 4), "topKIndices: k: expected 1 … 3, got 4"],
  ["a product that does not fit", () => matmul(x, x), "matmul: shapes do not fit"],
  ["entries lost by reshape", () => reshape(x, ["rows", 2]), "has not as many entries"],
  [
    "a tree that tests a column too far",
    () => stepFunctions(slice(x, 1, 0, 1), [step(1), step(2)], "<"),
    "column that is not there",
  ],
  ["indices of other rows", () => gatherAlong(x, int64([0])), "gatherAlong: expected numbers and int64 indices"],
  [
    "a condition for every row",
    () => choose(less(x, y), x, y),
    "choose: condition: expected bool [], got bool [rows, 3]",
  ],
  ["two values unlike", () => choose(less(max(x, [0, 1]), 0), x, f), "choose: expected two values alike"],
  ["fixed indices out of range", () => gather(x, int64([0, 3]), 1), "gather: indices: expected 0 … 2"],
  ["a chain that ONNX Runtime would walk by recursion", () => treeEnsemble(x, chain(300)), "deeper than 256"],
  [
    "missing values that neither pass nor fail",
    () => treeEnsemble(x, { ...chain(2), missing: Uint8Array.of(0, 2) }),
    "expected NaN to pass a test (1) or not (0)",
  ],
  [
    "missing values of other nodes",
    () => treeEnsemble(x, { ...chain(2), missing: Uint8Array.of(0) }),
    "node arrays differ in length",
  ],
  ["more targets than anything needs", () => treeEnsemble(x, { ...chain(2), targets: 2e9 }), "expected 1 to 20000"],
  [
    "data that does not fill its shape",
    () => constant(ndArray("float64", [3], new Float64Array(2))),
    "expected 3 entries",
  ],
])("refuses %s", (_, make, message) => {
  expect(make).toThrow(message);
});
