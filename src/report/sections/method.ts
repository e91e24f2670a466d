import type { Manifest } from "../../model/index.ts";
import { html } from "../html.ts";
import { detectorText } from "../manifest-text.ts";
import type { Section } from "../page.ts";
import { citation, facts } from "../parts.ts";
import type { ScoreReportFacts } from "../score-facts.ts";

/** Works that every decision rests on, whatever the detector. */
const DECISIONS = [
  {
    text: "Vovk, Gammerman, Shafer (2005). Algorithmic Learning in a Random World. Springer (conformal p-values).",
    url: "https://doi.org/10.1007/b106715",
  },
  {
    text: "Bates, Candès, Lei, Romano, Sesia (2023). Testing for outliers with conformal p-values. Annals of Statistics 51.",
    url: "https://doi.org/10.1214/22-AOS2244",
  },
];

const DISCOVERIES = {
  text: "Benjamini, Hochberg (1995). Controlling the false discovery rate. Journal of the Royal Statistical Society B 57.",
  url: "https://doi.org/10.1111/j.2517-6161.1995.tb02031.x",
};

/** Detector and citations, and the command that gives the report again. */
export function methodSection(
  manifest: Manifest,
  { scores, model, command }: Pick<ScoreReportFacts, "scores" | "model" | "command">,
): Section {
  const { detector, key, version } = manifest;
  const papers = [
    ...(detector.citation === null ? [] : [detector.citation]),
    ...DECISIONS,
    ...(scores.rule.kind === "false-discovery-rate" ? [DISCOVERIES] : []),
  ];
  return {
    id: "method",
    short: "Method",
    title: "Method, and how to get this report again",
    body: html`${facts([
      ["Detector", ...detectorText(manifest)],
      ["Key", String(key)],
      ["Written by", `unseen ${version}`],
    ])}
<h3>Papers</h3>
<ul class="points">${papers.map((paper) => html`<li>${citation(paper)}</li>`)}</ul>
${
  command === undefined
    ? null
    : html`<h3>Command</h3>
<pre tabindex="0"><code>${command}</code></pre>
<p class="quiet">The same rows and the same model (${model}) give the same scores and the same flags.</p>`
}`,
  };
}
