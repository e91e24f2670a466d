import type { Evaluated } from "../evaluate/index.ts";
import type { ComparedRanks } from "./figures/critical-difference.ts";
import type { ScoreReportFacts } from "./score-facts.ts";

export { type DiscoverReportFacts, discoverReport } from "./discover-report.ts";
export { evaluationFacts, evaluationNotes } from "./evaluation-text.ts";
export type { Fact } from "./fact.ts";
export type { ComparedRanks, MeanRank } from "./figures/critical-difference.ts";
export { knownText } from "./known-text.ts";
export { contaminationText, leastFitText } from "./manifest-rows-text.ts";
export {
  aside,
  calibrationText,
  columnsText,
  contentsText,
  detectorText,
  preparedFacts,
} from "./manifest-text.ts";
export { ruleText } from "./rule-text.ts";
export type { ScoreReportFacts } from "./score-facts.ts";
export { tunedText } from "./tuned-text.ts";

/**
 * A report on a scored file as one HTML page that needs nothing else: what the flags guarantee, the flagged rows and why,
 * scores, p-values, a map of the rows, curves where there are labels, what the model learned from, and how to get it again.
 * It runs no script and loads nothing. The same facts give the same text. It quotes values of rows.
 *
 * Throws an InputError unless `scores` came with details. Cost: about a second, whatever the number of rows.
 *
 * @example
 * const scores = await model.score("new.csv", { output: "scored.csv", details: true });
 * await writeFile("report.html", await scoreReport({ manifest: model.manifest, scores, model: "model.onnx" }));
 */
export async function scoreReport(facts: ScoreReportFacts): Promise<string> {
  const { scorePage } = await import("./score-report.ts"); // figures take half a second to load
  return scorePage(facts);
}

/**
 * A report on an evaluation as one HTML page that needs nothing else: what was done and what speaks against it, detectors
 * beside their controls with intervals, curves, classes, whether p-values hold, and how to get it again. It runs no script
 * and loads nothing. The same values give the same text.
 *
 * `command` is shown as what gave the report. Cost: about a second.
 *
 * @example
 * const evaluated = await evaluate("labelled.csv", { label: "Label", normal: "BENIGN" });
 * await writeFile("report.html", await evaluationReport(evaluated));
 */
export async function evaluationReport(
  evaluated: Evaluated,
  { command }: { readonly command?: string } = {},
): Promise<string> {
  const { evaluationPage } = await import("./evaluation-report.ts");
  return evaluationPage(evaluated, { command });
}

/**
 * Mean ranks over many data sets as an SVG file with its critical difference: candidates whose lines do not overlap
 * differ (Nemenyi's test; Demšar 2006). It follows the reader's theme, and loads nothing.
 */
export async function criticalDifferenceSvg(compared: ComparedRanks): Promise<string> {
  const { criticalDifferencePicture } = await import("./figures/critical-difference.ts");
  return criticalDifferencePicture(compared);
}
