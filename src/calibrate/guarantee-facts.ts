import type { CalibrationUnit } from "./calibration.ts";

export type DecisionRule =
  | { readonly kind: "false-alarm-rate"; readonly level: number }
  | {
      readonly kind: "false-discovery-rate";
      readonly level: number;
      readonly procedure: "benjamini-hochberg" | "storey";
    };

/** How p-values and flags came about. */
export interface GuaranteeFacts {
  readonly method: "split" | "cross";
  /** What is taken to be exchangeable; rows when left out. */
  readonly unit?: CalibrationUnit;
  /** Their number: of groups where whole groups calibrated. */
  readonly calibrationRows: number;
  readonly rule: DecisionRule;
  readonly ties: "conservative" | "random";
  /** δ, when the p-values were made calibration-conditional. */
  readonly conditional?: number;
  /** The rows decided at once, if known. */
  readonly batchRows?: number;
  /** Rows given as normal that were dropped before calibration, as the least like the others, of how many. */
  readonly trimmed?: { readonly rows: number; readonly of: number };
}
