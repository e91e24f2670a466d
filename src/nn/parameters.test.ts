import { expect, it } from "vitest";
import { evaluate, gradient, identity, input, multiply, ndArray, reshape, sum } from "../graph/index.ts";
import { key } from "../numeric/index.ts";
import { filled, normalWith } from "./initializers.ts";
import { cut, flatten, initialize, type Parameter, packing, perEntry, unpack, valueAt } from "./parameters.ts";

const weight = (shape: number[], more: Partial<Parameter> = {}): Parameter => ({
  shape,
  initialize: normalWith(1),
  role: "weight",
  ...more,
});
const tree = {
  first: { weight: weight([2, 3]), offset: weight([3], { role: "offset" }) },
  mean: weight([3], { role: "statistic", initialize: filled(4) }),
  last: weight([3, 1], { mask: Float32Array.of(1, 0, 1) }),
};

it("trained parameters stand side by side in the order of the tree, statistics apart", () => {
  const { trained, statistics, size } = packing(tree);
  expect(trained.map(({ path, from, to }) => [path, from, to])).toEqual([
    ["first/weight", 0, 6],
    ["first/offset", 6, 9],
    ["last", 9, 12],
  ]);
  expect(statistics.map(({ path, from, to }) => [path, from, to])).toEqual([["mean", 0, 3]]);
  expect(size).toBe(12);
});

it("flatten ∘ unpack = identity", () => {
  const packed = initialize(tree, key(1));
  const { trained, statistics } = packing(tree);
  const parts = cut(trained, input("trained", "float32", [1, 12]));
  const values = unpack(tree, parts, cut(statistics, input("statistics", "float32", [1, 3])));
  const flat = flatten(trained.map(({ path }) => valueAt(values, path)));
  const { out } = evaluate({ out: flat }, { trained: ndArray("float32", [1, 12], packed.trained) });
  expect(out.data).toEqual(packed.trained);
});

it("a gradient in a value is whole where a layer reshapes the value", () => {
  const { trained, statistics } = packing(tree);
  const parts = cut(trained, input("trained", "float32", [1, 12]));
  const values = unpack(tree, parts, cut(statistics, input("statistics", "float32", [1, 3])));
  const wide = reshape(values.first.weight, [3, 2]);
  const tall = reshape(values.first.offset, [3, 1]);
  const steep = gradient(sum(multiply(wide, tall), [0, 1]), [values.first.weight, values.first.offset]);
  const out = evaluate(
    { weight: identity(steep[0]), offset: identity(steep[1]) },
    { trained: ndArray("float32", [1, 12], Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0, 0)) },
  );
  expect(Array.from(out["weight"].data as Float32Array)).toEqual([7, 7, 8, 8, 9, 9]);
  expect(Array.from(out["offset"].data as Float32Array)).toEqual([3, 7, 11]);
});

it("equal keys, equal parameters; a parameter's draw does not depend on the others", () => {
  const { trained } = initialize(tree, key(1));
  expect(initialize(tree, key(1)).trained).toEqual(trained);
  expect(initialize(tree, key(2)).trained).not.toEqual(trained);
  const more = initialize({ before: weight([5]), ...tree }, key(1)).trained;
  expect(more.slice(5)).toEqual(trained);
});

it("masked entries are 0 and each entry knows its parameter", () => {
  expect(initialize(tree, key(1)).trained[10]).toBe(0);
  expect(initialize(tree, key(1)).statistics).toEqual(Float32Array.of(4, 4, 4));
  const roles = perEntry(packing(tree), ({ role }) => (role === "offset" ? 1 : 0));
  expect(Array.from(roles)).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0]);
});
