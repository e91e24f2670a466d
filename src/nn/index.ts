export { negativeLogDensity } from "./flows/density.ts";
export type { Flow } from "./flows/flow.ts";
export { type MaskedAutoregressiveOptions, maskedAutoregressive } from "./flows/masked-autoregressive.ts";
export { type NeuralSplineOptions, neuralSpline } from "./flows/neural-spline.ts";
export {
  fanInUniform,
  filled,
  glorotUniform,
  heNormal,
  type Initializer,
  normalWith,
  uniformWithin,
} from "./initializers.ts";
export { activation, type Context, type Distribution, inference, type Layer, sequence } from "./layer.ts";
export { elu, gelu, geluByTanh, silu, softplus } from "./layers/activations.ts";
export { type AttentionOptions, selfAttention } from "./layers/attention.ts";
export { type BatchNormalizationOptions, batchNormalization } from "./layers/batch-normalization.ts";
export { type ConvolutionOptions, convolution, maxPooling, meanPooling } from "./layers/convolution.ts";
export { dropout, inputDropout } from "./layers/dropout.ts";
export { featureTokenizer, positions } from "./layers/feature-tokenizer.ts";
export { type LayerNormalizationOptions, layerNormalization } from "./layers/layer-normalization.ts";
export { type LinearOptions, linear } from "./layers/linear.ts";
export { mlp } from "./layers/mlp.ts";
export { residual, residualBlock } from "./layers/residual.ts";
export { type TransformerOptions, transformerBlock } from "./layers/transformer.ts";
export { upsampledConvolution } from "./layers/upsampled-convolution.ts";
export { adam } from "./optimizers/adam.ts";
export { averaged, equalWeights, exponentialWeights } from "./optimizers/averaged.ts";
export { gradientDescent } from "./optimizers/gradient-descent.ts";
export type { Optimizer } from "./optimizers/optimizer.ts";
export {
  asConstants,
  initialize,
  type Packed,
  type Parameter,
  type ParameterTree,
  packing,
  type Values,
} from "./parameters.ts";
export { constantRate, cosine, oneCycle, type Pace, type Schedule, warmUp } from "./schedules.ts";
export { shuffled, withReplacement } from "./training/batches.ts";
export { readCheckpoint, writeCheckpoint } from "./training/checkpoint.ts";
export { compileStep, type Step } from "./training/step.ts";
export type { Problem } from "./training/step-graph.ts";
export { type Trained, type TrainOptions, type TrainProgress, train } from "./training/train.ts";
