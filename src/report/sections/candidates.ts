import type { Candidate, Evaluated } from "../../evaluate/index.ts";
import { bytes, duration } from "../../numeric/index.ts";
import { html } from "../html.ts";
import type { Section } from "../page.ts";
import { citation, table } from "../parts.ts";

const right = "right" as const;

/** The candidates with their options, costs and papers, and the command. */
export function candidatesSection({ candidates, version }: Evaluated, command: string | undefined): Section {
  const mean = (runs: Candidate["runs"], of: (run: Candidate["runs"][number]) => number) =>
    runs.reduce((sum, run) => sum + of(run), 0) / runs.length;
  const papers = new Map(candidates.flatMap(({ citation }) => (citation === null ? [] : [[citation.text, citation]])));
  return {
    id: "method",
    short: "Method",
    title: "Detectors, and how to get this report again",
    body: html`${table(
      "Detectors with their options and mean costs of a run",
      [
        { title: "Detector" },
        { title: "Options", sentences: true },
        { title: "Fit", align: right },
        { title: "Score", align: right },
        { title: "Model", align: right },
      ],
      candidates.map(({ name, detector, options, runs }) => [
        name,
        [detector, ...Object.entries(options).map(([option, value]) => `${option} ${value}`)].join(", "),
        duration(mean(runs, ({ fitSeconds }) => fitSeconds)),
        duration(mean(runs, ({ scoreSeconds }) => scoreSeconds)),
        bytes(mean(runs, (run) => run.bytes)),
      ]),
    )}
${papers.size === 0 ? null : html`<h3>Papers</h3><ul class="points">${[...papers.values()].map((paper) => html`<li>${citation(paper)}</li>`)}</ul>`}
${command === undefined ? null : html`<h3>Command</h3><pre tabindex="0"><code>${command}</code></pre><p class="quiet">The same rows, keys and version (${version}) give the same numbers; seconds differ.</p>`}`,
  };
}
