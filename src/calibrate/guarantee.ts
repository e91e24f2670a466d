import { alarmRank, realizedRate } from "./false-alarm.ts";
import type { DecisionRule, GuaranteeFacts } from "./guarantee-facts.ts";
import { groupClaims, timeClaims } from "./guarantee-together.ts";
import { trimmedClaims } from "./guarantee-trimmed.ts";
import { levelSlack } from "./level.ts";
import { smallestPValue } from "./resolution.ts";

/**
 * What the flags guarantee, under which assumption, and where it ends: short sentences for an analyst, the assumption
 * first. Changes no decision. O(√n).
 */
export function describeGuarantee(facts: GuaranteeFacts): readonly string[] {
  const claims = { rows: rowClaims, groups: groupClaims, time: timeClaims }[facts.unit ?? "rows"];
  return [
    ...claims(facts),
    ...trimmedClaims(facts),
    ...resolution(facts),
    ...ties(facts),
    "None of this says how many anomalous rows are missed.",
  ];
}

function rowClaims(facts: GuaranteeFacts): readonly string[] {
  const { rule } = facts;
  const claim = rule.kind === "false-alarm-rate" ? falseAlarms(facts, rule.level) : falseDiscoveries(facts, rule);
  return [assumption(facts), ...heldOut(facts), ...claim];
}

function assumption({ calibrationRows, rule, conditional }: GuaranteeFacts): string {
  const apart = rule.kind === "false-discovery-rate" ? ", whatever the anomalous rows are" : "";
  const exchangeable = `Assumption: the new normal rows come from the same source as the ${whole(calibrationRows)} calibration rows, in no particular order (exchangeable rows)${apart}.`;
  const independent =
    " The claim for this calibration set also needs the rows to be independent of each other (no groups, no trend).";
  return conditional === undefined && rule.kind !== "false-alarm-rate" ? exchangeable : exchangeable + independent;
}

function heldOut({ method }: GuaranteeFacts): string[] {
  if (method === "split")
    return ["The detector was fitted without the calibration rows, so their scores are fair to compare with."];
  return [
    "Approximate: each calibration row was scored by a detector fitted without its part of the rows, but new rows are scored by the detector fitted on all of them.",
    "Exact would be the comparison of a new row, scored by one of those partial detectors, with the part that it left out. What follows holds as far as the detectors score alike; no bound is proven without that.",
  ];
}

function falseAlarms({ calibrationRows: n, ties, conditional }: GuaranteeFacts, level: number): string[] {
  if (conditional !== undefined)
    return [
      `With confidence ${percent(1 - conditional)} over calibration sets, this calibration set flags a normal row with probability at most ${percent(level)}; this holds for all levels at once.`,
    ];
  const rank = alarmRank(n, level);
  const onAverage = `A normal row is flagged with probability at most ${percent(level)}, on average over calibration sets`;
  if (rank === 0) return [`${onAverage}.`];
  // Random ties attain the level between two ranks.
  const upper = ties === "random" ? Math.min(n, Math.ceil((level * (n + 1)) / levelSlack)) : rank;
  const [{ low }, { high }] = [realizedRate(n, rank), realizedRate(n, upper)];
  const gap = level - rank / (n + 1) > 0.005 * level && ties === "conservative";
  const attained = gap ? `; ${percent(rank / (n + 1))} is what ${whole(n)} calibration rows attain.` : ".";
  return [
    onAverage + attained,
    `For this calibration set the share of normal rows flagged lies between ${percent(low)} and ${percent(high)} with confidence 95 %${ties === "random" ? "" : "; ties only lower it"}.`,
  ];
}

function falseDiscoveries(
  { conditional }: GuaranteeFacts,
  { level, procedure }: Extract<DecisionRule, { kind: "false-discovery-rate" }>,
): string[] {
  const name =
    procedure === "storey"
      ? "Benjamini–Hochberg with Storey's estimate of the share of normal rows"
      : "Benjamini–Hochberg";
  const over =
    conditional === undefined
      ? "on average over calibration sets and batches"
      : `on average over batches, for this calibration set with confidence ${percent(1 - conditional)}`;
  return [
    `At most ${percent(level)} of the flagged rows are normal, ${over} (false discovery rate, ${name}). In a single batch the share can be larger.`,
    "The batch was decided as a whole: the claim is not for a part picked afterward.",
  ];
}

function resolution(facts: GuaranteeFacts): string[] {
  return [smallestSentence(facts), ...(facts.rule.kind === "false-alarm-rate" ? reach(facts) : company(facts))];
}

function smallestSentence({ calibrationRows: n, ties, conditional, unit = "rows" }: GuaranteeFacts): string {
  const smallest = short(smallestPValue(n, conditional));
  const value = conditional === undefined ? `1/(${n} + 1) = ${smallest}` : smallest;
  if (byChance({ ties, conditional, unit }))
    return `A row that scores above all ${whole(n)} calibration rows gets a p-value drawn between 0 and ${value}: below that, chance decides.`;
  return `The smallest p-value that ${whole(n)} calibration ${unitsOf({ unit })} can give is ${value}.`;
}

/** For a false alarm rate: whether any row can be flagged. */
function reach(facts: GuaranteeFacts): string[] {
  const smallest = smallestPValue(facts.calibrationRows, facts.conditional);
  if (smallest <= facts.rule.level * levelSlack) return [];
  const unless = byChance(facts) ? " unless chance helps" : "";
  return [`That is above the level, so no row is flagged${unless}; use more calibration ${unitsOf(facts)}.`];
}

/** For a false discovery rate: p_(k) ≤ k q / m and p ≥ smallest ask for k ≥ m · smallest / q flags. */
function company(facts: GuaranteeFacts): string[] {
  const { calibrationRows, rule, conditional, batchRows } = facts;
  const share = smallestPValue(calibrationRows, conditional) / rule.level;
  const adaptive = rule.kind === "false-discovery-rate" && rule.procedure === "storey";
  const limits = [byChance(facts) ? "unless chance helps" : "", adaptive ? "if most rows are normal" : ""];
  const limit = limits.map((text) => (text === "" ? "" : `, ${text}`)).join("");
  if (share > levelSlack)
    return [`That is above the level, so no row can be flagged${limit}; use more calibration ${unitsOf(facts)}.`];
  const rows = batchRows === undefined ? "" : ` (${fewest(batchRows * share)} of ${whole(batchRows)} rows)`;
  return [`For any flag at all, at least ${percent(share)} of the batch${rows} must be flagged together${limit}.`];
}

/** Whether the p-value of a row above all calibration rows is itself drawn. */
function byChance({ ties, conditional, unit }: Pick<GuaranteeFacts, "ties" | "conditional" | "unit">): boolean {
  return ties === "random" && conditional === undefined && unit !== "groups";
}

function unitsOf({ unit }: Pick<GuaranteeFacts, "unit">): string {
  return unit === "groups" ? "groups" : "rows";
}

function fewest(rows: number): string {
  return whole(Math.max(1, Math.ceil(rows / levelSlack)));
}

function ties({ ties, conditional }: GuaranteeFacts): string[] {
  if (ties === "conservative")
    return ["Equal scores (within 0.0002 %) count against a flag, so ties make p-values larger, never too small."];
  const unproven =
    conditional === undefined
      ? []
      : [
          "With random ties the claim for this calibration set is not proven when scores do tie; conservative ties keep it.",
        ];
  return [
    "Equal scores (within 0.0002 %) were ordered at random by the key: another key can flag other rows.",
    ...unproven,
  ];
}

function whole(count: number): string {
  return count.toLocaleString("en-US");
}

function percent(share: number): string {
  return `${short(100 * share)} %`;
}

function short(x: number): string {
  return String(Number(x.toPrecision(3)));
}
