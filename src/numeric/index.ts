export { binomialInterval } from "./binomial.ts";
export { bootstrapMean, type MeanInterval, pairedBootstrap } from "./bootstrap.ts";
export { cholesky, lowerInverse } from "./cholesky.ts";
export { friedman, type Ranks } from "./comparison/friedman.ts";
export { holm } from "./comparison/holm.ts";
export { type Homogeneity, homogeneity } from "./comparison/homogeneity.ts";
export { nemenyiDifference } from "./comparison/nemenyi.ts";
export { studentizedRangeQuantile, studentizedRangeTail } from "./comparison/studentized-range.ts";
export { type SignedRank, wilcoxonSignedRank } from "./comparison/wilcoxon.ts";
export { columnMeans, covariance } from "./covariance.ts";
export { distinctRows } from "./distinct-rows.ts";
export { COVARIANCES, type CovarianceShape, type Gaussian } from "./gaussian.ts";
export { bayesianInformation, certain, expectation, type Mixture, maximization } from "./gaussian-mixture.ts";
export { entriesOf, type ImageShape, shapeText } from "./image-shape.ts";
export { betaQuantile, incompleteBeta } from "./incomplete-beta.ts";
export { chiSquareTail, incompleteGamma, incompleteGammaTail } from "./incomplete-gamma.ts";
export { kMeans } from "./k-means.ts";
export { type Key, key, keyOfState, normal, permutation, randomBits, sample, uniform } from "./key.ts";
export { type MinimizeSettings, type Minimum, minimize, type Smooth } from "./lbfgs.ts";
export { ledoitWolf } from "./ledoit-wolf.ts";
export { logGamma } from "./log-gamma.ts";
export {
  type LogisticData,
  type LogisticFit,
  type LogisticSettings,
  logisticRegression,
} from "./logistic-regression.ts";
export {
  columnOf,
  fromColumns,
  fromRows,
  type Matrix,
  matrix,
  rowOf,
  sliceRows,
  stackRows,
  takeColumns,
  takeRows,
  varyingColumns,
} from "./matrix.ts";
export { auroc } from "./metrics/auroc.ts";
export { averagePrecision } from "./metrics/average-precision.ts";
export { f1 } from "./metrics/f1.ts";
export { falseAlarmRateAtRecall } from "./metrics/false-alarm-rate-at-recall.ts";
export { falseDiscoveryProportion } from "./metrics/false-discovery-proportion.ts";
export { type FlagCounts, flagCounts } from "./metrics/flag-counts.ts";
export { partialAuroc } from "./metrics/partial-auroc.ts";
export { type PrecisionPoint, precisionRecallCurve } from "./metrics/precision-recall-curve.ts";
export { recallAtFalseAlarmRate } from "./metrics/recall-at-false-alarm-rate.ts";
export { type RocPoint, rocCurve } from "./metrics/roc-curve.ts";
export { thinCurve } from "./metrics/thin-curve.ts";
export { twoSampleDistance } from "./metrics/two-sample-distance.ts";
export { type Distance, uniformDistance } from "./metrics/uniform-distance.ts";
export { normalCdf, normalQuantile, wichura } from "./normal-distribution.ts";
export { bytes, count, counted, duration, percent, short, upToOne } from "./number-text.ts";
export { type OneClassSolution, solveOneClass } from "./one-class-dual.ts";
export { type PrincipalPlane, placesIn, principalPlane } from "./principal-plane.ts";
export { median, quantileSorted, sortedCopy } from "./quantile.ts";
export { midranks } from "./rank.ts";
export { skewness } from "./skewness.ts";
export { studentQuantile } from "./student-quantile.ts";
export { symmetricEigen } from "./symmetric-eigen.ts";
export {
  type Column,
  type Images,
  type NumberColumn,
  stackTables,
  type Table,
  type TextColumn,
  takeTableRows,
} from "./table.ts";
