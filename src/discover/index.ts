export { annealing, SCHEDULES } from "./annealing.ts";
export { type Classifier, c2st } from "./c2st.ts";
export {
  COMBINATIONS,
  type Combination,
  type Combined,
  combineLevels,
  LEVEL_SCALES,
  type LevelScale,
  zOf,
} from "./combine.ts";
export { type Blocks, blocksOf, poisson } from "./deal.ts";
export { type Alone, compileKernelFitter, type FitBatch, type KernelFitter, type Level } from "./fit-kernels.ts";
export { kernelExpressions, kernelValues } from "./kernel-values.ts";
export type { Kernels } from "./log-ratio.ts";
export { memberFitter, statisticsOfLevels } from "./members.ts";
export { mmdFuse } from "./mmd-fuse.ts";
export type { KernelPlace, Place, PlacedRow } from "./place.ts";
export { estimatePower, type Power } from "./power.ts";
export { fitPreparation, KERNEL_SCALINGS, type Preparation, prepareRows, restoreRows } from "./preparation.ts";
export type { Samples, TestContext } from "./samples.ts";
export { type LevelResult, type SparkerResult, sparker } from "./sparker.ts";
export { DEALS, sparkerOptions } from "./sparker-options.ts";
export { strongestAlone, withStrongest } from "./strongest.ts";
export { type Extrapolation, extrapolateTail, fitChiSquare, type TailFit } from "./tail-extrapolation.ts";
export { toyKind } from "./toy-kind.ts";
export { planToys, type SparkerOptions } from "./toy-plan.ts";
export type { TwoSampleResult } from "./two-sample-test.ts";
export { medianWidth } from "./widths.ts";
