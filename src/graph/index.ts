export { evaluate, type Feeds } from "./evaluate.ts";
export { type DType, type NdArray, ndArray, type Storage, sizeOf, zeros } from "./nd-array.ts";
export { type Decoded, decode } from "./onnx/decode.ts";
export { type EncodeOptions, encode, IR_VERSION, ML_OPSET, OPSET } from "./onnx/encode.ts";
export { inLanes } from "./onnx/in-lanes.ts";
export { LIMITS } from "./onnx/limits.ts";
export { cutRows, type MapRowsOptions, mapRows } from "./onnx/map-rows.ts";
export { inlineRunner, pooledRunner, type Runner, sharedRunner } from "./onnx/runner.ts";
export { openGraph, openSession, type Session } from "./onnx/session.ts";
export { overRows } from "./over-rows.ts";
export { choose } from "./primitives/branch.ts";
export { cast } from "./primitives/cast.ts";
export { and, equal, greater, greaterOrEqual, less, lessOrEqual, not, or } from "./primitives/compare.ts";
export {
  absolute,
  add,
  divide,
  exponential,
  floor,
  identity,
  isMissing,
  logarithm,
  maximum,
  minimum,
  multiply,
  negate,
  type Operand,
  sign,
  sine,
  square,
  squareRoot,
  subtract,
} from "./primitives/elementwise.ts";
export { gather, gatherAlong, topKIndices } from "./primitives/gather.ts";
export { primitives } from "./primitives/index.ts";
export { labelEncoder } from "./primitives/label-encoder.ts";
export { concatenate, expandDims, reshape, slice, transpose } from "./primitives/layout.ts";
export { constant, constantValue, float64, input, inputName, int64, scalar } from "./primitives/leaf.ts";
export { affine, matmul } from "./primitives/product.ts";
export { max, mean, min, sum } from "./primitives/reduce.ts";
export { where } from "./primitives/select.ts";
export { type Trees, treeEnsemble } from "./primitives/tree-ensemble.ts";
export { type StepFunction, stepFunctions } from "./search.ts";
export { describeTensor, type Primitive, type Shape, type Size, type Tensor, topologicalOrder } from "./tensor.ts";
export { verify } from "./verify.ts";
