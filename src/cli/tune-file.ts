import { statSync } from "node:fs";
import { tune } from "../model/index.ts";
import { requireModelPath } from "./model-path.ts";
import { openProgress } from "./progress.ts";
import { sourceOptions } from "./source-flags.ts";
import type { Terminal } from "./terminal.ts";
import type { TuneFlags } from "./tune-flags.ts";
import { tuneJson, tuneSummary } from "./tune-summary.ts";
import { writeOut } from "./write-out.ts";

/** Tunes a model with a file of labelled rows, writes it unless it is worse, and says what came of it. */
export async function tuneFile(model: string, labels: string, flags: TuneFlags, terminal: Terminal): Promise<void> {
  const { label, normal, reference, fuse, key, workers, json } = flags;
  const output = requireModelPath(flags.output, model, "tune");
  const { signal, guard, stdout, say } = terminal;
  const started = performance.now();
  const progress = openProgress(terminal, { json });
  try {
    const tuned = await tune(model, labels, {
      ...sourceOptions(flags),
      label,
      normal,
      reference,
      fuse,
      key,
      workers,
      signal,
      onCall: guard.onCall,
      onProgress: ({ stage, done, total }) => progress.update(stage, done, total, { unit: "folds" }),
    });
    using made = tuned.model;
    await made?.save(output);
    progress.end();
    const seconds = (performance.now() - started) / 1000;
    const bytes = made === null ? null : statSync(output).size;
    const facts = { tuned, model, labels, output, bytes, key, seconds };
    if (json) await writeOut(stdout, `${JSON.stringify(tuneJson(facts))}\n`, signal);
    else say(tuneSummary(facts, terminal));
  } finally {
    progress.end();
  }
}
