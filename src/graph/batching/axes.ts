import { cumulativeSumPrimitive } from "../primitives/cumulative-sum.ts";
import { topKIndicesPrimitive } from "../primitives/gather.ts";
import {
  concatenatePrimitive,
  reshape,
  reshapePrimitive,
  slicePrimitive,
  transpose,
  transposePrimitive,
} from "../primitives/layout.ts";
import { padPrimitive } from "../primitives/pad.ts";
import { reductions } from "../primitives/reduce.ts";
import { softmaxPrimitive } from "../primitives/softmax.ts";
import { treeEnsemblePrimitive } from "../primitives/tree-ensemble.ts";
import { type Attributes, apply, type Primitive, type Shape, type Tensor } from "../tensor.ts";
import { folded, repeated, unfolded } from "./leading.ts";
import type { BatchRule, BatchRules } from "./rule.ts";

/** The same primitive of the one input, its attributes changed for the axis that now comes first. */
const shifted =
  (change: (attributes: Attributes) => Attributes): BatchRule =>
  ({ primitive, attributes }, [x]) =>
    apply(primitive, [x.tensor], { ...attributes, ...change(attributes) });

const oneAxis = shifted(({ axis }) => ({ axis: (axis as number) + 1 }));
const behind = (axes: readonly number[]) => axes.map((axis) => axis + 1);

/** Primitives that work along axes they name, which all stand one place further back. */
export const axesBatching: BatchRules = [
  ...reductions.map((p) => [p, shifted(({ axes }) => ({ axes: behind(axes as number[]) }))] as const),
  [softmaxPrimitive as Primitive, oneAxis],
  [cumulativeSumPrimitive as Primitive, oneAxis],
  [slicePrimitive as Primitive, oneAxis],
  [topKIndicesPrimitive as Primitive, shifted(() => ({}))],
  [
    padPrimitive as Primitive,
    shifted(({ before, after }) => ({ before: [0, ...(before as number[])], after: [0, ...(after as number[])] })),
  ],
  [reshapePrimitive as Primitive, ({ shape }, [x], { size }) => reshape(x.tensor, [size, ...(shape as Shape)])],
  [
    transposePrimitive as Primitive,
    ({ attributes }, [x]) => transpose(x.tensor, [0, ...behind(attributes["order"] as number[])]),
  ],
  [
    concatenatePrimitive as Primitive,
    ({ primitive, attributes }, inputs, batch) =>
      apply(
        primitive,
        inputs.map((input) => repeated(input, batch)),
        { axis: (attributes["axis"] as number) + 1 },
      ),
  ],
  // Trees take rows one by one: those of every entry are rows below each other.
  [
    treeEnsemblePrimitive as Primitive,
    (result, [x], batch) => unfolded(treesOf(result, folded(x.tensor)), batch, result.shape[0]),
  ],
];

function treesOf({ primitive, attributes }: Tensor, rows: Tensor): Tensor {
  return apply(primitive, [rows], attributes);
}
