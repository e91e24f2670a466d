import { existsSync, realpathSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { checkSignal, InputError } from "../errors/index.ts";
import { type FileOptions, load, replaceFile } from "../model/index.ts";
import { scoreReport } from "../report/index.ts";
import { decisionOptions, keepOption } from "./decision-flags.ts";
import { openProgress } from "./progress.ts";
import { requireReportPath } from "./report-path.ts";
import type { ScoreFlags } from "./score-flags.ts";
import { type ScoreFacts, scoreJson, scoreSummary } from "./score-summary.ts";
import { commandText } from "./shell-word.ts";
import { sourceOptions } from "./source-flags.ts";
import type { Terminal } from "./terminal.ts";
import { writeOut } from "./write-out.ts";

/** Scores a file, writes its rows to `--output` or standard output, says what came of it; returns how many were flagged. */
export async function scoreFile(
  input: string,
  modelPath: string,
  flags: ScoreFlags,
  terminal: Terminal,
): Promise<number> {
  const { stdout, signal, say, guard } = terminal;
  const { json, output, report } = flags;
  const started = performance.now();
  refuseModelAsOutput(output, modelPath);
  if (report !== undefined)
    requireReportPath("score", report, { "the model": modelPath, "the input": input, "the output": output });
  guard.onCall("begin");
  using model = await load(modelPath);
  guard.onCall("end");
  // A live line and rows on the same terminal would mix.
  const progress = openProgress(terminal, { json });
  const options: FileOptions = {
    ...sourceOptions(flags),
    ...decisionOptions(flags),
    output,
    outputFormat: flags.outputFormat ?? (output === undefined && json ? "jsonl" : undefined),
    keep: keepOption(flags),
    only: flags.only,
    prefix: flags.prefix,
    review: flags.review === true ? "label" : flags.review,
    label: flags.label,
    normal: flags.normal,
    workers: flags.workers,
    details: report !== undefined,
    signal,
    onCall: guard.onCall,
    onProgress: ({ rows, of, from }) => progress.update("score", rows, of, { from }),
  };
  try {
    const facts = (scores: ScoreFacts["scores"]): ScoreFacts => ({
      scores,
      input,
      model: modelPath,
      manifest: model.manifest,
      label: flags.label ?? null,
      normal: flags.normal ?? model.manifest.source.normal,
      output: output ?? null,
      report: report ?? null,
      seconds: (performance.now() - started) / 1000,
    });
    const writeReport = async (scores: ScoreFacts["scores"]) => {
      if (report === undefined) return;
      const { manifest, label, normal } = facts(scores);
      const command = commandText(terminal);
      const page = await scoreReport({ manifest, scores, model: modelPath, label, normal, command });
      checkSignal(signal, "score");
      await replaceFile(report, (beside) => writeFile(beside, page));
    };
    if (output !== undefined) {
      const scores = await model.score(input, options);
      progress.end();
      await writeReport(scores);
      if (json) await writeOut(stdout, `${JSON.stringify(scoreJson(facts(scores)))}\n`);
      else say(scoreSummary(facts(scores), terminal));
      return scores.flaggedCount;
    }
    const { scores, bytes } = await model.stream(input, options);
    progress.end();
    for await (const piece of bytes) await writeOut(stdout, piece, signal);
    await writeReport(scores);
    if (stdout.isTTY && !json) say("");
    say(json ? JSON.stringify(scoreJson(facts(scores))) : scoreSummary(facts(scores), terminal));
    return scores.flaggedCount;
  } finally {
    progress.end();
  }
}

function refuseModelAsOutput(output: string | undefined, model: string): void {
  if (output === undefined || ![output, model].every((path) => existsSync(path))) return;
  if (realpathSync(output) === realpathSync(model))
    throw new InputError(`score: --output: ${output}: expected another path than the model's; the model would be lost`);
}
