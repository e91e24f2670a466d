import { describe, expect, it } from "vitest";
import { key, normal } from "../../numeric/index.ts";
import { slopesOf } from "../gradient/finite-differences.ts";
import {
  constant,
  cumulativeSum,
  evaluate,
  float64,
  gather,
  gatherAlong,
  gradient,
  input,
  int64,
  ndArray,
  openGraph,
  pad,
  scatterAdd,
  square,
  sum,
  type Tensor,
  topK,
  topologicalOrder,
} from "../index.ts";

const indices = (shape: number[], ...data: number[]) =>
  constant(ndArray("int64", shape, BigInt64Array.from(data, BigInt)));
const fed = input("indices", "int64", [4]);

const cases: readonly [name: string, shapes: number[][], f: (...x: Tensor[]) => Tensor][] = [
  ["gather of rows", [[3, 2]], (x) => gather(x, int64([2, 0]))],
  ["gather, a permutation", [[2, 3, 2]], (x) => gather(x, int64([2, 0, 1]), 1)],
  ["gather, some often, one never", [[4, 2]], (x) => gather(x, int64([1, 3, 1, 1, 0]))],
  ["gather, one more often than is gathered back", [[2, 3]], (x) => gather(x, int64([0, 0, 0, 0, 0, 2]), 1)],
  ["gather at a table of indices", [[2, 3]], (x) => gather(x, indices([2, 2], 0, 2, 2, 0), 1)],
  ["gather of one row, whose axis goes", [[3, 2]], (x) => gather(x, indices([], 1))],
  ["gather at computed indices", [[3, 2]], (x) => gather(x, gather(int64([2, 1, 0, 0]), int64([3, 2, 1, 0, 0])))],
  ["gatherAlong", [[2, 3]], (x) => gatherAlong(x, indices([2, 4], 0, 0, 2, 0, 1, 1, 1, 2))],
  ["gatherAlong the first axis", [[3, 2]], (x) => gatherAlong(x, indices([2, 2], 0, 2, 0, 0), 0)],
  ["topK", [[2, 5]], (x) => topK(x, 3)],
  [
    "scatterAdd",
    [
      [2, 3],
      [2, 4],
    ],
    (x, y) => scatterAdd(x, indices([2, 4], 0, 0, 2, 0, 1, 1, 1, 2), y),
  ],
  [
    "scatterAdd along the first axis",
    [
      [3, 2],
      [2, 2],
    ],
    (x, y) => scatterAdd(x, indices([2, 2], 0, 2, 0, 0), y, 0),
  ],
  ["pad", [[2, 3]], (x) => pad(x, { 0: [1, 0], 1: [2, 3] }, 4)],
  ["cumulativeSum", [[2, 3, 2]], (x) => cumulativeSum(x, 1)],
  ["cumulativeSum, exclusive", [[2, 3]], (x) => cumulativeSum(x, 1, { exclusive: true })],
  ["cumulativeSum, exclusive and reverse", [[2, 3]], (x) => cumulativeSum(x, 0, { exclusive: true, reverse: true })],
];

describe.each(cases)("%s", (_, shapes, f) => {
  it("first and second derivative = central differences", () => {
    for (const { gradient, difference } of slopesOf(f, shapes, key("slopes")))
      expect(Math.abs(gradient - difference)).toBeLessThan(1e-6 * (1 + Math.abs(difference)));
  });

  it.each(["float32", "float64"] as const)("ONNX Runtime = the interpreter with gradients, %s", async (dtype) => {
    const operands = shapes.map((shape, i) => input(`x${i}`, dtype, shape));
    const y = f(...operands);
    const axes = (x: Tensor) => x.shape.map((_, axis) => axis);
    const grads = gradient(sum(square(y), axes(y)), operands);
    const graph = { y, ...Object.fromEntries(grads.map((g, i) => [`g${i}`, g])) };
    const make = { float32: Float32Array, float64: Float64Array }[dtype];
    const feeds = Object.fromEntries(
      shapes.map((shape, i) => {
        const draw = normal(key(`x${i}`));
        const data = new make(shape.reduce((a, b) => a * b, 1)).map(draw);
        return [`x${i}`, ndArray<typeof dtype>(dtype, shape, data)];
      }),
    );
    using session = await openGraph(graph, { threads: 2 });
    const fast = await session.run(feeds);
    for (const [name, { data, shape }] of Object.entries(evaluate(graph, feeds))) {
      expect(fast[name].shape).toEqual(shape);
      for (let i = 0; i < data.length; i++)
        expect(fast[name].data[i]).toBeCloseTo(Number(data[i]), dtype === "float32" ? 4 : 12);
    }
  });
});

it("scatterAdd = a loop, however often a place is hit, the same bits every time", async () => {
  const [places, count] = [7, 20_000];
  const at = Float64Array.from({ length: count }, (_, i) => (i * i) % places);
  const added = Float64Array.from({ length: count }, normal(key("added")));
  const expected = new Float64Array(places);
  at.forEach((place, i) => {
    expected[place] += added[i];
  });
  const x = input("x", "float64", [places]);
  const out = scatterAdd(x, int64(at), float64(added));
  using session = await openGraph({ out }, { threads: 2 });
  const runs = [];
  for (let i = 0; i < 5; i++)
    runs.push((await session.run({ x: ndArray("float64", [places], new Float64Array(places)) })).out);
  for (const run of runs) expect(run.data).toEqual(expected);
});

it("the gradient of a fixed permutation is a gather, with neither scatter nor pad", () => {
  const x = input("x", "float64", ["rows", 3]);
  const [g] = gradient(sum(square(gather(x, int64([2, 0, 1]), 1)), [0, 1]), [x]);
  const names = topologicalOrder([g]).map(({ primitive }) => primitive.name);
  expect(names).not.toContain("scatterAdd");
  expect(names).not.toContain("pad");
});

it("rows may be named: gradients of gathers along columns and rows", () => {
  const x = input("x", "float64", ["rows", 3]);
  const y = gather(gather(x, int64([0, 0, 0, 0, 0, 1]), 1), fed);
  const [toX] = gradient(sum(square(y), [0, 1]), [x]);
  const feeds = {
    x: ndArray("float64", [2, 3], Float64Array.of(1, 2, 3, 4, 5, 6)),
    indices: ndArray("int64", [4], BigInt64Array.of(1n, 1n, 1n, 0n)),
  };
  expect(evaluate({ toX }, feeds).toX.data).toEqual(Float64Array.of(10, 4, 0, 120, 30, 0));
});

const x = input("x", "float64", ["rows", 3]);
const one = indices([1, 1], 0);

it.each([
  ["scatterAdd of strings' dtype", () => scatterAdd(indices([1, 1], 1), one, one), "scatterAdd: expected floats"],
  [
    "scatterAdd of other rows",
    () => scatterAdd(float64([1, 2], [2, 1]), one, float64([1], [1, 1])),
    "shapes do not fit",
  ],
  ["scatterAdd with other indices", () => scatterAdd(x, int64([1]), float64([1])), "shapes do not fit"],
  ["gatherAlong an axis too far", () => gatherAlong(x, one, 2), "gatherAlong: axis: expected one of 2 axes, got 2"],
  ["a negative pad", () => pad(x, { 1: [-1, 0] }), "pad: expected integers ≥ 0, got [0,-1] before"],
  ["half a pad", () => pad(x, { 1: [0, 0.5] }), "pad: expected integers ≥ 0"],
  ["a pad of a named axis", () => pad(x, { 0: [0, 1] }), 'pad: expected a known size, got the named size "rows"'],
  ["half an int64 as pad", () => pad(int64([1]), { 0: [0, 1] }, 0.5), "pad: value: expected an integer, got 0.5"],
  ["sums along an axis too far", () => cumulativeSum(x, 2), "cumulativeSum: axis: expected one of 2 axes, got 2"],
])("refuses %s", (_, make, message) => {
  expect(make).toThrow(message);
});
