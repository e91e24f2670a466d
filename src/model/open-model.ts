import type { Calibration } from "../calibrate/index.ts";
import type { ImageChoice, Selected } from "../data/index.ts";
import type { Session, Tensor } from "../graph/index.ts";
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
  /** Raw columns to scores: what runs, as an expression. */
  readonly score: Tensor;
  /** The reference rows as JSON text, or null. */
  readonly rows: string | null;
  readonly selection: readonly Selected[];
  /** The images that it takes in the place of columns; null for a table. */
  readonly images: ImageChoice | null;
  /** The classes whose places the graph that runs gives for each row; none where it does not. */
  readonly classes: readonly string[];
}
