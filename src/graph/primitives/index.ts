import type { Primitive } from "../tensor.ts";
import { choosePrimitive } from "./branch.ts";
import { castPrimitive } from "./cast.ts";
import { comparisons } from "./compare.ts";
import { convPrimitive } from "./conv.ts";
import { convTransposedPrimitive } from "./conv-transposed.ts";
import { cumulativeSumPrimitive } from "./cumulative-sum.ts";
import { elementwise } from "./elementwise.ts";
import { expandPrimitive, shapeOfPrimitive } from "./expand.ts";
import { gatherAlongPrimitive, gatherPrimitive, topKIndicesPrimitive } from "./gather.ts";
import { labelEncoderPrimitive } from "./label-encoder.ts";
import { concatenatePrimitive, reshapePrimitive, slicePrimitive, transposePrimitive } from "./layout.ts";
import { padPrimitive } from "./pad.ts";
import { affinePrimitive, matmulPrimitive } from "./product.ts";
import { reductions } from "./reduce.ts";
import { scatterAddPrimitive } from "./scatter.ts";
import { wherePrimitive } from "./select.ts";
import { softmaxPrimitive } from "./softmax.ts";
import { treeEnsemblePrimitive } from "./tree-ensemble.ts";
import { unitStepPrimitive } from "./unit-step.ts";

/** Every primitive that is an ONNX node: what a model file may hold, and nothing else. */
export const primitives: readonly Primitive[] = [
  ...elementwise,
  ...comparisons,
  ...reductions,
  wherePrimitive,
  expandPrimitive,
  shapeOfPrimitive,
  unitStepPrimitive,
  softmaxPrimitive as Primitive,
  choosePrimitive,
  castPrimitive as Primitive,
  affinePrimitive as Primitive,
  matmulPrimitive,
  reshapePrimitive as Primitive,
  transposePrimitive as Primitive,
  concatenatePrimitive as Primitive,
  slicePrimitive as Primitive,
  padPrimitive as Primitive,
  convPrimitive as Primitive,
  convTransposedPrimitive as Primitive,
  gatherPrimitive as Primitive,
  gatherAlongPrimitive as Primitive,
  scatterAddPrimitive as Primitive,
  cumulativeSumPrimitive as Primitive,
  topKIndicesPrimitive as Primitive,
  labelEncoderPrimitive as Primitive,
  treeEnsemblePrimitive as Primitive,
];
