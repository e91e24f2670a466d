import { describe, expect, test } from "vitest";
import { describeGuarantee } from "./guarantee.ts";
import type { GuaranteeFacts } from "./guarantee-facts.ts";

const groups: GuaranteeFacts = {
  method: "split",
  unit: "groups",
  calibrationRows: 120,
  rule: { kind: "false-alarm-rate", level: 0.05 },
  ties: "conservative",
};
const discoveries = { kind: "false-discovery-rate", level: 0.1, procedure: "benjamini-hochberg" } as const;
const ties = "Equal scores (within 0.0002 %) count against a flag, so ties make p-values larger, never too small.";
const missed = "None of this says how many anomalous rows are missed.";

describe("groups", () => {
  test("false alarms of a new group, split", () => {
    expect(describeGuarantee(groups)).toEqual([
      "Assumption: the new normal rows belong to new groups, which come from the same source as the 120 calibration groups, in no particular order (exchangeable groups). How the rows of a group hang together does not matter.",
      "The detector was fitted without the calibration groups, so their scores are fair to compare with.",
      "On average over new groups and calibration sets, at most 5 % of the normal rows of a new group are flagged; each group counts the same, whatever its size.",
      "Of a single new group the share can be much larger, and of all new rows together too where groups differ in size. About more rows of groups that are known already, nothing is claimed.",
      "The smallest p-value that 120 calibration groups can give is 1/(120 + 1) = 0.00826.",
      ties,
      missed,
    ]);
  });

  test("folds are approximate; a false discovery rate is not proven", () => {
    const sentences = describeGuarantee({ ...groups, method: "cross", rule: discoveries, batchRows: 1000 });
    expect(sentences[1]).toContain("Approximate: each calibration group was scored by a detector fitted without it");
    expect(sentences[2]).toBe(
      "Aimed at: at most 10 % of the flagged rows are normal (false discovery rate, Benjamini–Hochberg). This is not proven for groups, whose rows are flagged together; proven is --false-alarm-rate.",
    );
    expect(sentences).toContain(
      "For any flag at all, at least 8.26 % of the batch (83 of 1,000 rows) must be flagged together.",
    );
  });

  test("random ties never make the smallest p-value smaller; too few groups are asked for more groups", () => {
    const random = describeGuarantee({ ...groups, ties: "random" });
    expect(random).toContain("The smallest p-value that 120 calibration groups can give is 1/(120 + 1) = 0.00826.");
    expect(describeGuarantee({ ...groups, calibrationRows: 4 })).toContain(
      "That is above the level, so no row is flagged; use more calibration groups.",
    );
  });
});

describe("time", () => {
  test("nothing is exact, and no interval is given", () => {
    expect(describeGuarantee({ ...groups, unit: "time", calibrationRows: 999 })).toEqual([
      "Assumption: the rows to come are to those learned from as the last rows were to those before them: the drift goes on as it did. That is no exchangeability, and nothing that follows is exact.",
      "The detector learned from earlier rows alone, and the 999 calibration rows are later ones. The rows to come are later still: where values drift, fit with --calibration cross, which learns from all rows in the end.",
      "If so, about 5 % of the normal rows to come are flagged.",
      "The longer after the calibration rows, the less this holds: fit anew as normal rows come in.",
      "The smallest p-value that 999 calibration rows can give is 1/(999 + 1) = 0.001.",
      ties,
      missed,
    ]);
  });

  test("forward in blocks, false discoveries", () => {
    const sentences = describeGuarantee({ ...groups, unit: "time", method: "cross", rule: discoveries });
    expect(sentences[1]).toContain("by a detector that had learned from earlier rows alone");
    expect(sentences[2]).toContain("If so, about 10 % of the flagged rows are normal");
  });
});

test("every sentence is short: at most 45 words", () => {
  for (const unit of ["groups", "time"] as const)
    for (const method of ["split", "cross"] as const)
      for (const rule of [groups.rule, discoveries])
        for (const text of describeGuarantee({ ...groups, unit, method, rule }))
          for (const sentence of text.split(/(?<=\.) /)) expect(sentence.split(" ").length).toBeLessThanOrEqual(45);
});
