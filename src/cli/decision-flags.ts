import type { DecisionOptions } from "../model/index.ts";
import type { ScoreFlags } from "./score-flags.ts";

/** The rule that the flags ask for, as options of the library. */
export function decisionOptions(flags: ScoreFlags): DecisionOptions {
  const { falseAlarmRate, fdr: falseDiscoveryRate, procedure, confidence, ties, key } = flags;
  return { falseAlarmRate, falseDiscoveryRate, procedure, confidence, ties, key };
}

/** `--keep` as an option of the library: all, none or names. */
export function keepOption({ keep }: ScoreFlags): "all" | "none" | readonly string[] {
  const [word, ...more] = keep ?? ["all"];
  return more.length === 0 && (word === "all" || word === "none") ? word : keep!;
}
