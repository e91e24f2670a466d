import {
  benjaminiHochberg,
  type Calibration,
  conditionalPValues,
  type DecisionRule,
  describeGuarantee,
  randomizedPValues,
  requireResolution,
  smallestPValue,
  storey,
} from "../calibrate/index.ts";
import { InputError } from "../errors/index.ts";
import { key, uniform } from "../numeric/index.ts";
import type { Manifest } from "./manifest.ts";

export interface DecisionOptions {
  /** Flag a normal row with at most this probability: p ≤ rate, row by row. 0.01 when neither rate is given. */
  readonly falseAlarmRate?: number;
  /** Keep the expected share of normal rows among the flagged at most this: looks at the whole batch. */
  readonly falseDiscoveryRate?: number;
  /** How false discoveries are controlled. */
  readonly procedure?: "benjamini-hochberg" | "storey";
  /** p-values that hold for this very calibration set with this confidence, instead of on average over such sets. */
  readonly confidence?: number;
  /** What scores that tie with calibration scores count as; "random" needs a key. */
  readonly ties?: "conservative" | "random";
  readonly key?: number | string;
}

/** A rule that is settled before any row is seen. */
export interface Policy {
  readonly rule: DecisionRule;
  /** Whether `rule` was chosen for want of one. */
  readonly byDefault: boolean;
  readonly conditional: number | undefined;
  readonly ties: "conservative" | "random";
  /** p-values as people see them, from scores and conservative p-values of consecutive rows. */
  readonly adjust: (scores: Float64Array, pValues: Float64Array) => Float64Array;
  /** The largest p-value that is flagged, once all p-values are known; −1 when none is. */
  readonly threshold: (pValues: Float64Array) => number;
  /** The same for rows that come one by one; throws where the rule needs the whole batch. */
  readonly streamThreshold: () => number;
  readonly guarantee: (rows?: number) => readonly string[];
}

/** How the calibration rows came about, as the manifest tells. */
type Made = Pick<Manifest, "contamination"> & { readonly calibration: Pick<Manifest["calibration"], "method"> };

/**
 * What was asked for, as a rule. Throws an InputError on contradictions, and where the calibration rows cannot resolve
 * the level, with the number that would do. `who` and the flags are named in errors.
 */
export function policyOf(
  calibration: Calibration,
  { calibration: { method }, contamination }: Made,
  options: DecisionOptions,
  who = "score",
): Policy {
  const { falseAlarmRate, falseDiscoveryRate, procedure, confidence, ties = "conservative" } = options;
  if (falseAlarmRate !== undefined && falseDiscoveryRate !== undefined)
    throw new InputError(`${who}: expected --fdr or --false-alarm-rate, got both; drop one of the two`);
  if (procedure !== undefined && falseDiscoveryRate === undefined)
    throw new InputError(`${who}: --procedure: expected --fdr with it, got none; pass --fdr 0.05`);
  if (procedure === "storey" && method === "cross")
    throw new InputError(
      `${who}: --procedure: storey's estimate needs exact p-values, and these are calibrated by folds; fit with --calibration split, or use benjamini-hochberg`,
    );
  requireUnit(calibration.unit, options, who);
  if (ties === "random" && options.key === undefined)
    throw new InputError(`${who}: --ties: random ties need a key; pass --key 7`);
  if (confidence !== undefined && !(confidence > 0 && confidence < 1))
    throw new InputError(`${who}: --confidence: expected a number between 0 and 1, got ${confidence}`);
  const conditional = confidence === undefined ? undefined : Number((1 - confidence).toPrecision(12));
  const rule = ruleOf(calibration, options, conditional);
  const flag = rule.kind === "false-alarm-rate" ? "--false-alarm-rate" : "--fdr";
  requireResolution(calibration.n, rule.level, who, flag, conditional, calibration.unit);
  // One stream for all rows in their order, so that p-values do not depend on how the rows were cut.
  const uniforms = ties === "random" ? uniform(key(options.key!).for("ties")) : null;
  return {
    rule,
    byDefault: falseAlarmRate === undefined && falseDiscoveryRate === undefined,
    conditional,
    ties,
    adjust: (scores, pValues) => {
      const tied = uniforms ? randomizedPValues(calibration, scores, uniforms) : pValues;
      return conditional === undefined ? tied : conditionalPValues(tied, calibration.n, conditional);
    },
    threshold: (pValues) => {
      if (rule.kind === "false-alarm-rate") return rule.level;
      const control = rule.procedure === "storey" ? storey : benjaminiHochberg;
      const { count, threshold } = control(pValues, rule.level);
      return count > 0 ? threshold : -1;
    },
    streamThreshold: () => {
      if (rule.kind === "false-alarm-rate") return rule.level;
      throw new InputError(
        `${who}: --fdr: needs the whole batch, got rows that come one by one; pass --false-alarm-rate ${rule.level}, or a file`,
      );
    },
    guarantee: (rows) =>
      describeGuarantee({
        method,
        unit: calibration.unit,
        calibrationRows: calibration.n,
        rule,
        ties,
        conditional,
        batchRows: rows,
        trimmed: contamination ?? undefined,
      }),
  };
}

/** What needs rows that are independent of each other is refused where they are known not to be. */
function requireUnit(unit: Calibration["unit"], { confidence, procedure }: DecisionOptions, who: string): void {
  if (unit === "rows") return;
  const [flag, remedy] = unit === "groups" ? ["--group", "groups"] : ["--time", "time"];
  if (confidence !== undefined)
    throw new InputError(
      `${who}: --confidence: needs rows that are independent of each other, and these were calibrated by ${remedy} (${flag} at fit); drop --confidence`,
    );
  if (procedure === "storey")
    throw new InputError(
      `${who}: --procedure: storey's estimate needs rows that are independent of each other, and these were calibrated by ${remedy} (${flag} at fit); use benjamini-hochberg`,
    );
}

function ruleOf(calibration: Calibration, options: DecisionOptions, conditional: number | undefined): DecisionRule {
  const { falseAlarmRate, falseDiscoveryRate, procedure = "benjamini-hochberg" } = options;
  if (falseDiscoveryRate !== undefined) return { kind: "false-discovery-rate", level: falseDiscoveryRate, procedure };
  if (falseAlarmRate !== undefined) return { kind: "false-alarm-rate", level: falseAlarmRate };
  // With few calibration rows 1 % cannot be resolved: the smallest level that can.
  const smallest = smallestPValue(calibration.n, conditional);
  return { kind: "false-alarm-rate", level: Math.max(0.01, Math.ceil(smallest * 1000) / 1000) };
}
