import { expect, test } from "vitest";
import { describeGuarantee } from "./guarantee.ts";
import type { GuaranteeFacts } from "./guarantee-facts.ts";

const falseAlarms: GuaranteeFacts = {
  method: "split",
  calibrationRows: 999,
  rule: { kind: "false-alarm-rate", level: 0.05 },
  ties: "conservative",
};
const falseDiscoveries: GuaranteeFacts = {
  ...falseAlarms,
  rule: { kind: "false-discovery-rate", level: 0.1, procedure: "benjamini-hochberg" },
  batchRows: 2000,
};
const storey: GuaranteeFacts = {
  ...falseDiscoveries,
  rule: { kind: "false-discovery-rate", level: 0.1, procedure: "storey" },
};

const exchangeable =
  "Assumption: the new normal rows come from the same source as the 999 calibration rows, in no particular order (exchangeable rows)";
const independent =
  " The claim for this calibration set also needs the rows to be independent of each other (no groups, no trend).";
const fair = "The detector was fitted without the calibration rows, so their scores are fair to compare with.";
const conservative =
  "Equal scores (within 0.0002 %) count against a flag, so ties make p-values larger, never too small.";
const random = "Equal scores (within 0.0002 %) were ordered at random by the key: another key can flag other rows.";
const smallest = "The smallest p-value that 999 calibration rows can give is 1/(999 + 1) = 0.001.";
const asWhole = "The batch was decided as a whole: the claim is not for a part picked afterward.";
const missed = "None of this says how many anomalous rows are missed.";

test("false alarm rate, split", () => {
  expect(describeGuarantee(falseAlarms)).toEqual([
    `${exchangeable}.${independent}`,
    fair,
    "A normal row is flagged with probability at most 5 %, on average over calibration sets.",
    "For this calibration set the share of normal rows flagged lies between 3.74 % and 6.43 % with confidence 95 %; ties only lower it.",
    smallest,
    conservative,
    missed,
  ]);
});

test("false discovery rate, split", () => {
  expect(describeGuarantee(falseDiscoveries)).toEqual([
    `${exchangeable}, whatever the anomalous rows are.`,
    fair,
    "At most 10 % of the flagged rows are normal, on average over calibration sets and batches (false discovery rate, Benjamini–Hochberg). In a single batch the share can be larger.",
    asWhole,
    smallest,
    "For any flag at all, at least 1 % of the batch (20 of 2,000 rows) must be flagged together.",
    conservative,
    missed,
  ]);
});

test("cross: says what is approximate, and what would be exact", () => {
  const [assumption, approximate, exact, ...rest] = describeGuarantee({ ...falseDiscoveries, method: "cross" });
  expect(approximate).toBe(
    "Approximate: each calibration row was scored by a detector fitted without its part of the rows, but new rows are scored by the detector fitted on all of them.",
  );
  expect(exact).toBe(
    "Exact would be the comparison of a new row, scored by one of those partial detectors, with the part that it left out. What follows holds as far as the detectors score alike; no bound is proven without that.",
  );
  const [first, , ...others] = describeGuarantee(falseDiscoveries);
  expect([assumption, ...rest]).toEqual([first, ...others]);
});

test("calibration-conditional p-values: with confidence for this calibration set", () => {
  expect(describeGuarantee({ ...falseAlarms, conditional: 0.1 })).toEqual([
    `${exchangeable}.${independent}`,
    fair,
    "With confidence 90 % over calibration sets, this calibration set flags a normal row with probability at most 5 %; this holds for all levels at once.",
    "The smallest p-value that 999 calibration rows can give is 0.0046.",
    conservative,
    missed,
  ]);
  const sentences = describeGuarantee({ ...falseDiscoveries, conditional: 0.1, ties: "random" });
  expect(sentences[0]).toBe(`${exchangeable}, whatever the anomalous rows are.${independent}`);
  expect(sentences[2]).toBe(
    "At most 10 % of the flagged rows are normal, on average over batches, for this calibration set with confidence 90 % (false discovery rate, Benjamini–Hochberg). In a single batch the share can be larger.",
  );
  expect(sentences).toContain(
    "For any flag at all, at least 4.6 % of the batch (93 of 2,000 rows) must be flagged together.",
  );
  expect(sentences).toContain(
    "With random ties the claim for this calibration set is not proven when scores do tie; conservative ties keep it.",
  );
});

test("random ties: chance decides below 1 / (n + 1)", () => {
  const alarms = describeGuarantee({ ...falseAlarms, ties: "random" });
  expect(alarms).toContain(random);
  expect(alarms).toContain(
    "A row that scores above all 999 calibration rows gets a p-value drawn between 0 and 1/(999 + 1) = 0.001: below that, chance decides.",
  );
  expect(describeGuarantee({ ...falseDiscoveries, ties: "random" })).toContain(
    "For any flag at all, at least 1 % of the batch (20 of 2,000 rows) must be flagged together, unless chance helps.",
  );
});

test("Storey is named, and its minimum share is for mostly normal batches", () => {
  const sentences = describeGuarantee(storey);
  expect(sentences[2]).toContain("Benjamini–Hochberg with Storey's estimate of the share of normal rows");
  expect(sentences).toContain(
    "For any flag at all, at least 1 % of the batch (20 of 2,000 rows) must be flagged together, if most rows are normal.",
  );
});

test("few calibration rows: the attained rate, and that nothing can be flagged", () => {
  expect(describeGuarantee({ ...falseAlarms, calibrationRows: 30 })).toContain(
    "A normal row is flagged with probability at most 5 %, on average over calibration sets; 3.23 % is what 30 calibration rows attain.",
  );
  const none = describeGuarantee({ ...falseAlarms, calibrationRows: 10 });
  expect(none).toContain("That is above the level, so no row is flagged; use more calibration rows.");
  expect(none.some((sentence) => sentence.includes("For this calibration set the share"))).toBe(false);
  expect(describeGuarantee({ ...falseDiscoveries, calibrationRows: 5 })).toContain(
    "That is above the level, so no row can be flagged; use more calibration rows.",
  );
});

test("the batch size is optional, and a single row may be enough", () => {
  expect(describeGuarantee({ ...falseDiscoveries, batchRows: undefined })).toContain(
    "For any flag at all, at least 1 % of the batch must be flagged together.",
  );
  expect(describeGuarantee({ ...falseDiscoveries, batchRows: 50 })).toContain(
    "For any flag at all, at least 1 % of the batch (1 of 50 rows) must be flagged together.",
  );
});

test("every sentence is short: at most 45 words", () => {
  for (const method of ["split", "cross"] as const)
    for (const conditional of [undefined, 0.1])
      for (const ties of ["conservative", "random"] as const)
        for (const { rule } of [falseAlarms, falseDiscoveries, storey])
          for (const text of describeGuarantee({ method, conditional, ties, rule, calibrationRows: 200 }))
            for (const sentence of text.split(/(?<=\.) /)) expect(sentence.split(" ").length).toBeLessThanOrEqual(45);
});
