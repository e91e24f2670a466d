import { expect, it } from "vitest";
import { evaluate, input, ndArray } from "../graph/index.ts";
import { key } from "../numeric/index.ts";
import { filled, normalWith } from "./initializers.ts";
import { flatten, initialize, type Parameter, packing, perEntry, unpack, valueAt } from "./parameters.ts";

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
  const values = unpack(tree, input("trained", "float32", [12]), input("statistics", "float32", [3]));
  const flat = flatten(packing(tree).trained.map(({ path }) => valueAt(values, path)));
  const { out } = evaluate({ out: flat }, { trained: ndArray("float32", [12], packed.trained) });
  expect(out.data).toEqual(packed.trained);
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
