import { existsSync, realpathSync } from "node:fs";
import { InputError } from "../errors/index.ts";
import { type FileOptions, load } from "../model/index.ts";
import { decisionOptions, keepOption } from "./decision-flags.ts";
import { openProgress } from "./progress.ts";
import type { ScoreFlags } from "./score-flags.ts";
import { type ScoreFacts, scoreJson, scoreSummary } from "./score-summary.ts";
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
  const { json, output } = flags;
  const started = performance.now();
  refuseModelAsOutput(output, modelPath);
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
    label: flags.label,
    normal: flags.normal,
    workers: flags.workers,
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
      seconds: (performance.now() - started) / 1000,
    });
    if (output !== undefined) {
      const scores = await model.score(input, options);
      progress.end();
      if (json) await writeOut(stdout, `${JSON.stringify(scoreJson(facts(scores)))}\n`);
      else say(scoreSummary(facts(scores), terminal));
      return scores.flaggedCount;
    }
    const { scores, bytes } = await model.stream(input, options);
    progress.end();
    for await (const piece of bytes) await writeOut(stdout, piece, signal);
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
