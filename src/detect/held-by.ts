import type { OptionSchema, OptionsOf } from "../options/index.ts";
import type { Detector } from "./detector.ts";

/** What of the training data a model of a detector with these options holds. */
export function heldBy<S extends OptionSchema>(detector: Detector<S>, options: OptionsOf<S>): Detector["holds"] {
  return detector.holdsWith?.(options) ?? detector.holds;
}
