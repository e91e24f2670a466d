export { batched } from "./batched.ts";
export { convChannelsLast, unfold } from "./conv-channels-last.ts";
export { evaluate, type Feeds } from "./evaluate.ts";
export { gradient } from "./gradient/gradient.ts";
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
export { cast, stopGradient } from "./primitives/cast.ts";
export { and, equal, greater, greaterOrEqual, less, lessOrEqual, not, or } from "./primitives/compare.ts";
export { conv } from "./primitives/conv.ts";
export { convTransposed } from "./primitives/conv-transposed.ts";
export { cumulativeSum } from "./primitives/cumulative-sum.ts";
export {
  absolute,
  add,
  cosine,
  divide,
  errorFunction,
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
  rectifier,
  sigmoid,
  sign,
  sine,
  square,
  squareRoot,
  subtract,
  tangentHyperbolic,
} from "./primitives/elementwise.ts";
export { countAlong, expandLike, filledLike, shapeOf } from "./primitives/expand.ts";
export { gather, gatherAlong, topK, topKIndices } from "./primitives/gather.ts";
export { primitives } from "./primitives/index.ts";
export { labelEncoder } from "./primitives/label-encoder.ts";
export { concatenate, expandDims, reshape, slice, swapLast, transpose } from "./primitives/layout.ts";
export { constant, constantValue, float64, input, inputName, int64, scalar } from "./primitives/leaf.ts";
export { pad } from "./primitives/pad.ts";
export { averagePool, maxPool, type PoolOptions } from "./primitives/pool.ts";
export { affine, matmul, product } from "./primitives/product.ts";
export { max, mean, min, sum, sumOfSquares } from "./primitives/reduce.ts";
export { scatterAdd } from "./primitives/scatter.ts";
export { where } from "./primitives/select.ts";
export { logSoftmax, logSumExp, softmax } from "./primitives/softmax.ts";
export { type Trees, treeEnsemble } from "./primitives/tree-ensemble.ts";
export { unitStep } from "./primitives/unit-step.ts";
export { scaledPlus } from "./scaled-plus.ts";
export { type StepFunction, stepFunctions } from "./search.ts";
export { simplified } from "./simplified.ts";
export { solveTriangular } from "./solve-triangular.ts";
export { sumOfRows } from "./sum-of-rows.ts";
export { describeTensor, type Primitive, type Shape, type Size, type Tensor, topologicalOrder } from "./tensor.ts";
export { verify } from "./verify.ts";
export { operationsOf } from "./work.ts";
