import type { GuaranteeFacts } from "./guarantee-facts.ts";

/** What the flags guarantee where whole groups calibrated: assumption, detector and claim, in short sentences. */
export function groupClaims({ method, calibrationRows, rule }: GuaranteeFacts): readonly string[] {
  const groups = `${calibrationRows.toLocaleString("en-US")} calibration groups`;
  const assumption = `Assumption: the new normal rows belong to new groups, which come from the same source as the ${groups}, in no particular order (exchangeable groups). How the rows of a group hang together does not matter.`;
  const detector =
    method === "split"
      ? "The detector was fitted without the calibration groups, so their scores are fair to compare with."
      : "Approximate: each calibration group was scored by a detector fitted without it, but new rows are scored by the detector fitted on all groups. What follows holds as far as the detectors score alike.";
  const level = percent(rule.level);
  if (rule.kind === "false-alarm-rate")
    return [
      assumption,
      detector,
      `On average over new groups and calibration sets, at most ${level} of the normal rows of a new group are flagged; each group counts the same, whatever its size.`,
      "Of a single new group the share can be much larger, and of all new rows together too where groups differ in size. About more rows of groups that are known already, nothing is claimed.",
    ];
  return [
    assumption,
    detector,
    `Aimed at: at most ${level} of the flagged rows are normal (false discovery rate, Benjamini–Hochberg). This is not proven for groups, whose rows are flagged together; proven is --false-alarm-rate.`,
    "The batch was decided as a whole: no claim is for a part picked afterward.",
  ];
}

/** The same where later rows calibrated what was learned from earlier ones: nothing exact. */
export function timeClaims({ method, calibrationRows, rule }: GuaranteeFacts): readonly string[] {
  const rows = calibrationRows.toLocaleString("en-US");
  const assumption =
    "Assumption: the rows to come are to those learned from as the last rows were to those before them: the drift goes on as it did. That is no exchangeability, and nothing that follows is exact.";
  const detector =
    method === "split"
      ? `The detector learned from earlier rows alone, and the ${rows} calibration rows are later ones. The rows to come are later still: where values drift, fit with --calibration cross, which learns from all rows in the end.`
      : `Each of the ${rows} calibration rows was scored by a detector that had learned from earlier rows alone; new rows are scored by the detector fitted on all of them.`;
  const level = percent(rule.level);
  const claim =
    rule.kind === "false-alarm-rate"
      ? [`If so, about ${level} of the normal rows to come are flagged.`]
      : [
          `If so, about ${level} of the flagged rows are normal (false discovery rate, Benjamini–Hochberg).`,
          "The batch was decided as a whole: the claim is not for a part picked afterward.",
        ];
  return [
    assumption,
    detector,
    ...claim,
    "The longer after the calibration rows, the less this holds: fit anew as normal rows come in.",
  ];
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}
