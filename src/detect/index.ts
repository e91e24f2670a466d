import { auto } from "./auto/auto.ts";
import { autoencoder } from "./autoencoder.ts";
import { boosted } from "./boosted.ts";
import { deepSvdd } from "./deep-svdd.ts";
import type { Detector } from "./detector.ts";
import { ecod } from "./ecod.ts";
import { firm } from "./firm.ts";
import { gaussianMixture } from "./gaussian-mixture.ts";
import { hbos } from "./hbos.ts";
import { isolationForest } from "./isolation-forest.ts";
import { knownOrNew } from "./known-or-new.ts";
import { lof } from "./lof.ts";
import { logistic } from "./logistic.ts";
import { maf } from "./maf.ts";
import { mahalanobis } from "./mahalanobis.ts";
import { metaLearning } from "./meta-learning.ts";
import { nearestNeighbors } from "./nearest-neighbors.ts";
import { oneClassSvm } from "./one-class-svm.ts";
import { outlierSynthesis } from "./outlier-synthesis.ts";
import { pca } from "./pca.ts";
import { sculpting } from "./sculpting.ts";

/** The shelf, the default first. */
export const detectors: readonly Detector[] = [
  auto as Detector,
  nearestNeighbors as Detector,
  isolationForest as Detector,
  mahalanobis as Detector,
  lof as Detector,
  gaussianMixture as Detector,
  pca as Detector,
  ecod as Detector,
  hbos as Detector,
  oneClassSvm as Detector,
  maf as Detector,
  autoencoder as Detector,
  deepSvdd as Detector,
  outlierSynthesis as Detector,
  logistic as Detector,
  boosted as Detector,
  sculpting as Detector,
  firm as Detector,
  metaLearning as Detector,
  knownOrNew as Detector,
];

export { fitTail, tailFunction } from "./auto/tail.ts";
export { type Check, conformance } from "./conformance.ts";
export type { Citation, Detector, FitContext, FitProgress, Fitted, Known, NearestClass } from "./detector.ts";
export { heldBy } from "./held-by.ts";
export { TRAINING_PARTS } from "./network-input.ts";
export { FAMILY_WORDS } from "./outlier-synthesis/family-words.ts";
export { MADE_FAMILIES, type MadeFamily, madeFamiliesOf, makeOutliers } from "./outlier-synthesis/made-rows.ts";
export { type Acceptance, nearnessTo } from "./outliers/index.ts";
export { type ScoreContext, scoreRows } from "./score-rows.ts";
