import type { Calibration } from "../calibrate/index.ts";
import type { Selected } from "../data/index.ts";
import type { Session } from "../graph/index.ts";
import type { Manifest } from "./manifest.ts";

/** What the verbs of a model work on. */
export interface OpenModel {
  readonly manifest: Manifest;
  readonly calibration: Calibration;
  /** The file. */
  readonly bytes: Uint8Array;
  /** The graph that runs. */
  readonly runnable: Uint8Array;
  readonly session: Session;
  readonly selection: readonly Selected[];
}
