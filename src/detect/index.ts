import { auto } from "./auto/auto.ts";
import type { Detector } from "./detector.ts";
import { isolationForest } from "./isolation-forest.ts";
import { mahalanobis } from "./mahalanobis.ts";
import { nearestNeighbors } from "./nearest-neighbors.ts";

/** The shelf, the default first. */
export const detectors: readonly Detector[] = [
  auto as Detector,
  nearestNeighbors as Detector,
  isolationForest as Detector,
  mahalanobis as Detector,
];

export { type Check, conformance } from "./conformance.ts";
export type { Citation, Detector, FitContext, Fitted } from "./detector.ts";
export { type ScoreContext, scoreRows } from "./score-rows.ts";
