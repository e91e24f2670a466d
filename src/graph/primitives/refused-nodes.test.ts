import { expect, it } from "vitest";
import { ndArray } from "../nd-array.ts";
import { apply, type OnnxParts, type Tensor } from "../tensor.ts";
import { primitives } from "./index.ts";
import { input } from "./leaf.ts";

// What a model file of someone else may say, as decode reads it.

const x = input("x", "float32", [2, 4, 6]);
const w = input("w", "float32", [2, 4, 3]);
const at = input("at", "int64", [2, 4, 1]);
const added = input("added", "float32", [2, 4, 1]);

const ints = (...values: number[]) => ndArray("int64", [values.length], BigInt64Array.from(values, BigInt));
const one = (value: number) => ndArray("float32", [], Float32Array.of(value));
const int = (value: number) => ndArray("int64", [], BigInt64Array.of(BigInt(value)));
const sliding = {
  strides: { ints: [1] },
  pads: { ints: [0, 0] },
  dilations: { ints: [1] },
  group: { int: 1 },
};
const constantMode = { mode: { string: "constant" } };
const add = { reduction: { string: "add" } };

const nodes: readonly [what: string, operator: string, inputs: Tensor[], parts: OnnxParts, message: string][] = [
  [
    "pads that ONNX Runtime guesses",
    "Conv",
    [x, w],
    { attributes: { ...sliding, auto_pad: { string: "SAME_UPPER" } } },
    "attribute auto_pad",
  ],
  ["no strides", "Conv", [x, w], { attributes: { pads: { ints: [0, 0] } } }, "attribute strides: expected integers"],
  [
    "an odd number of pads",
    "Conv",
    [x, w],
    { attributes: { ...sliding, pads: { ints: [0, 0, 1] } } },
    "after: expected 1 integers",
  ],
  [
    "a stride beyond int32",
    "Conv",
    [x, w],
    { attributes: { ...sliding, strides: { ints: [2 ** 40] } } },
    "strides: expected 1",
  ],
  [
    "negative pads",
    "Conv",
    [x, w],
    { attributes: { ...sliding, pads: { ints: [-1, 0] } } },
    "before: expected 1 integers ≥ 0",
  ],
  ["no groups", "Conv", [x, w], { attributes: { ...sliding, group: { int: 0 } } }, "groups: expected a divisor"],
  [
    "a size of the result",
    "ConvTranspose",
    [x, w],
    { attributes: { ...sliding, output_shape: { ints: [9] } } },
    "attribute output_shape",
  ],
  [
    "no padding of the output",
    "ConvTranspose",
    [x, w],
    { attributes: sliding },
    "attribute output_padding: expected integers",
  ],
  [
    "a mode of its own",
    "Pad",
    [x],
    { attributes: { mode: { string: "wrap" } }, constants: [ints(0, 0, 0, 0, 0, 0), one(0)] },
    "Pad: expected constant mode",
  ],
  [
    "pads of other axes",
    "Pad",
    [x],
    { attributes: constantMode, constants: [ints(0, 1), one(0)] },
    "Pad: expected 6 pads, got 2",
  ],
  [
    "negative pads in Pad",
    "Pad",
    [x],
    { attributes: constantMode, constants: [ints(0, 0, -5, 0, 0, 0), one(0)] },
    "pad: expected integers ≥ 0",
  ],
  [
    "a pad of another dtype",
    "Pad",
    [x],
    { attributes: constantMode, constants: [ints(0, 0, 0, 0, 0, 1), int(0)] },
    "Pad: value: expected one float32",
  ],
  [
    "a list of axes",
    "Pad",
    [x],
    { attributes: constantMode, constants: [ints(1, 1), one(0), ints(0)] },
    "expected 2 constants as further inputs, got 3",
  ],
  ["no reduction", "ScatterElements", [x, at, added], { attributes: { axis: { int: 2 } } }, "expected reduction add"],
  [
    "a product as reduction",
    "ScatterElements",
    [x, at, added],
    { attributes: { reduction: { string: "mul" } } },
    "expected reduction add",
  ],
  [
    "an axis from the end",
    "ScatterElements",
    [x, at, added],
    { attributes: { ...add, axis: { int: -1 } } },
    "axis -1: expected it from the front",
  ],
  ["an axis too far", "GatherElements", [x, at], { attributes: { axis: { int: 3 } } }, "gatherAlong: expected numbers"],
  ["batches of a gather", "Gather", [x, at], { attributes: { batch_dims: { int: 1 } } }, "attribute batch_dims"],
  [
    "places in no order",
    "TopK",
    [x],
    { attributes: { sorted: { int: 0 } }, constants: [ints(1)] },
    "TopK: expected sorted places",
  ],
  ["two axes of sums", "CumSum", [x], { constants: [ints(0, 1)] }, "CumSum: expected one int64 axis"],
  ["sums along no axis", "CumSum", [x], { constants: [int(-1)] }, "axis -1: expected it from the front"],
];

it.each(nodes)("refuses %s", (_, operator, inputs, parts, message) => {
  const primitive = primitives.find(({ onnx }) => onnx?.operator === operator)!;
  expect(() => apply(primitive, inputs, primitive.onnx!.decode!(parts, inputs))).toThrow(message);
});
