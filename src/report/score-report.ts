import { InputError } from "../errors/index.ts";
import { count, counted, duration, percent, short, upToOne } from "../numeric/index.ts";
import { evaluationNotes } from "./evaluation-text.ts";
import { html } from "./html.ts";
import { page } from "./page.ts";
import { type Tile, tiles } from "./parts.ts";
import { ruleText } from "./rule-text.ts";
import type { DetailedFacts, ScoreReportFacts } from "./score-facts.ts";
import { flaggedSection } from "./sections/flagged.ts";
import { guaranteeSection } from "./sections/guarantee.ts";
import { labelsSection } from "./sections/labels.ts";
import { learnedSection } from "./sections/learned.ts";
import { mapSection } from "./sections/map.ts";
import { methodSection } from "./sections/method.ts";
import { scoresSection } from "./sections/scores.ts";

/** The page of {@link scoreReport}. */
export function scorePage(given: ScoreReportFacts): string {
  const { details } = given.scores;
  if (details === null)
    throw new InputError("report: scores: expected them with details, got none; score with { details: true }");
  const facts: DetailedFacts = { ...given, details };
  const { manifest, scores, model, seconds } = facts;
  const { rows, flaggedCount, source, rule, threshold, guarantee } = scores;
  const by = threshold >= 0 ? `p ≤ ${short(threshold)}` : "no p-value is small enough";
  return page({
    title: `${count(flaggedCount)} of ${counted(rows, "row")} flagged`,
    lead: html`${source}, scored by ${model}: ${manifest.detector.name}, learned from ${counted(manifest.source.rows, "normal row")}. Rule: ${ruleText(rule)}, ${by}.`,
    overview: tiles(overview(facts)),
    sections: [
      guaranteeSection(
        guarantee,
        manifest.calibration.by?.kind === "groups" ? [] : evaluationNotes(scores, manifest.calibration.units),
      ),
      scoresSection(facts),
      flaggedSection(facts),
      ...labelsSection(facts),
      // Columns make a map; pixels would need a picture of thousands of them.
      ...(manifest.images ? [] : [mapSection(facts)]),
      learnedSection(manifest),
      methodSection(manifest, facts),
    ],
    footer: html`<p>Written by unseen ${manifest.version}${seconds === undefined ? "" : `; scored in ${duration(seconds)}`}. This page holds everything it shows: nothing is loaded, nothing runs. It quotes values of rows; share it as you would share them.</p>`,
  });
}

function overview({ scores }: DetailedFacts): Tile[] {
  const { rows, flaggedCount, rule, evaluation } = scores;
  const share = rows === 0 ? 0 : flaggedCount / rows;
  const flagged: Tile = {
    label: "Flagged",
    value: count(flaggedCount),
    note:
      rule.kind === "false-alarm-rate"
        ? `${percent(share)}; about ${count(rule.level * rows)} were all rows normal`
        : `${percent(share)} of the rows`,
    warning: flaggedCount > 0,
  };
  const rate: Tile =
    rule.kind === "false-alarm-rate"
      ? { label: "False alarm rate", value: `≤ ${percent(rule.level)}`, note: "of normal rows, on average" }
      : { label: "False discovery rate", value: `≤ ${percent(rule.level)}`, note: "of flagged rows, on average" };
  if (evaluation === null) return [{ label: "Rows", value: count(rows) }, flagged, rate];
  return [
    { label: "Rows", value: count(rows), note: `${count(evaluation.anomalies)} labelled anomalous` },
    flagged,
    rate,
    {
      label: "Anomalies found",
      value: percent(evaluation.recall),
      note: `${percent(evaluation.falseAlarmRate)} of the normal rows flagged`,
    },
    { label: "AUROC", value: upToOne(evaluation.auroc), note: "0.5 is chance, 1 is perfect" },
  ];
}
