import type { FileSummary, Manifest } from "../model/index.ts";
import { evaluationFacts, evaluationNotes, type Fact, ruleText } from "../report/index.ts";
import { bars } from "./bars.ts";
import { formatFacts } from "./facts.ts";
import { count, counted, duration, percent, short } from "./number-text.ts";
import type { Terminal } from "./terminal.ts";
import { wrapText } from "./wrap-text.ts";

/** What came of scoring a file. */
export interface ScoreFacts {
  readonly scores: FileSummary;
  readonly input: string;
  readonly model: string;
  readonly manifest: Manifest;
  readonly label: string | null;
  readonly normal: string | readonly string[];
  readonly output: string | null;
  readonly report: string | null;
  readonly seconds: number;
}

/** The summary of a scoring for people. */
export function scoreSummary(facts: ScoreFacts, { err, width }: Pick<Terminal, "err" | "width">): string {
  const { scores, manifest, seconds } = facts;
  const { rows, flaggedCount, rule, ruleByDefault, threshold, written, evaluation, resumedFrom, startedOver } = scores;
  const scored = resumedFrom === null ? rows : rows - resumedFrom + 1;
  const expected =
    rule.kind === "false-alarm-rate" ? `; were all rows normal, about ${count(rule.level * rows)} would be` : "";
  const by = threshold >= 0 ? `p ≤ ${short(threshold)}` : "no p-value is small enough";
  return [
    `${err.bold(`flagged ${count(flaggedCount)}`)} of ${counted(rows, "row")} (${percent(rows === 0 ? 0 : flaggedCount / rows)}${expected})`,
    formatFacts(
      [
        ["input", scores.source],
        [
          "model",
          `${facts.model}: ${manifest.detector.name}, learned from ${counted(manifest.source.rows, "normal row")}`,
        ],
        [
          "rule",
          `${ruleText(rule)}: ${by}${ruleByDefault ? " (the default; --fdr or --false-alarm-rate changes it)" : ""}`,
        ],
        ...(written === null ? [] : [["output", `${written.path}, ${counted(written.rows, "row")}`] as const]),
        ...classesFact(scores),
        ...pValueFact(scores, manifest),
        ...(facts.report === null ? [] : [["report", `${facts.report}, for a browser or for paper`] as const]),
        ...(resumedFrom === null
          ? []
          : [["resumed", `at row ${count(resumedFrom)}; an interrupted run had scored those before`] as const]),
        ...(startedOver === null ? [] : [["started over", startedOver] as const]),
        ["time", `${duration(seconds)}, ${count(scored / seconds)} rows/s`],
      ],
      width,
      err.dim,
    ),
    ...(evaluation === null
      ? []
      : [
          "",
          `${err.bold("compared with labels")} (${facts.label}, normal: ${[facts.normal].flat().join(", ")})`,
          formatFacts(evaluationFacts(evaluation), width, err.dim),
          ...(manifest.calibration.by?.kind === "groups"
            ? []
            : evaluationNotes(scores, manifest.calibration.units)
          ).map((note) => `${err.yellow("note")}: ${wrapText(note, width - 6, "      ")}`),
        ]),
    "",
    guaranteeText(scores.guarantee, { err, width }),
  ].join("\n");
}

/** So many classes are named. */
const MOST_CLASSES = 5;

/** Which known classes flagged rows are most like. */
function classesFact({ flaggedClasses }: FileSummary): Fact[] {
  if (flaggedClasses === null || flaggedClasses.length === 0) return [];
  const named = flaggedClasses.slice(0, MOST_CLASSES).map(({ name, rows }) => `${name} (${count(rows)})`);
  const rest = flaggedClasses.length - named.length;
  const others = rest > 0 ? ` and ${counted(rest, "other")}` : "";
  return [["flagged like", `${named.join(", ")}${others}: the known class whose rows are nearest`]];
}

/** With fewer rows, or coarser p-values, tenths say nothing. */
const FEWEST_ROWS = 100;
const FEWEST_UNITS = 40;

/** How p-values are spread, as a row of bars. */
function pValueFact({ rows, pValueTenths }: FileSummary, { calibration }: Manifest): Fact[] {
  if (rows < FEWEST_ROWS || calibration.units < FEWEST_UNITS) return [];
  const [lowest] = pValueTenths;
  return [
    [
      "p-values",
      `${bars(pValueTenths)} from 0 to 1 in tenths, the lowest ${percent(lowest / rows)} (all alike, 10 %, were all rows normal)`,
    ],
  ];
}

/** The sentences of a guarantee as a wrapped list. */
export function guaranteeText(sentences: readonly string[], { err, width }: Pick<Terminal, "err" | "width">): string {
  const items = sentences.map((sentence) => `  - ${wrapText(sentence, width - 4, "    ")}`);
  return [err.bold("what that means"), ...items].join("\n");
}

/** The same as one JSON object. */
export function scoreJson({ scores, input, model, manifest, output, report, seconds }: ScoreFacts): object {
  const {
    rows,
    flaggedCount,
    threshold,
    rule,
    ruleByDefault,
    guarantee,
    evaluation,
    written,
    pValueTenths,
    flaggedClasses,
    resumedFrom,
    startedOver,
  } = scores;
  return {
    input,
    model,
    detector: manifest.detector.name,
    rows,
    flagged: flaggedCount,
    rule,
    ruleByDefault,
    threshold: threshold < 0 ? null : threshold,
    guarantee,
    evaluation,
    output,
    rowsWritten: written?.rows ?? null,
    pValueTenths,
    ...(flaggedClasses && { flaggedClasses }),
    report,
    resumedFrom,
    startedOver,
    seconds: Number(seconds.toFixed(3)),
  };
}
