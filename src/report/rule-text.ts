import type { FileSummary } from "../model/index.ts";

/** "false alarm rate 0.01". */
export function ruleText(rule: FileSummary["rule"]): string {
  if (rule.kind === "false-alarm-rate") return `false alarm rate ${rule.level}`;
  const procedure = rule.procedure === "storey" ? "Storey" : "Benjamini–Hochberg";
  return `false discovery rate ${rule.level}, ${procedure}`;
}
